/** Milliseconds until the next attempt: doubles with each failure up to the cap, half of it random, so that a fleet spreads out. */
export function backoffMs(failures: number, baseMs: number, capMs: number, random: () => number): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30))
  return Math.round(full / 2 + (full / 2) * random())
}
