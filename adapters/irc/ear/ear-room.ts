import type { HeardGap } from '../../../ports/chat.ts'
import { LruMap } from '../../lru-map.ts'
import type { IrcLine } from '../wire/line.ts'
import { tagOf, timeOf } from '../wire/line.ts'
import { linesAfter, type Mark, type Past } from './read-back.ts'

/** One room as the ear follows it: live lines are held until its past is known, so that order and completeness hold. */
export interface EarRoom {
  /** Everything up to here has been handed over, in this process; null before the first reading. */
  readonly mark: Mark | null
  /** Grows with each span that was lost. */
  readonly coverage: number
  /** The past is known and lines go straight through. */
  readonly live: boolean
  /** We have (re)joined, and the past is being read. */
  reading(): void
  /** A line said now. */
  said(line: IrcLine): void
  /** A line of the past that came unasked. */
  replayed(line: IrcLine): void
  /** What came unasked while reading, oldest first. */
  readonly unasked: IrcLine[]
  /** The past is known: hands it over from `since`, then what was held. A null `since` hands no past over. */
  caughtUp(past: Past, since: Mark | null, joinedAt: Date, lostReason: string): void
  /** Not in the room any more, or not connected. `lastHeard` is when the server was last there. */
  left(lastHeard: Date): void
  /** Resolves with true when live, false when left before that. */
  whenLive(): Promise<boolean>
}

/** A room that we are not in yet. Each line is handed over once, oldest first, whether it comes live, from history or both. */
export function createEarRoom(options: {
  /** Hands a line over, unless it is our own; its own doing never throws. */
  take(line: IrcLine, replayed: boolean): void
  /** A line from before the mark: only our own posts in it matter. */
  learn(line: IrcLine): void
  gap(gap: Pick<HeardGap, 'from' | 'to' | 'reason'>): void
  now(): Date
}): EarRoom {
  const { take, learn, gap, now } = options
  const known = new LruMap<string, true>(5_000)
  let state: 'away' | 'reading' | 'live' = 'away'
  let mark: Mark | null = null
  let lastHeard: Date | null = null
  let coverage = 0
  let held: IrcLine[] = []
  let unasked: IrcLine[] = []
  let waiters: ((live: boolean) => void)[] = []

  const hand = (line: IrcLine, replayed: boolean) => {
    const key = keyOf(line)
    if (key !== null) {
      if (known.has(key)) return
      known.set(key, true)
    }
    const id = tagOf(line, 'msgid')
    mark = { id, at: timeOf(line) ?? now(), quiet: false }
    take(line, replayed)
  }
  const release = (live: boolean) => {
    const all = waiters
    waiters = []
    for (const waiter of all) waiter(live)
  }

  return {
    get mark() {
      return mark
    },
    get coverage() {
      return coverage
    },
    get live() {
      return state === 'live'
    },
    get unasked() {
      return unasked
    },
    reading() {
      state = 'reading'
      held = []
      unasked = []
    },
    said(line) {
      if (state === 'live') hand(line, false)
      else held.push(line)
    },
    replayed(line) {
      if (state === 'reading') unasked.push(line)
      else if (state === 'live') hand(line, true)
    },
    caughtUp(past, since, joinedAt, lostReason) {
      const after = since === null ? [] : linesAfter(past.lines, since)
      if (since !== null && !past.reached) {
        coverage++
        const first = after[0] ?? past.lines[0]
        gap({ from: lastHeard ?? since.at, to: (first && timeOf(first)) ?? joinedAt, reason: lostReason })
      }
      const fresh = new Set(after)
      for (const line of past.lines) {
        if (fresh.has(line)) continue
        learn(line)
        const key = keyOf(line)
        if (key !== null) known.set(key, true)
      }
      for (const line of after) hand(line, true)
      const late = held
      held = []
      unasked = []
      state = 'live'
      for (const line of late) hand(line, false)
      mark ??= { id: null, at: joinedAt, quiet: true }
      release(true)
    },
    left(at) {
      state = 'away'
      held = []
      unasked = []
      lastHeard = at
      release(false)
    },
    whenLive() {
      if (state === 'live') return Promise.resolve(true)
      return new Promise((done) => waiters.push(done))
    },
  }
}

/** What tells a line from every other; the later lines of a message that the server broke into several have no id of their own. */
function keyOf(line: IrcLine): string | null {
  const id = tagOf(line, 'msgid')
  const time = id === null ? tagOf(line, 'time') : null
  return id ?? (time === null ? null : `${time} ${line.prefix} ${line.params[1]}`)
}
