import { expect, test } from 'vitest'
import { checkSlack } from '../../../cli/commands/doctor-slack.ts'
import { readSettings } from '../../../cli/settings.ts'
import { fleetSchema } from '../../../core/fleet.ts'
import { freePort } from '../../support/process.ts'
import { type FakeSlack, startFakeSlack } from '../../support/slack/fake-slack.ts'

const env = (name: string, app = 'APP') => ({ bot_token_env: `${name}_BOT`, app_token_env: `${name}_${app}` })

/** A fleet with one workspace, whose founder is known there unless told otherwise. */
function fleetOf(
  changes: Record<string, unknown> = {},
  people: Record<string, unknown> = { slack: { acme: 'U0ADA' } },
) {
  return fleetSchema.parse({
    rooms: { breakroom: {}, board: { visibility: 'private' } },
    platforms: [{ name: 'acme', kind: 'slack', app: env('HUB'), rooms: { breakroom: '#breakroom' }, ...changes }],
    people: { ada: { name: 'Ada', tier: 'founder', ...people } },
  })
}

async function findings(url: string, fleet: ReturnType<typeof fleetOf>, secrets: Record<string, string>) {
  const settings = readSettings({ BREAKROOM_SLACK_API_URL: url, ...secrets }, '/nowhere')
  return (await checkSlack(settings, fleet)).map(({ check, state, found, fix }) => [
    state,
    `${check}: ${found}${fix === undefined ? '' : ` -> ${fix}`}`,
  ])
}

const hubOf = (slack: FakeSlack) => slack.app({ name: 'breakroom' })

test('a workspace where all is well has a finding for the token, the sockets and each channel', async () => {
  await using slack = await startFakeSlack()
  const hub = hubOf(slack)
  const cto = slack.app({ name: 'cto' })
  slack.channel({ name: 'breakroom', members: [hub] })
  const fleet = fleetOf({ team: slack.team.id, roles: { cto: env('CTO') } })
  const secrets = { HUB_BOT: hub.botToken, HUB_APP: hub.appToken, CTO_BOT: cto.botToken, CTO_APP: cto.appToken }
  expect(await findings(slack.url, fleet, secrets)).toEqual([
    ['ok', `slack acme bot: @breakroom in Acme (${slack.team.id}), every scope`],
    ['ok', 'slack acme socket: Slack opens sockets'],
    ['ok', 'slack acme #breakroom: shows breakroom'],
    ['ok', `slack acme cto bot: @cto in Acme (${slack.team.id}), every scope`],
    ['ok', 'slack acme cto socket: Slack opens sockets'],
  ])
  expect(slack.calls.filter(({ method }) => method === 'conversations.join')).toEqual([])
})

test('what is wrong is told with its cause and what to do, for each app alone', async () => {
  await using slack = await startFakeSlack()
  const hub = hubOf(slack)
  const cto = slack.app({ name: 'cto', scopes: ['chat:write'] })
  slack.faults.revoke(hub)
  const fleet = fleetOf({ roles: { cto: env('CTO') } })
  const secrets = { HUB_BOT: hub.botToken, HUB_APP: hub.botToken, CTO_BOT: cto.botToken }
  const found = await findings(slack.url, fleet, secrets)
  expect(found.map(([state]) => state)).toEqual(['failure', 'failure', 'failure'])
  const [bot, socket, role] = found.map(([, text]) => text)
  expect(bot).toMatch(
    /^slack acme bot: Slack does not take it \(token_revoked\)\. -> Copy .* Then: npx breakroom slack init --name acme$/,
  )
  expect(socket).toMatch(/^slack acme socket: That is a bot token, not the app-level token\. -> /)
  expect(role).toMatch(/^slack acme cto bot: .* it lacks app_mentions:read, .* Then: .* --name acme --role cto$/)
  expect(found.join()).not.toContain(hub.botToken)
})

test.each([
  ['is not there', [], /there is none that the app can see -> make the channel #breakroom in Slack/],
  ['the app is not in', [{ name: 'breakroom' }], /the app is not in it -> type "\/invite @breakroom" in #breakroom/],
])('a channel that %s is a failure', async (_, channels, sentence) => {
  await using slack = await startFakeSlack()
  const hub = hubOf(slack)
  for (const channel of channels) slack.channel(channel)
  const found = await findings(slack.url, fleetOf(), { HUB_BOT: hub.botToken })
  expect(found.at(-1)?.join(' ')).toMatch(sentence)
})

test('S22: a private room that is shown in a public channel is a failure', async () => {
  await using slack = await startFakeSlack()
  const hub = hubOf(slack)
  const channel = slack.channel({ name: 'board', members: [hub] })
  const found = await findings(slack.url, fleetOf({ rooms: { board: channel.id } }), { HUB_BOT: hub.botToken })
  expect(found.at(-1)).toEqual([
    'failure',
    `slack acme ${channel.id}: shows the private room board to everybody -> make #board a private channel, or show the room elsewhere`,
  ])
})

test('a token of another workspace than breakroom.yaml says is a failure', async () => {
  await using slack = await startFakeSlack()
  const hub = hubOf(slack)
  const found = await findings(slack.url, fleetOf({ team: 'T0OTHER' }), { HUB_BOT: hub.botToken })
  expect(found[0]?.join(' ')).toMatch(
    /^failure slack acme bot: That is the token of another workspace: Acme \(T\w+\), not T0OTHER\./,
  )
})

test('a founder without an account there is a warning', async () => {
  await using slack = await startFakeSlack()
  const found = await findings(slack.url, fleetOf({}, {}), {})
  expect(found).toEqual([
    [
      'warning',
      'slack acme people: Ada has no account there, so no yes counts -> npx breakroom slack init --name acme',
    ],
  ])
})

test('offline there is one sentence for the workspace', async () => {
  const fleet = fleetOf({ roles: { cto: env('CTO') } })
  const secrets = { HUB_BOT: ['xoxb', '1-of-hub'].join('-'), CTO_BOT: ['xoxb', '1-of-cto'].join('-') }
  const found = await findings(`http://127.0.0.1:${await freePort()}`, fleet, secrets)
  expect(found).toHaveLength(1)
  expect(found[0]?.join(' ')).toMatch(
    /^failure slack acme: Slack cannot be asked at .*: ECONNREFUSED\. -> look at the network/,
  )
})

test('what Slack answers with status 500 or 429 is no fault of a token', async () => {
  await using slack = await startFakeSlack()
  const hub = hubOf(slack)
  slack.faults.serverError('auth.test')
  expect((await findings(slack.url, fleetOf(), { HUB_BOT: hub.botToken }))[0]?.[1]).toContain(
    'it answers with status 500',
  )
  slack.faults.rateLimit('auth.test', 30)
  expect((await findings(slack.url, fleetOf(), { HUB_BOT: hub.botToken }))[0]?.[1]).toContain(
    'it asks to wait 30 seconds',
  )
})
