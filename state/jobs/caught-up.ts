import { setTimeout as pause } from 'node:timers/promises'

/** What is on its way out of the ledger is given so long to arrive. */
const arrivesWithinMs = 10_000
const lookEveryMs = 50

/** Resolves when nothing is on its way, or has been for long enough. */
export async function caughtUp(lag: () => number | null, signal: AbortSignal): Promise<void> {
  for (let waited = 0; lag() !== 0 && waited < arrivesWithinMs; waited += lookEveryMs) {
    await pause(lookEveryMs, undefined, { signal })
  }
}
