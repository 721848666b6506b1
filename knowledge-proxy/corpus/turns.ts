import { setImmediate as others } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

/** One piece of work at a time, in the order in which they came; others have their turn between two. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(() => others()).then(work)
    last = done.catch(() => {})
    return done
  }
}

const longestMs = 8

/** Called between pieces of work that do not wait for anything: lets others have their turn when it was long enough. */
export function createPace({ monotonic }: Pick<Clock, 'monotonic'>): () => Promise<void> {
  let since = monotonic()
  return async () => {
    if (monotonic() - since < longestMs) return
    await others()
    since = monotonic()
  }
}
