import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import type { Role } from '../../core/role.ts'
import { cloneFolder } from '../../test/support/process.ts'
import type { SlackApp } from '../../test/support/slack/app.ts'
import type { SlackChannel } from '../../test/support/slack/channel.ts'
import { type FakeSlack, startFakeSlack } from '../../test/support/slack/fake-slack.ts'
import type { SlackUser } from '../../test/support/slack/user.ts'

/** Roles with an app of their own; the others speak through the house's. */
const rolesWithApp = 11

/** A workspace of the fake Slack with everything that a fleet and the floor need there. */
export interface BenchWorkspace extends AsyncDisposable {
  slack: FakeSlack
  roles: Role[]
  /** The house's app first. */
  apps: SlackApp[]
  /** By the fleet's name of the room; the first is the one that the roles are in. */
  rooms: Map<string, SlackChannel>
  people: SlackUser[]
  /** What the floor has for itself: an app, and as many channels as there are rooms. */
  bare: { app: SlackApp; channels: SlackChannel[] }
  /** The workspace as breakroom.yaml names it, and the secrets that it names. */
  platform: object
  secrets: Record<string, string>
}

/** Starts it. Everybody is in every room, and nobody joins later: whom an app has to look up one by one counts against its limits. */
export async function startBenchWorkspace({
  people: count = 50,
  rooms: names = ['breakroom'],
} = {}): Promise<BenchWorkspace> {
  const slack = await startFakeSlack()
  const { roles } = loadFleet(cloneFolder)
  const own = roles.slice(0, rolesWithApp)
  const people = Array.from({ length: count }, (_, index) => slack.user(`person-${index}`))
  const hub = slack.app({ name: 'breakroom', commands: ['/br'] })
  const apps = [hub, ...own.map(({ name }) => slack.app({ name, events: ['app_mention', 'message.im'] }))]
  const channels = names.map((name) => slack.channel({ name, members: [...people, ...apps] }))
  const bareApp = slack.app({ name: 'bare', commands: ['/bare'], events: ['message.channels'] })
  const bareChannels = names.map((name) => slack.channel({ name: `bare-${name}`, members: [...people, bareApp] }))
  const secretsOf = (index: number) => ({ bot_token_env: `BOT_${index}`, app_token_env: `APP_${index}` })
  return {
    slack,
    roles,
    apps,
    rooms: new Map(names.flatMap((name, index) => (channels[index] === undefined ? [] : [[name, channels[index]]]))),
    people,
    bare: { app: bareApp, channels: bareChannels },
    platform: {
      name: 'acme',
      kind: 'slack',
      team: slack.team.id,
      app: secretsOf(0),
      roles: Object.fromEntries(own.map(({ name }, index) => [name, secretsOf(index + 1)])),
      rooms: Object.fromEntries(names.map((name, index) => [name, channels[index]?.id])),
    },
    secrets: Object.fromEntries(
      apps.flatMap(({ botToken, appToken }, index) => [
        [`BOT_${index}`, botToken],
        [`APP_${index}`, appToken],
      ]),
    ),
    [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose](),
  }
}

/** Takes turns through a list, again and again. */
export function inTurn<T>(list: readonly T[]): () => T {
  let turn = 0
  return () => list[turn++ % list.length] as T
}
