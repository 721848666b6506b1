import type { Clock } from '../../../ports/clock.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import { createCallWindow } from '../web/window.ts'

/** Reads, one at a time, what nobody waits for; what somebody begins to wait for is read at once. */
export interface Unhurried {
  /** Runs the job when it is its turn: the highest rank first, then the first. One job a key. Resolves or rejects as the job does. */
  add(key: string, rank: number, job: () => Promise<void>): Promise<void>
  /** Begins the job now, if it waits. */
  hurry(key: string): void
}

/** Half of the fifty calls a minute that Slack takes, a few at a time: what is waited for is to find one free. */
const most = 8
const spanMs = 20_000

export function createUnhurried(parts: { clock: Clock; sleep: Sleep; signal: AbortSignal }): Unhurried {
  const { clock, sleep, signal } = parts
  const waiting = new Map<string, { rank: number; run: () => Promise<void> }>()
  const window = createCallWindow(most, spanMs, clock.monotonic)
  let running = false

  /** Never rejects: whoever added a job is told how it ended. */
  async function runAll(): Promise<void> {
    running = true
    while (waiting.size > 0) {
      const waitMs = signal.aborted ? 0 : window.waitMs()
      if (waitMs > 0) {
        await sleep(waitMs, signal)
        continue
      }
      const [next] = [...waiting].reduce((one, other) => (other[1].rank > one[1].rank ? other : one))
      const ended = window.begin()
      await begin(next)
      ended()
    }
    running = false
  }

  async function begin(key: string): Promise<void> {
    const job = waiting.get(key)
    waiting.delete(key)
    await job?.run()
  }

  return {
    add(key, rank, job) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.set(key, { rank, run: () => job().then(resolve, reject) })
      if (!running) void runAll()
      return promise
    },
    hurry: (key) => void begin(key),
  }
}
