import type { Sleep } from '../../ports/sleep.ts'

/** A sleep that somebody else can end. */
export interface Nap {
  /** Resolves after so many ms, when the signal aborts, or with the next `wake`, whichever is first. */
  take(ms: number, signal: AbortSignal): Promise<void>
  wake(): void
}

export function createNap(sleep: Sleep): Nap {
  let waking = new AbortController()
  return {
    take: (ms, signal) => sleep(ms, AbortSignal.any([signal, waking.signal])),
    wake() {
      waking.abort()
      waking = new AbortController()
    },
  }
}
