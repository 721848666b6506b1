import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

/** A clock that can also be waited on. `sleep` resolves, early and without an error, when the signal aborts. */
export interface SleepingClock extends Clock {
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Time that only passes when a test says so. */
export interface VirtualClock extends SleepingClock {
  /** Lets `ms` pass: wakes whoever sleeps until then, in order, and lets what they set off settle before the next wakes. */
  advance(ms: number): Promise<void>
  /** How many are asleep. */
  readonly pending: number
}

/** A clock that stands still at `start` until it is advanced; a sleep of 0 ms ends with the next `advance(0)`. */
export function createVirtualClock(start: Date = new Date('2026-01-05T09:00:00Z')): VirtualClock {
  const sleepers = new Set<{ due: number; order: number; wake: () => void }>()
  let passed = 0
  let order = 0

  function nextUntil(end: number) {
    const due = [...sleepers].filter((sleeper) => sleeper.due <= end)
    return due.sort((a, b) => a.due - b.due || a.order - b.order)[0]
  }

  return {
    now: () => new Date(start.getTime() + passed),
    monotonic: () => passed,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((done) => {
        const wake = () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          done()
        }
        const sleeper = { due: passed + Math.max(0, ms), order: order++, wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake, { once: true })
      })
    },
    async advance(ms) {
      const end = passed + ms
      await settle()
      for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
        passed = next.due
        next.wake()
        await settle()
      }
      passed = end
      await settle()
    },
    get pending() {
      return sleepers.size
    },
  }
}

/** The machine's own time, in the same shape. */
export const realClock: SleepingClock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((done) => {
      const wake = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        done()
      }
      const timer = setTimeout(wake, ms)
      signal?.addEventListener('abort', wake, { once: true })
    })
  },
}

// A request over loopback and its answer take several turns of the event loop.
async function settle(): Promise<void> {
  for (let turns = 0; turns < 12; turns++) await turn()
}
