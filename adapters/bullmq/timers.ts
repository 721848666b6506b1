import { setTimeout as pause } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import type { Timer, Timers } from '../../ports/timers.ts'
import { againAfterMs, type Bell, type QueuePlace, startBell } from './bell.ts'
import { jobIdOf, timerIdOf } from './job-id.ts'

const patienceMs = 2_000
/** How soon it is looked again whether a timer has been rung for. */
const lookAgainMs = 10
const batchSize = 500

/**
 * Timers as delayed jobs of one BullMQ queue, `<org>:bullmq:timers`, which the processes of an organisation share: each rings for one
 * of them. Connects at the first use and for ever after. While Redis is away, or takes nothing, every call rejects with
 * `unavailable` within two seconds. `set` and `remove` wait until a timer that is being rung for has been, and reject with
 * `conflict` after two seconds; so a handler cannot wait for a change of its own timer.
 */
export function createBullTimers({ url, org, log }: { url: string; org: string; log?: Log }): Timers {
  const place: QueuePlace = { name: 'timers', prefix: `${org}:bullmq` }
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    retryStrategy: againAfterMs,
  })
  // Each call that fails says so itself; without a listener the library writes to the console.
  redis.on('error', () => {})
  const bells = new Set<Bell>()
  let first: Promise<void> | undefined
  let opened: Promise<Queue> | null = null
  let answers = true
  let closed = false

  return {
    set: (timers) =>
      call(async (queue) => {
        const lastOfEach = new Map(timers.map((timer) => [timer.id, timer]))
        for (const batch of batches([...lastOfEach.values()])) {
          await untilAllAreDone(batch, (left) => keep(queue, left))
        }
      }),
    remove: (ids) =>
      call(async (queue) => {
        for (const batch of batches([...new Set(ids)])) {
          await untilAllAreDone(batch, (left) => removeEach(queue, left))
        }
      }),
    pending: () =>
      call(async (queue) => {
        const jobs = await queue.getRanges(['delayed', 'waiting', 'active'], 0, -1)
        return new Set(jobs.flatMap((jobId) => timerIdOf(jobId) ?? []))
      }),
    ring(handler, signal) {
      if (signal.aborted || closed) return
      const bell = startBell({ url, place, handler, log })
      bells.add(bell)
      const end = () => void bell.close().finally(() => bells.delete(bell))
      signal.addEventListener('abort', end, { once: true })
    },
    get connected() {
      return redis.status === 'ready' && answers
    },
    async close() {
      closed = true
      await Promise.all([...bells].map((bell) => bell.close()))
      redis.disconnect()
    },
  }

  async function call<T>(work: (queue: Queue) => Promise<T>): Promise<T> {
    if (closed) throw new BreakroomError('closed', 'The timers in Redis were closed.')
    try {
      const result = await work(await queueOnce())
      answers = true
      return result
    } catch (cause) {
      if (isBreakroomError(cause)) throw cause
      answers = false
      throw new BreakroomError('unavailable', `Redis cannot keep timers now: ${sentenceOf(cause)}`, { cause })
    }
  }

  /** A queue that was made without a connection would stay without one: it is made when there is one. */
  async function queueOnce(): Promise<Queue> {
    first ??= redis.connect().catch(() => {})
    await first
    if (redis.status !== 'ready') throw new Error('it does not answer')
    opened ??= openQueue()
    try {
      return await opened
    } catch (error) {
      opened = null
      throw error
    }
  }

  async function openQueue(): Promise<Queue> {
    const queue = new Queue(place.name, {
      connection: redis,
      prefix: place.prefix,
      skipVersionCheck: true,
      // Nobody reads them.
      streams: { events: { maxLen: 100 } },
    })
    queue.on('error', () => {})
    await queue.waitUntilReady()
    return queue
  }

  /** Adds what is not there and moves what is; which of them it could do now. */
  async function keep(queue: Queue, timers: readonly Timer[]): Promise<boolean[]> {
    const there = await Promise.all(timers.map(({ id }) => redis.exists(queue.toKey(jobIdOf(id)))))
    const fresh = timers.filter((_, index) => there[index] === 0)
    if (fresh.length > 0) await queue.addBulk(fresh.map(jobOf))
    return Promise.all(timers.map((timer, index) => there[index] === 0 || move(queue, timer)))
  }
}

function jobOf({ id, due }: Timer): Parameters<Queue['addBulk']>[0][number] {
  return {
    name: 'ring',
    data: {},
    opts: {
      jobId: jobIdOf(id),
      delay: delayOf(due),
      // After a failure: a second later, for as long as it takes, and nothing of it is kept.
      attempts: 1_000_000_000,
      backoff: { type: 'fixed', delay: 1_000 },
      stackTraceLimit: 0,
      removeOnComplete: true,
      removeOnFail: true,
    },
  }
}

function delayOf(due: Date): number {
  return Math.max(0, due.getTime() - Date.now())
}

/** False when it has rung meanwhile, or was taken away because it was about to: it has to be added. */
async function move(queue: Queue, { id, due }: Timer): Promise<boolean> {
  try {
    await queue.getBackend().changeDelay(jobIdOf(id), delayOf(due))
    return true
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code === noSuchJob) return false
    if (code !== notDelayed) throw error
    await queue.remove(jobIdOf(id))
    return false
  }
}
const noSuchJob = -1
const notDelayed = -3

/** A job that is being rung for cannot be removed. */
async function removeEach(queue: Queue, ids: readonly string[]): Promise<boolean[]> {
  return Promise.all(ids.map(async (id) => (await queue.remove(jobIdOf(id))) === 1))
}

/** Repeats `work` with those of `all` that it could not do. */
async function untilAllAreDone<T>(all: readonly T[], work: (left: readonly T[]) => Promise<boolean[]>): Promise<void> {
  const end = performance.now() + patienceMs
  let left = all
  for (;;) {
    const done = await work(left)
    left = left.filter((_, index) => !done[index])
    if (left.length === 0) return
    if (performance.now() > end) {
      throw new BreakroomError('conflict', `${left.length} timers are being rung for; try again when they have been.`)
    }
    await pause(lookAgainMs)
  }
}

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += batchSize) yield all.slice(start, start + batchSize)
}
