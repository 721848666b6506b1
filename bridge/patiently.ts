import { setTimeout as pause } from 'node:timers/promises'

const askAgainMs = 250

/** Asks until it is answered; what is asked must be harmless to ask again. Rejects when `signal` aborts. */
export async function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await ask()
    } catch (error) {
      if (signal.aborted) throw error
      await pause(askAgainMs, undefined, { signal })
    }
  }
}
