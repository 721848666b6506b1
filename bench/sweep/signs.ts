import type { SessionCapture } from '../../core/sweep/session.ts'
import type { Random } from '../soak/random.ts'
import { type Draw, drawFrom, untilNext } from './distribution.ts'
import type { Behaviour } from './scenario.ts'

const kinds = ['output', 'file', 'cpu', 'note'] as const
type Kind = (typeof kinds)[number]

/** Nothing gives signs more often than that. */
const leastGapMs = 1_000
/** How often a line is repeated that is always the same. */
const repeatEveryMs = 20_000

/** When one worker last did what shows. Worked out when somebody looks, not every second. */
export interface Signs {
  /** Work begins, or goes on after a while of nothing. */
  begin(at: number): void
  /** Lets time pass; returns when it last said something about its task, null when it did not. */
  pass(until: number): number | null
  /** Since when it has been printing the same line while it waits; null when it is not. */
  sameSince(at: number): number | null
  lastOf(kind: Kind): number | null
  /** No more of them, until it begins again. */
  stop(): void
}

/** The signs of somebody who is well and has work. */
export function createSigns({ silence_minutes, same_line }: Behaviour, random: Random): Signs {
  const draws = kinds.map((kind) => {
    const gaps = silence_minutes[kind]
    return gaps === undefined ? null : drawFrom(gaps)
  })
  const drawWait = drawFrom(same_line.minutes)
  const last: (number | null)[] = kinds.map(() => null)
  const next = kinds.map(() => Number.POSITIVE_INFINITY)
  let wait = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }

  function planWait(after: number): void {
    const from = after + untilNext(random, same_line.per_day)
    wait = { from, to: from + drawWait(random) }
  }

  function following(at: number, draw: Draw): number {
    const then = at + Math.max(leastGapMs, draw(random))
    // While it waits it prints, and does nothing else.
    return then > wait.from && then < wait.to ? wait.to : then
  }

  return {
    begin(at) {
      planWait(at)
      for (let kind = 0; kind < kinds.length; kind++) {
        const draw = draws[kind]
        if (draw === null || draw === undefined) continue
        last[kind] = at
        next[kind] = following(at, draw)
      }
    },
    pass(until) {
      let said: number | null = null
      for (let kind = 0; kind < kinds.length; kind++) {
        const draw = draws[kind]
        let at = next[kind] as number
        if (draw === null || draw === undefined || at > until) continue
        let seen = at
        while (at <= until) {
          seen = at
          at = following(at, draw)
        }
        last[kind] = seen
        next[kind] = at
        if (kinds[kind] === 'note') said = seen
      }
      if (wait.to <= until) planWait(until)
      return said
    },
    stop() {
      wait = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }
    },
    sameSince: (at) => (at >= wait.from && at < wait.to ? wait.from : null),
    lastOf: (kind) => last[kinds.indexOf(kind)] ?? null,
  }
}

/** What is shown of a brain at work as it was then, with its own clock `skewMs` ahead. */
export function sessionOf(
  { signs, startedAt, loopsSince, asks }: SessionFacts,
  now: number,
  skewMs: number,
): SessionCapture {
  const iso = (at: number | null) => (at === null ? null : new Date(at + skewMs).toISOString())
  const loops = loopsSince !== null && loopsSince <= now
  const same = loops ? loopsSince : signs.sameSince(now)
  return {
    started_at: iso(startedAt) as string,
    output_at: iso(same === null ? signs.lastOf('output') : now),
    files_at: iso(signs.lastOf('file')),
    // Who goes round in circles thinks, who waits does not.
    cpu_at: iso(loops ? now : signs.lastOf('cpu')),
    repeats: same === null ? 1 : 1 + Math.floor((now - same) / repeatEveryMs),
    repeats_since: iso(same),
    asks: asks === null || asks.at > now ? null : { kind: asks.kind, text: asks.text, at: iso(asks.at) as string },
  }
}

/** What the session of a worker is made from. */
export interface SessionFacts {
  signs: Signs
  startedAt: number
  loopsSince: number | null
  asks: { kind: 'question' | 'permission'; text: string; at: number } | null
}
