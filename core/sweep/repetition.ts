/** The longest block that is recognised when it comes again. */
const longestPeriod = 8
/** How many hashes are kept. */
const mostKept = 64
/** Taken in at once, so that enough of what was known is left to tell whether it goes on. */
const atOnce = mostKept / 2

/**
 * How often in a row the last block of `period` hashes (at most eight) comes at the end of a list, of which the last 64 are looked at. Of
 * several such blocks it is the one whose repetition covers most, and the shortest of those. `repeats` is 1 when nothing came again.
 */
export function trailingRepeats(hashes: readonly string[]): { period: number; repeats: number } {
  const last = hashes.slice(-mostKept)
  let best = { period: 1, repeats: 1 }
  let covered = 1
  for (let period = 1; period <= longestPeriod && 2 * period <= last.length; period++) {
    const repeats = Math.floor(runOf(last, period) / period)
    if (repeats > 1 && repeats * period > covered) {
      best = { period, repeats }
      covered = repeats * period
    }
  }
  return best
}

/** What came last of lines, or of calls, and how often it has come again by now. */
export interface Repetition {
  /** Hashes with the time at which each came, oldest first; at most 64. */
  readonly last: readonly { readonly hash: string; readonly at: number }[]
  /** How many at the end are one block again and again; it may be more than are kept. */
  readonly run: number
  /** How often in a row the last block came; 1 when it did not come again. */
  readonly repeats: number
  /** When the first of them came; null when nothing came again. */
  readonly since: number | null
}

/** Before anything came. */
export const nothingYet: Repetition = { last: [], run: 0, repeats: 1, since: null }

/** The same after these came, in this order, at this time. */
export function withNext(before: Repetition, hashes: readonly string[], at: number): Repetition {
  let now = before
  for (let from = 0; from < hashes.length; from += atOnce) now = withFew(now, hashes.slice(from, from + atOnce), at)
  return now
}

function withFew(before: Repetition, hashes: readonly string[], at: number): Repetition {
  const last = [...before.last, ...hashes.map((hash) => ({ hash, at }))].slice(-mostKept)
  const all = last.map(({ hash }) => hash)
  const { period, repeats } = trailingRepeats(all)
  if (repeats === 1) return { last, run: 1, repeats, since: null }
  const seen = runOf(all, period)
  // All that is kept, and can be, is the same: then it began with what is kept no more.
  const goesOn = seen === mostKept && before.since !== null
  const run = goesOn ? before.run + hashes.length : seen
  const since = goesOn ? before.since : (last[last.length - seen]?.at ?? at)
  return { last, run, repeats: Math.floor(run / period), since }
}

/** How many at the end are each the same as the one `period` later, with the last `period` themselves. */
function runOf(hashes: readonly string[], period: number): number {
  let run = period
  while (run < hashes.length && hashes.at(-1 - run) === hashes.at(-1 - run + period)) run++
  return run
}
