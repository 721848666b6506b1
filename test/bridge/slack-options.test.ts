import { expect, it } from 'vitest'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { slackOptions } from '../../bridge/slack-options.ts'
import { fleetSchema, type SlackPlatform } from '../../core/fleet.ts'
import { cloneFolder } from '../support/process.ts'

const { roles } = loadFleet(cloneFolder)
const variables: Record<string, string> = {
  HUB_BOT: 'xoxb-hub',
  HUB_APP: 'xapp-hub',
  CTO_BOT: 'xoxb-cto',
  CTO_APP: 'xapp-cto',
}
const fleet = fleetSchema.parse({
  rooms: { breakroom: {}, board: {} },
  platforms: [
    {
      name: 'acme',
      kind: 'slack',
      app: { bot_token_env: 'HUB_BOT', app_token_env: 'HUB_APP' },
      roles: { cto: { bot_token_env: 'CTO_BOT', app_token_env: 'CTO_APP' } },
      rooms: { breakroom: 'C0123' },
    },
  ],
  people: {
    ada: { name: 'Ada', tier: 'member', slack: { acme: 'U0ADA' } },
    grace: { name: 'Grace Hopper', tier: 'founder', slack: { acme: 'U0GRACE' } },
    bob: { name: 'Bob', tier: 'member' },
  },
})

function options(secret = (variable: string): string | undefined => variables[variable]) {
  const [platform] = fleet.platforms
  return slackOptions(platform as SlackPlatform, { fleet, roles, slackApiUrl: 'https://slack.com/api/', secret })
}

it('gives every role its own name and emoji, and an app of its own to those that have one', () => {
  const { voices, app } = options()
  expect(app).toEqual({ botToken: 'xoxb-hub', appToken: 'xapp-hub', signingSecret: null })
  expect(voices).toHaveLength(roles.length)
  expect(new Set(voices.map(({ icon }) => icon)).size).toBe(roles.length)
  expect(voices.find(({ role }) => role === 'cto')).toMatchObject({
    app: { botToken: 'xoxb-cto' },
    rooms: ['breakroom'],
  })
  expect(voices.find(({ role }) => role === 'ceo')?.app).toBeNull()
})

it('S16: lets a text ring people with an entry only, by their id or by a name of one word', () => {
  expect([...options().ringable]).toEqual([
    ['ada', 'U0ADA'],
    ['grace', 'U0GRACE'],
  ])
})

it('says which variable is missing, and what sets it up', () => {
  const without = (variable: string) => (variable === 'CTO_APP' ? undefined : variables[variable])
  expect(() => options(without)).toThrow(/CTO_APP is not set.*slack init/)
})
