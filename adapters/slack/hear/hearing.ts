import { BreakroomError, isBreakroomError } from '../../../core/errors.ts'
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
import { createTakeEvent } from './events.ts'
import { createHandUp } from './hand-up.ts'
import { createInOrder } from './in-order.ts'
import { createOwnLines } from './own-lines.ts'
import { createReadPages } from './pages.ts'
import { createPatience } from './patience.ts'
import { createPeople } from './people.ts'
import { createRecordEnds } from './record-ends.ts'
import { createRooms } from './rooms.ts'
import type { Named } from './text.ts'
import { createUnhurried } from './unhurried.ts'

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
   * handed up, and with `closed` after `stop`: then Slack is to bring it again. Events of one channel are handed up one at a time, in
   * the order in which they happened as far as they come within `timing.reorder` of each other: two sockets swap neighbours.
   */
  onEvent(app: string, body: SlackEventBody): Promise<void>
  /**
   * Reads what was missed, of the rooms (the house's app) and of the app's direct messages, and hands it up in order; what is said
   * meanwhile in a channel waits behind its past. To be called before the events of the new connection. `since` is when the app was last heard for certain;
   * null for the first time: then the end of the record says it, and where there is none nothing is read. `onRooms` is called when the rooms are read,
   * but for older threads; resolves when the direct messages are too, or cannot be, which takes minutes where there are hundreds.
   */
  catchUp(app: string, since: Date | null, onRooms?: () => void): Promise<void>
  /**
   * Looks whether anything was missed in the rooms since nothing came in; what a few calls do not show the next `catchUp` reads. Resolves as
   * that does.
   */
  look(since: Date): Promise<void>
  /**
   * A person by user id; `team` is the workspace that a message gave them. Whom Slack does not tell us about is an outsider, called by
   * the id. Rejects with `unavailable` only while no app of ours is known.
   */
  personOf(user: string, team?: string | null): Promise<Speaker>
  /** As of `OwnLines`. */
  readonly hubHearsItself: boolean
  readonly channels: Pick<Channels, 'idOf' | 'roomOf' | 'nameOf'> & {
    /** Looks for the channels of rooms that are given as `#name` once more. Rejects with `closed` and `denied`. */
    resolve(): Promise<void>
    /** Resolves when they were looked for once, long before all of the past is read; also at `stop`. */
    readonly known: Promise<void>
  }
  /** Begins nothing more, and waits for what is being handed up, for a while. */
  stop(): Promise<void>
}

export function createHearing(parts: HearingParts): Hearing {
  const { network, webOf, identityOf, identities, voices, handlers, clock, sleep, log, metrics, timing } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  const web = () => webOf(hubApp)
  const patience = createPatience({ network, sleep, log, timing, signal })
  const readPages = createReadPages(patience, signal)
  const queue = createChannelQueue()
  const inOrder = createInOrder({ ms: timing.reorder, sleep, signal })
  const ends = createRecordEnds(parts.heardUpTo, patience)
  const channels = createChannels({ network, rooms: parts.rooms, web, readPages, log, signal })
  const people = createPeople({ network, web, team, identities, readPages, log, signal })
  const handUp = createHandUp({
    ...{ network, team, handlers, people, ends, named, now: clock.now },
    recognisedFor: timing.overlapUpTo,
  })
  const newUnhurried = () => createUnhurried({ clock, sleep, signal })
  const { request, owes, hurry, behind } = createCatchUp({
    ...{
      network,
      queue,
      ends,
      handUp,
      webOf,
      identities,
      readPages,
      newUnhurried,
      patience,
      clock,
      log,
      metrics,
      timing,
    },
    liveThreads: parts.liveThreads,
    onGap: (gap) => handlers().onGap(gap),
  })
  const rooms = createRooms({ network, rooms: parts.rooms, channels, webOf, request, log })
  const roomCursors = (app: string) => (app === hubApp ? [...parts.rooms.keys()] : [])
  const direct = createDirectMessages({ network, webOf, roomCursors, request, ends, readPages, log })
  const reserved = new Set([hubApp, ...voices.flatMap(({ role, nick }) => [role, nick.toLowerCase()])])
  const own = createOwnLines({ network, identityOf, identities, roomOf: channels.roomOf, handlers, now: clock.now })
  const takeEvent = createTakeEvent({
    ...{ network, team, identities, queue, inOrder, channels, rooms, direct, people, handUp, log, metrics, signal },
    own,
    hurry,
    behind,
    owesPast: ({ app, channel, room }) => owes(channel) || (room === null && direct.owes(app)),
  })

  return {
    onEvent: takeEvent,
    async catchUp(app, since, onRooms) {
      // A large workspace takes minutes to list; who speaks before that is asked for by name.
      if (app === hubApp) people.refresh().catch(unlessClosed)
      await Promise.all([rooms.catchUp(app, since).then(onRooms), direct.catchUp(app, since)]).catch(unlessClosed)
    },
    look: (since) => rooms.look(since).catch(unlessClosed),
    personOf: people.personOf,
    get hubHearsItself() {
      return own.hubHearsItself
    },
    channels: {
      idOf: channels.idOf,
      roomOf: channels.roomOf,
      nameOf: channels.nameOf,
      resolve: () => channels.resolve(web()),
      known: rooms.known,
    },
    async stop() {
      stopping.abort()
      rooms.giveUp()
      const over = new AbortController()
      await Promise.race([queue.close(), sleep(timing.goodbye, over.signal)])
      over.abort()
    },
  }

  function unlessClosed(error: unknown): void {
    if (!isBreakroomError(error, 'closed')) throw error
  }

  function team(): string {
    const [first] = identities()
    if (first === undefined) throw new BreakroomError('unavailable', `No app of ${network} is known to Slack yet.`)
    return first.team
  }

  function named(): Named {
    const apps = [hubApp, ...voices.flatMap(({ role, app }) => (app === null ? [] : [role]))]
    const ours = apps.flatMap((app) => {
      const user = identityOf(app)?.user
      return user === undefined ? [] : [[user, app] as const]
    })
    return { ours: new Map(ours), reserved, person: people.nameOf, room: channels.nameOf }
  }
}
