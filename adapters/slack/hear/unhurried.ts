import type { Clock } from '../../../ports/clock.ts'
import type { Sleep } from '../../../ports/sleep.ts'

/** Reads, one at a time, what nobody waits for; what somebody begins to wait for is read at once. */
export interface Unhurried {
  /** Runs the job when it is its turn: of those that wait the highest rank first. Resolves or rejects as the job does. One job a key. */
  add(key: string, rank: number, job: () => Promise<void>): Promise<void>
  /** Begins the job now, if it waits. */
  hurry(key: string): void
}

/** Slack takes fifty such calls a minute from a token. Thirty are ours, never many at once, so that the next call is always free for what is waited for. */
const everyMs = 2_000

export function createUnhurried(parts: { clock: Clock; sleep: Sleep; signal: AbortSignal }): Unhurried {
  const { clock, sleep, signal } = parts
  const waiting = new Map<string, { rank: number; run: () => Promise<void> }>()
  let running = false
  /** When the next may begin, on the monotonic clock. */
  let free = 0

  /** Never rejects: whoever added a job is told how it ended. */
  async function runAll(): Promise<void> {
    running = true
    while (waiting.size > 0) {
      const waitMs = signal.aborted ? 0 : free - clock.monotonic()
      if (waitMs > 0) {
        await sleep(waitMs, signal)
        continue
      }
      const [next] = [...waiting].reduce((one, other) => (other[1].rank > one[1].rank ? other : one))
      await begin(next)
      free = clock.monotonic() + everyMs
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
