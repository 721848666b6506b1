/**
 * How long to wait before attempt `attempt` (1 for the first retry), in ms: full jitter over an exponentially growing window,
 * never below `floorMs`, never above `capMs`. `random` gives a number in [0, 1).
 *
 * Full jitter, because a fleet that lost its server together must not come back together.
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  { floorMs, capMs }: { floorMs: number; capMs: number },
): number {
  // Ends the doubling before 2 ** attempt overflows.
  const doublings = Math.min(Math.max(attempt, 1), 50)
  const window = Math.min(capMs, floorMs * 2 ** doublings)
  return Math.min(capMs, Math.round(floorMs + random() * Math.max(0, window - floorMs)))
}
