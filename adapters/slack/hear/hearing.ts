import { BreakroomError, isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { ChatHandlers, HeardUpTo, LiveThreads, Speaker } from '../../../ports/chat.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackEventBody, SlackIdentity } from '../app/app.ts'
import { hubApp, type SlackTiming, type SlackVoice } from '../options.ts'
import type { SlackWeb } from '../web/web.ts'
import { createCatchUp } from './catch-up.ts'
import { createChannelQueue } from './channel-queue.ts'
import { type Channels, createChannels } from './channels.ts'
import { createDirectMessages } from './direct-messages.ts'
import { createHandUp } from './hand-up.ts'
import { readMessage } from './message.ts'
import { createReadPages } from './pages.ts'
import { createPatience } from './patience.ts'
import { createPeople } from './people.ts'
import { directPlace, type Place, roomPlace } from './place.ts'
import { createRecordEnds } from './record-ends.ts'
import { readReaction } from './signs.ts'
import type { Named } from './text.ts'

export interface HearingParts {
  /** The network's name in the fleet. */
  network: string
  webOf(app: string): SlackWeb
  /** Null until the app's token was proved. */
  identityOf(app: string): SlackIdentity | null
  /** Of all apps of ours that are known so far. */
  identities(): SlackIdentity[]
  voices: readonly Pick<SlackVoice, 'role' | 'nick' | 'app'>[]
  /** Fleet room -> channel id, or `#name`. */
  rooms: ReadonlyMap<string, string>
  heardUpTo: HeardUpTo
  liveThreads: LiveThreads
  handlers(): ChatHandlers
  clock: Clock
  sleep: Sleep
  log: Log
  metrics: Metrics
  timing: SlackTiming
}

/** What Slack tells us, as the house hears it. */
export interface Hearing {
  /**
   * Takes an event. Resolves when everything it stands for is safe, also when it stands for nothing; rejects when it could not be
   * handed up, and with `closed` after `stop`: then Slack is to bring it again. Events of one channel are handed up one at a time, as
   * they came: two sockets may swap neighbours, and holding every line back until that is sure would cost more than it gives.
   */
  onEvent(app: string, body: SlackEventBody): Promise<void>
  /**
   * Reads what was missed, of the rooms (the house's app) and of the app's direct messages, and hands it up in order; what is said
   * meanwhile in a channel waits behind its past. To be called before the events of the new connection. `since` is when the app was last heard for certain;
   * null for the first time: then the end of the record says it, and where there is none nothing is read. Resolves when all of it is read, or cannot be.
   */
  catchUp(app: string, since: Date | null): Promise<void>
  /** A person by user id. Never rejects: whom Slack does not tell us about is an outsider. */
  personOf(user: string, team?: string | null): Promise<Speaker>
  readonly channels: Pick<Channels, 'idOf' | 'roomOf' | 'nameOf'> & {
    /** Looks for the channels of rooms that are given as `#name` once more. Rejects with `closed` and `denied`. */
    resolve(): Promise<void>
  }
  /** Begins nothing more, and waits for what is being handed up, for a while. */
  stop(): Promise<void>
}

/** What we do not hand up, and count. */
type Ignored = 'malformed' | 'elsewhere' | 'other-team'

export function createHearing(parts: HearingParts): Hearing {
  const { network, webOf, identityOf, identities, voices, rooms, handlers, clock, sleep, log, metrics, timing } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  const hubWeb = () => webOf(hubApp)
  const patience = createPatience({ network, sleep, log, timing, signal })
  const readPages = createReadPages(patience, signal)
  const queue = createChannelQueue()
  const ends = createRecordEnds(parts.heardUpTo, patience)
  const channels = createChannels({ network, rooms, web: hubWeb, readPages, log, signal })
  const people = createPeople({ network, web: hubWeb, team, identities, readPages, log, signal })
  const handUp = createHandUp({ network, team, handlers, people, ends, named })
  const { request } = createCatchUp({
    ...{ network, queue, ends, handUp, webOf, identities, readPages, patience, clock, log, metrics, timing },
    liveThreads: parts.liveThreads,
    onGap: (gap) => handlers().onGap(gap),
  })
  const roomCursors = (app: string) => (app === hubApp ? [...rooms.keys()] : [])
  const direct = createDirectMessages({ network, webOf, roomCursors, request, ends, readPages, log })
  const roomsKnown = Promise.withResolvers<void>()
  if (!channels.incomplete) roomsKnown.resolve()
  const reserved = new Set([hubApp, ...voices.flatMap(({ role, nick }) => [role, nick.toLowerCase()])])

  return {
    async onEvent(app, body) {
      if (signal.aborted) throw new BreakroomError('closed', `${network} is being stopped.`)
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
    },
    async catchUp(app, since) {
      const begun = app === hubApp ? requestRooms(since, new Set()) : { done: [], rooms: new Set<string>() }
      await Promise.all([
        ...begun.done,
        channels.incomplete || app === hubApp ? findRooms(app, since, begun.rooms) : null,
        direct.catchUp(app, since),
        app === hubApp ? people.refresh() : null,
      ]).catch(unlessClosed)
    },
    personOf: people.personOf,
    channels: {
      idOf: channels.idOf,
      roomOf: channels.roomOf,
      nameOf: channels.nameOf,
      resolve: () => channels.resolve(hubWeb()),
    },
    async stop() {
      stopping.abort()
      await Promise.race([queue.close(), sleep(timing.goodbye)])
    },
  }

  /** Has the past of rooms whose channel is known read; of those in `done` it was already asked. */
  function requestRooms(since: Date | null, done: ReadonlySet<string>): { done: Promise<void>[]; rooms: Set<string> } {
    const places = [...rooms.keys()].flatMap((room) => {
      const channel = channels.idOf(room)
      return channel === null || done.has(room) ? [] : [{ room, place: roomPlace(room, channel) }]
    })
    return {
      done: places.map(({ place }) => request(place, since)),
      rooms: new Set(places.map(({ room }) => room)),
    }
  }

  async function findRooms(app: string, since: Date | null, begun: ReadonlySet<string>): Promise<void> {
    try {
      await channels.resolve(webOf(app))
    } catch (error) {
      if (isBreakroomError(error, 'closed')) throw error
      log.error({ network, app, cause: sentenceOf(error) }, 'the channels of rooms cannot be found for now')
      return
    }
    const late = app === hubApp ? requestRooms(since, begun).done : []
    roomsKnown.resolve()
    await Promise.all(late)
  }

  async function onMessage(app: string, body: SlackEventBody): Promise<void> {
    const { event } = body
    const reading = readMessage(event, identities())
    if (reading.is === 'nothing') return
    if (reading.is === 'malformed') return ignore(app, body, 'malformed')
    const what = reading.is === 'said' ? reading.said : reading.deleted
    const place = await placeOf(app, what.channel, event.channel_type)
    if (place === null) return ignore(app, body, 'elsewhere')
    // Of rooms the house's own app hears everything; a role's app is told where it is named.
    if (place.room !== null && app !== hubApp && event.type !== 'app_mention') return
    const isStrange = body.team_id !== undefined && body.team_id !== team()
    if (isStrange && place.room === null) return ignore(app, body, 'other-team')
    if (isStrange) what.author.team ??= body.team_id ?? null
    await queue.run(what.channel, () =>
      reading.is === 'said' ? handUp.said(place, reading.said, false) : handUp.deleted(place, reading.deleted),
    )
  }

  async function onReaction(app: string, body: SlackEventBody): Promise<void> {
    const reading = readReaction(body.event, identities())
    if (reading.is === 'nothing') return
    if (reading.is === 'malformed') return ignore(app, body, 'malformed')
    const { event, channel, ts } = reading
    const place = await placeOf(app, channel, undefined)
    if (place === null) return ignore(app, body, 'elsewhere')
    if (place.room !== null && app !== hubApp) return
    if (body.team_id !== undefined && body.team_id !== team()) return ignore(app, body, 'other-team')
    await queue.run(channel, () => handUp.reacted(place, event, ts))
  }

  async function placeOf(app: string, channel: string, type: unknown): Promise<Place | null> {
    if (type === 'im' || channel.startsWith('D')) {
      await direct.known(app)
      return directPlace(app, channel)
    }
    await roomsKnown.promise
    const room = channels.roomOf(channel)
    return room === null ? null : roomPlace(room, channel)
  }

  function team(): string {
    const [first] = identities()
    if (first === undefined) throw new BreakroomError('unavailable', `No app of ${network} is known to Slack yet.`)
    return first.team
  }

  function named(): Named {
    const ours = [hubApp, ...voices.flatMap(({ role, app }) => (app === null ? [] : [role]))].flatMap((app) => {
      const user = identityOf(app)?.user
      return user === undefined ? [] : [[user, app] as const]
    })
    return { ours: new Map(ours), reserved, person: people.nameOf, room: channels.nameOf }
  }

  function ignore(app: string, { event, event_id }: SlackEventBody, what: Ignored): void {
    metrics.count('breakroom_ignored_total', { network, what })
    if (what === 'malformed') log.warn({ network, app, type: event.type, event: event_id }, 'an event makes no sense')
  }

  function unlessClosed(error: unknown): void {
    if (!isBreakroomError(error, 'closed')) throw error
  }
}
