import { expect, test } from 'vitest'
import { fleetSchema } from '../../core/fleet.ts'
import { checkFleet } from '../../core/fleet-check.ts'
import { sweepSettingsSchema } from '../../core/sweep/settings.ts'

const local = { name: 'local', kind: 'irc', embedded: true, rooms: { lobby: '#lobby' } }
const remote = { name: 'far', kind: 'irc', host: 'irc.example.org', rooms: { lobby: '#lobby' } }
const minimal = { rooms: { lobby: {} }, platforms: [local] }

/** Paths of what the schema refuses. */
function refused(fleet: unknown): string[] {
  return fleetSchema.safeParse(fleet).error?.issues.map(({ path }) => path.join('.')) ?? []
}

/** What contradicts itself in a fleet that the schema takes. */
function contradictions(fleet: unknown): string[] {
  return checkFleet(fleetSchema.parse(fleet), ['cto']).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const slack = {
  name: 'acme',
  kind: 'slack',
  app: { bot_token_env: 'SLACK_BOT_TOKEN', app_token_env: 'SLACK_APP_TOKEN' },
  rooms: { lobby: 'C0123' },
}

test('what is left out has its default', () => {
  expect(fleetSchema.parse({ ...minimal, platforms: [local, remote] })).toEqual({
    org: 'breakroom',
    rooms: { lobby: { visibility: 'public', guests: 'guest' } },
    platforms: [
      local,
      { ...remote, port: 6697, tls: true, nick: 'breakroom', accounts: {}, pace: { burst: 4, per_second: 0.5 } },
    ],
    people: {},
    limits: {
      bot_turns: 6,
      bot_events_per_10_minutes: 12,
      receipt_after_ms: 1500,
      line_chars: 40_000,
      check_minutes: 10,
      task_lease_seconds: 40,
      tasks_waiting: 200,
      tasks_in_hand: 10,
    },
    time_zone: 'UTC',
    links: ['github.com', 'gitlab.com'],
    checks: {},
    knowledge: { corpus: [], owners: [], stale_after_days: 365, digest: { day: 'monday', hour: 9 } },
    // docs/sweep.md has the numbers.
    sweep: sweepSettingsSchema.parse({}),
    state: { metrics_minutes: 10 },
  })
})

test.each<[string, object, string]>([
  ['an organisation that is the public record', { org: 'events' }, 'org'],
  ['an organisation with a wildcard', { org: 'a.>' }, 'org'],
  ['no room', { rooms: {} }, 'rooms'],
  ['no platform', { platforms: [] }, 'platforms'],
  ['a platform with "_" in its name', { platforms: [{ ...local, name: 'a_b' }] }, 'platforms.0.name'],
  ['an unknown kind of platform', { platforms: [{ ...local, kind: 'telex' }] }, 'platforms.0.kind'],
  ['a host for the embedded platform', { platforms: [{ ...local, host: 'x' }] }, 'platforms.0'],
  [
    'a bot token in the file',
    { platforms: [{ ...slack, app: { ...slack.app, bot_token: 'xoxb-1' } }] },
    'platforms.0.app',
  ],
  [
    'a token for the name of its variable',
    { platforms: [{ ...slack, app: { bot_token_env: 'xoxb-1' } }] },
    'platforms.0.app.bot_token_env',
  ],
  ['a channel that is no id', { platforms: [{ ...slack, rooms: { lobby: 'lobby' } }] }, 'platforms.0.rooms.lobby'],
  [
    'a name for a member',
    { people: { ann: { name: 'Ann', tier: 'member', slack: { acme: 'ann' } } } },
    'people.ann.slack.acme',
  ],
  ['a link with a scheme', { links: ['https://github.com'] }, 'links.0'],
  ['a host with a line break', { platforms: [{ ...remote, host: 'a\r\nQUIT' }] }, 'platforms.0.host'],
  ['a channel without #', { platforms: [{ ...local, rooms: { lobby: 'lobby' } }] }, 'platforms.0.rooms.lobby'],
  ['a secret in the file', { platforms: [{ ...remote, server_password: 'hunter2' }] }, 'platforms.0'],
  [
    'a secret for a name',
    { platforms: [{ ...remote, server_password_env: 'hunter2' }] },
    'platforms.0.server_password_env',
  ],
  [
    'a person who could be a stranger',
    { people: { 'bob-at-far': { name: 'B', tier: 'member' } } },
    'people.bob-at-far',
  ],
  ['an unknown tier', { people: { bob: { name: 'B', tier: 'admin' } } }, 'people.bob.tier'],
  ['a check without a program', { checks: { test: [] } }, 'checks.test'],
  ['a threshold by an unknown name', { sweep: { thresholds: { staled: 3 } } }, 'sweep.thresholds'],
  [
    'a role with a threshold that is no length of time',
    { sweep: { roles: { cto: { dead: 0 } } } },
    'sweep.roles.cto.dead',
  ],
  ['a sweep that never comes', { sweep: { every_minutes: 100_000 } }, 'sweep.every_minutes'],
  ['a check as a line for a shell', { checks: { test: 'npm test; rm -r /' } }, 'checks.test'],
])('S10: refuses %s', (_, changes, path) => {
  expect(refused({ ...minimal, ...changes })).toEqual([path])
})

test('a refused secret is not repeated', () => {
  const fleet = { ...minimal, platforms: [{ ...remote, server_password_env: 'hunter2' }] }
  expect(JSON.stringify(fleetSchema.safeParse(fleet).error?.issues)).not.toContain('hunter2')
})

test.each<[string, object, string]>([
  ['two embedded platforms', { platforms: [local, { ...local, name: 'b' }] }, 'platforms.1.embedded: only one'],
  [
    'two platforms of one name',
    { platforms: [local, { ...remote, name: 'local' }] },
    'platforms.1.name: there are two',
  ],
  ['an unknown room', { platforms: [{ ...local, rooms: { loby: '#x' } }] }, 'platforms.0.rooms.loby: there is no room'],
  [
    'one channel for two rooms',
    { rooms: { lobby: {}, other: {} }, platforms: [{ ...local, rooms: { lobby: '#a[', other: '#A{' } }] },
    'platforms.0.rooms.other: the channel #A{ shows the room "lobby" already',
  ],
  [
    'an account for an unknown role',
    { platforms: [{ ...remote, accounts: { ctoo: { account: 'a', password_env: 'A' } } }] },
    'platforms.0.accounts.ctoo: there is no role "ctoo"; did you mean "cto"?',
  ],
  [
    'a person on an unknown platform',
    { people: { bob: { name: 'B', tier: 'member', irc: { locla: 'bob' } } } },
    'people.bob.irc.locla: there is no platform "locla"; did you mean "local"?',
  ],
  [
    'one account for two people',
    {
      people: {
        bob: { name: 'B', tier: 'member', irc: { local: 'bob' } },
        eve: { name: 'E', tier: 'founder', irc: { local: 'Bob' } },
      },
    },
    'people.eve.irc.local: the account "Bob" belongs to "bob" already',
  ],
  [
    'thresholds of an unknown role',
    { sweep: { roles: { founder: { waiting_for_human: 600 }, ctoo: { stalled: 60 } } } },
    'sweep.roles.ctoo: there is no role "ctoo"; did you mean "cto"?',
  ],
  [
    'a canary in an unknown room',
    { sweep: { canary: 'loby' } },
    'sweep.canary: there is no room "loby"; did you mean "lobby"?',
  ],
  [
    'a canary in a private room',
    { rooms: { lobby: {}, board: { visibility: 'private' } }, sweep: { canary: 'board' } },
    'sweep.canary: the room "board" is private',
  ],
])('S10: tells %s', (_, changes, said) => {
  const found = contradictions({ ...minimal, ...changes })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(said)
})

test('accounts of the house and of roles are fine', () => {
  const account = { account: 'a', password_env: 'A' }
  const accounts = { cto: account, breakroom: account }
  expect(contradictions({ ...minimal, platforms: [local, { ...remote, accounts }] })).toEqual([])
})
