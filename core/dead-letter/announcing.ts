/** How letters are said in a room. Times in ms. */
export interface AnnouncingPace {
  /** How long the newest waits for others; while they keep coming, all of them do. */
  gatherMs: number
  /** More than `most` lines in this time are one. */
  windowMs: number
  most: number
  /** The longest that a letter waits for others. */
  longestMs: number
}

/** Everybody hears of a letter within 60 s. */
export const usualPace: AnnouncingPace = { gatherMs: 1_000, windowMs: 60_000, most: 5, longestMs: 40_000 }

/** What to do with the letters that wait to be said: each by itself, all in one line, or later. */
export type Announcing = 'each' | 'together' | { inMs: number }

/**
 * How to say what waits. `waitingSince` are the times of the letters, oldest first, and not none; `saidAt` those of the lines that were said.
 * A few letters are said each by itself; a burst is one line when it is over, and what comes behind it in the same minute is one more.
 */
export function howToAnnounce(
  waitingSince: readonly number[],
  saidAt: readonly number[],
  now: number,
  { gatherMs, windowMs, most, longestMs }: AnnouncingPace = usualPace,
): Announcing {
  const latest = (waitingSince[0] ?? now) + longestMs
  const gathered = Math.min((waitingSince.at(-1) ?? now) + gatherMs, latest)
  if (gathered > now) return { inMs: gathered - now }
  const said = saidAt.filter((at) => at > now - windowMs).length
  if (said + waitingSince.length <= most) return 'each'
  if (said === 0) return 'together'
  if (latest > now) return { inMs: latest - now }
  return waitingSince.length === 1 ? 'each' : 'together'
}
