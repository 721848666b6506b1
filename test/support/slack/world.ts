import type { SleepingClock } from '../virtual-clock.ts'
import type { SlackApp } from './app.ts'
import type { SlackChannel } from './channel.ts'
import type { Deliver } from './events/deliver.ts'
import type { FaultBook } from './faults.ts'
import type { StoredFile } from './file.ts'
import { createIds, type Ids } from './ids.ts'
import type { LoggedCall, SlackView } from './interface.ts'
import type { MessageAt, SlackMessage } from './message.ts'
import type { ResponseUrls } from './response-url.ts'
import type { Triggers } from './trigger.ts'
import type { SlackUser } from './user.ts'

/** Everything the fake knows. Each behaviour is a function of it. */
export interface World {
  readonly team: { id: string; name: string; domain: string }
  readonly clock: SleepingClock
  readonly random: () => number
  readonly ids: Ids
  /** Where the server listens, without a slash at the end. */
  origin: string
  readonly apps: Map<string, SlackApp>
  readonly users: Map<string, SlackUser>
  readonly channels: Map<string, SlackChannel>
  /** By user and channel. */
  readonly ephemerals: Map<string, SlackMessage[]>
  /** Forms that are open, by user, the one on top last. */
  readonly modals: Map<string, SlackView[]>
  /** By user and app. */
  readonly homes: Map<string, SlackView>
  readonly files: Map<string, StoredFile>
  readonly calls: LoggedCall[]
  readonly faults: FaultBook
  readonly triggers: Triggers
  readonly responseUrls: ResponseUrls
  readonly deliver: Deliver
  /** Aborts when the fake is disposed. */
  readonly ended: AbortSignal
}

/** Two ids as the key of a map. */
export function pairKey(one: string, other: string): string {
  return `${one} ${other}`
}

export function channelOf(world: World, id: string): SlackChannel {
  const channel = world.channels.get(id)
  if (channel === undefined) throw new Error(`The fake Slack has no channel ${id}`)
  return channel
}

/** The message at a place; a test that names one which is not there has a mistake. */
export function messageAt(world: World, at: MessageAt): SlackMessage {
  const found = channelOf(world, at.channel).messages.find((message) => message.ts === at.ts)
  if (found === undefined) throw new Error(`The fake Slack has no message ${at.ts} in ${at.channel}`)
  return found
}

export function appOfBot(world: World, botUserId: string): SlackApp | undefined {
  return [...world.apps.values()].find((app) => app.botUserId === botUserId)
}

/** The conversation between two users, made when there is none. Follows docs.slack.dev "conversations.open". */
export function directChannel(world: World, one: string, other: string): SlackChannel {
  const found = [...world.channels.values()].find(
    (channel) => channel.kind === 'im' && channel.members.has(one) && channel.members.has(other),
  )
  return found ?? addChannel(world, { id: world.ids.next('D'), name: '', kind: 'im', members: new Set([one, other]) })
}

export function addChannel(
  world: World,
  channel: Pick<SlackChannel, 'id' | 'name' | 'kind' | 'members'> & { shared?: boolean; archived?: boolean },
): SlackChannel {
  const added: SlackChannel = { shared: false, archived: false, ...channel, messages: [] }
  world.channels.set(added.id, added)
  return added
}

/** An empty workspace; `rest` is what needs a place to live outside of it. */
export function createWorld(
  options: { team: string; clock: SleepingClock; random: () => number; ended: AbortSignal },
  rest: (world: () => World) => Pick<World, 'faults' | 'triggers' | 'responseUrls' | 'deliver'>,
): World {
  const ids = createIds(options.clock)
  const world: World = {
    team: { id: ids.next('T'), name: options.team, domain: options.team.toLowerCase() },
    clock: options.clock,
    random: options.random,
    ended: options.ended,
    ids,
    origin: '',
    apps: new Map(),
    users: new Map(),
    channels: new Map(),
    ephemerals: new Map(),
    modals: new Map(),
    homes: new Map(),
    files: new Map(),
    calls: [],
    ...rest(() => world),
  }
  return world
}
