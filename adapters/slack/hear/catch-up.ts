import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { HeardGap, LiveThreads } from '../../../ports/chat.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { SlackIdentity } from '../app/app.ts'
import type { SlackTiming } from '../options.ts'
import { isAfter } from '../timestamp.ts'
import type { SlackWeb } from '../web/web.ts'
import type { ChannelQueue } from './channel-queue.ts'
import { createDebts, type Debt } from './debts.ts'
import type { HandUp } from './hand-up.ts'
import { createLateThreads, type LateThreads } from './late-threads.ts'
import type { ReadPages } from './pages.ts'
import { type Past, readPast, readThread } from './past.ts'
import type { Patience } from './patience.ts'
import type { Place } from './place.ts'
import type { RecordEnds } from './record-ends.ts'
import { type End, type Span, spanOfThread, spanSince } from './span.ts'
import { type KnownThread, threadsIn } from './threads.ts'
import type { Unhurried } from './unhurried.ts'

export interface CatchUp {
  /**
   * Takes a place in the channel's queue, at once: what is heard from now on waits behind it. Reads what was missed and hands it up in order;
   * DMs are read one after the other, in the order of asking. A request that comes while another one waits is one with it. Resolves when it is
   * done or could not be.
   */
  request(place: Place, debt: Debt): Promise<void>
  /** Whether there is a past of the channel whose reading has not begun, or could not be. */
  owes(channel: string): boolean
  /** Somebody begins to wait for the past of a DM, of which there may be hundreds: it is read next. */
  hurry(place: Place): void
  /** As of `LateThreads`. */
  behind: LateThreads['behind']
}

/** Of the threads that began before what is read, so many are read before what is said now. */
const mostOlder = 20
const mostOlderInBrief = 3

/** DMs are few, and their threads may have begun long before. */
const directLookBack = 7 * 86_400_000

export function createCatchUp(parts: {
  network: string
  queue: ChannelQueue
  ends: RecordEnds
  handUp: HandUp
  webOf(app: string): SlackWeb
  identities(): SlackIdentity[]
  liveThreads: LiveThreads
  onGap(gap: HeardGap): void
  readPages: ReadPages
  newUnhurried(): Unhurried
  patience: Patience
  clock: Clock
  log: Log
  metrics: Metrics
  timing: Pick<SlackTiming, 'overlap' | 'overlapUpTo'>
}): CatchUp {
  const { network, queue, ends, handUp, webOf, identities, liveThreads, readPages, patience, clock, log } = parts
  const born = clock.now()
  const late = createLateThreads({
    ...{ network, queue, unhurried: parts.newUnhurried(), log },
    tell: (place, past) => tell(place, past, null),
  })
  /** By channel: what no reading has begun with. */
  const owed = createDebts()
  const waiting = new Map<string, Promise<void>>()
  /** The reading of DMs, by app. */
  const unhurried = new Map<string, Unhurried>()
  /** Channels of DMs whose past somebody waits for. */
  const wanted = new Set<string>()

  async function endOf(place: Place, { since, orSince = null }: Debt): Promise<End | null> {
    const end = await ends.atStart(place.cursor)
    if (since !== null) {
      const atSlack = (ours: Date) => new Date(ours.getTime() - handUp.clockAhead)
      // What was said before a record began was not said to us.
      return { at: atSlack(since), id: null, loose: true, notBefore: end === null ? atSlack(born) : null }
    }
    if (end !== null) return { ...end, loose: end.id !== null, notBefore: null }
    return orSince === null ? null : { at: orSince, id: null, loose: false, notBefore: null }
  }

  async function live({ room, channel }: Place): Promise<KnownThread[]> {
    if (room === null) return []
    return threadsIn(channel, await patience('the live threads', () => liveThreads(room)))
  }

  async function read(place: Place, debt: Debt): Promise<void> {
    const end = await endOf(place, debt)
    if (end === null) return
    const span = spanSince(place.channel, end, clock.now(), parts.timing)
    const reading = { web: webOf(place.app), readPages, identities, now: clock.now }
    const spanOf = ({ ts, heard }: KnownThread) => spanOfThread(span, ts, heard, clock.now(), parts.timing)
    const past = await readPast(span, {
      ...{ ...reading, live: () => live(place), spanOf },
      mostOlder: debt.brief ? mostOlderInBrief : mostOlder,
      lookBackMs: place.room === null ? directLookBack : 0,
    })
    // A look that is repeated all night would tell of the same gap every time.
    await tell(place, debt.brief ? { ...past, lost: [] } : past, span)
    if (debt.brief) return
    const left = past.left.map((thread) => {
      const its = spanOf(thread)
      return { ts: thread.ts, spoke: thread.at.getTime(), read: () => readThread(its, thread.ts, reading) }
    })
    late.add(place, left)
  }

  /** Only what is within the span, if there is one, can be where the record of the channel ends. */
  async function tell(place: Place, past: Past, span: Span | null): Promise<void> {
    for (const lost of past.lost) tellLost(place, lost)
    for (const said of past.said) {
      const keepsPlace = span !== null && !isAfter(span.from, said.moment)
      await patience('a line of the past', () => handUp.said(place, said, { replayed: true, keepsPlace }), [])
    }
  }

  function tellLost({ room, channel }: Place, lost: Pick<HeardGap, 'from' | 'to' | 'reason'>): void {
    log.error({ network, room, channel, reason: lost.reason }, 'what was said there meanwhile cannot be read')
    if (room !== null) parts.onGap({ network, room, ...lost })
    else parts.metrics.count('breakroom_gaps_total', { network })
  }

  async function pay(place: Place): Promise<void> {
    const debt = owed.take(place.channel)
    waiting.delete(place.channel)
    wanted.delete(place.channel)
    if (debt === undefined) return
    try {
      await read(place, debt)
    } catch (error) {
      // The app was shut out; it is owed when it comes back.
      owed.add(place.channel, debt)
      if (!isBreakroomError(error, 'closed') && !isBreakroomError(error, 'denied')) throw error
      log.warn({ network, channel: place.channel, cause: sentenceOf(error) }, 'the past is not read for now')
    }
  }

  function payInTurn(place: Place): Promise<void> {
    const { app, channel, room } = place
    if (room !== null || wanted.has(channel)) return pay(place)
    const others = unhurried.get(app) ?? parts.newUnhurried()
    unhurried.set(app, others)
    return others.add(channel, 0, () => pay(place))
  }

  return {
    request(place, debt) {
      owed.add(place.channel, debt)
      const under = waiting.get(place.channel)
      if (under !== undefined) return under
      const mine = queue.run(place.channel, () => payInTurn(place))
      waiting.set(place.channel, mine)
      return mine
    },
    owes: owed.has,
    hurry({ app, channel }) {
      if (!waiting.has(channel)) return
      wanted.add(channel)
      unhurried.get(app)?.hurry(channel)
    },
    behind: late.behind,
  }
}
