import { BreakroomError } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { SlackEventBody, SlackIdentity } from '../app/app.ts'
import { hubApp } from '../options.ts'
import type { CatchUp } from './catch-up.ts'
import type { ChannelQueue } from './channel-queue.ts'
import type { Channels } from './channels.ts'
import type { DirectMessages } from './direct-messages.ts'
import type { HandUp } from './hand-up.ts'
import type { InOrder } from './in-order.ts'
import type { LateThreads } from './late-threads.ts'
import { readMessage, type Said } from './message.ts'
import type { OwnLines } from './own-lines.ts'
import type { People } from './people.ts'
import { directPlace, type Place, roomPlace } from './place.ts'
import type { Rooms } from './rooms.ts'
import { readReaction } from './signs.ts'

/** What we do not hand up, and count. */
type Ignored = 'malformed' | 'elsewhere' | 'other-team'

/** Takes an event of an app; resolves and rejects as `Hearing.onEvent`. */
export type TakeEvent = (app: string, body: SlackEventBody) => Promise<void>

export function createTakeEvent(parts: {
  network: string
  team(): string
  identities(): SlackIdentity[]
  queue: ChannelQueue
  inOrder: InOrder
  channels: Pick<Channels, 'roomOf'>
  rooms: Pick<Rooms, 'known'>
  direct: Pick<DirectMessages, 'known'>
  people: Pick<People, 'learn'>
  own: Pick<OwnLines, 'saw'>
  handUp: HandUp
  /** Whether what was said there before is not read yet. */
  owesPast(place: Place): boolean
  hurry: CatchUp['hurry']
  behind: LateThreads['behind']
  log: Log
  metrics: Metrics
  signal: AbortSignal
}): TakeEvent {
  const { network, team, identities, queue, inOrder, channels, rooms, direct, people, handUp, log, metrics, signal } =
    parts

  async function onMessage(app: string, body: SlackEventBody): Promise<void> {
    const { event } = body
    const reading = readMessage(event, identities())
    if (reading.is === 'nothing') return parts.own.saw(app, event)
    if (reading.is === 'malformed') return ignore(app, body, 'malformed')
    const what = reading.is === 'said' ? reading.said : reading.deleted
    const place = await placeOf(app, what.channel, event.channel_type)
    if (place === null) return ignore(app, body, 'elsewhere')
    // Of rooms the house's own app hears everything; a role's app is told where it is named.
    if (place.room !== null && app !== hubApp && event.type !== 'app_mention') return
    if (isStrange(body)) {
      // In a channel that two workspaces share, the other one's people speak too.
      if (place.room === null) return ignore(app, body, 'other-team')
      what.author.team ??= body.team_id ?? null
    }
    await inOrder.turn(what.channel, what.moment)
    if (reading.is === 'said') await handUpSaid(place, reading.said)
    else await inTurn(place, () => handUp.deleted(place, reading.deleted))
  }

  async function handUpSaid(place: Place, said: Said): Promise<void> {
    const { channel, thread } = said
    const tell = (pastIsRead: boolean) =>
      handUp.said(place, said, { replayed: false, keepsPlace: pastIsRead && !parts.owesPast(place) })
    const later = await inTurn(place, async () => {
      const told = thread === null ? null : parts.behind(channel, thread, tell)
      if (told === null) await tell(true)
      // In an object: the rest of the channel does not wait for it.
      return { told }
    })
    await later.told
  }

  function inTurn<T>(place: Place, job: () => Promise<T>): Promise<T> {
    if (place.room === null) parts.hurry(place)
    return queue.run(place.channel, job)
  }

  async function onReaction(app: string, body: SlackEventBody): Promise<void> {
    const reading = readReaction(body.event, identities())
    if (reading.is === 'nothing') return
    if (reading.is === 'malformed') return ignore(app, body, 'malformed')
    const { event, channel, ts } = reading
    const place = await placeOf(app, channel, undefined)
    if (place === null) return ignore(app, body, 'elsewhere')
    if (place.room !== null && app !== hubApp) return
    if (isStrange(body)) return ignore(app, body, 'other-team')
    await inTurn(place, () => handUp.reacted(place, event, ts))
  }

  async function placeOf(app: string, channel: string, type: unknown): Promise<Place | null> {
    if (type === 'im' || channel.startsWith('D')) {
      await direct.known(app)
      return directPlace(app, channel)
    }
    await rooms.known
    throwIfStopping()
    const room = channels.roomOf(channel)
    return room === null ? null : roomPlace(room, channel, app)
  }

  function isStrange({ team_id }: SlackEventBody): boolean {
    return team_id !== undefined && team_id !== team()
  }

  function ignore(app: string, { event, event_id }: SlackEventBody, what: Ignored): void {
    metrics.count('breakroom_ignored_total', { network, what })
    if (what === 'malformed') log.warn({ network, app, type: event.type, event: event_id }, 'an event makes no sense')
  }

  function throwIfStopping(): void {
    if (signal.aborted) throw new BreakroomError('closed', `${network} is being stopped.`)
  }

  return async function takeEvent(app, body) {
    throwIfStopping()
    switch (body.event.type) {
      case 'message':
      case 'app_mention':
        return onMessage(app, body)
      case 'reaction_added':
      case 'reaction_removed':
        return onReaction(app, body)
      case 'user_change':
      case 'team_join':
        return people.learn(body.event.user)
      default:
        return
    }
  }
}
