import { setTimeout as pause } from 'node:timers/promises'
import { DelayedError, WaitingError, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { sentenceOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import { timerIdOf } from './job-id.ts'

/** Where the jobs of a queue are. */
export interface QueuePlace {
  name: string
  prefix: string
}

/** What rings. */
export interface Bell {
  /** Ends within about two seconds; what is being rung for by then is finished, or rings again for somebody else. */
  close(): Promise<void>
}

/** Handlers side by side. */
const most = 16
/** How long a job is ours without a sign; a killed process's timers ring again after that and a look. */
const lockMs = 5_000
const restMs = 1_000
const patienceMs = 2_000
/** More than BullMQ waits for a job in one go, so that only a connection that is dead is cut. */
const deafAfterMs = 15_000

/** How long to wait before connecting again. */
export function againAfterMs(times: number): number {
  return Math.min(50 * times, 500) * (1 + Math.random() / 2)
}

/**
 * Calls `handler` with the id of each timer whose moment has come, until closed. Waits for Redis for as long as it is away.
 * A date as the answer moves the timer there; when the handler rejects, BullMQ itself tries again, as the job says.
 */
export function startBell(parts: {
  url: string
  place: QueuePlace
  handler: (id: string) => Promise<Date | null>
  log?: Log | undefined
}): Bell {
  const { url, place, handler, log } = parts
  const redis = new Redis(url, {
    // What was asked is asked again when Redis is back: BullMQ's loop counts on it.
    maxRetriesPerRequest: null,
    connectTimeout: patienceMs,
    socketTimeout: deafAfterMs,
    retryStrategy: againAfterMs,
  })
  // Without a listener the library writes to the console.
  redis.on('error', () => {})
  const worker = new Worker(place.name, (job, token) => ring(job, token), {
    connection: redis,
    prefix: place.prefix,
    // It would write to the console; the start of the house looks at the version and the policy of Redis.
    skipVersionCheck: true,
    concurrency: most,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // However often its process is killed, a timer is not given up.
    maxStalledCount: 1_000_000_000,
    runRetryDelay: restMs,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  })
  let resting: NodeJS.Timeout | null = null
  let closing: Promise<void> | null = null

  worker.on('error', rest)
  worker.waitUntilReady().then(waitToTheMillisecond, () => {})

  return {
    close() {
      closing ??= end()
      return closing
    },
  }

  async function ring(job: Parameters<Worker['callProcessJob']>[0], token: string | undefined): Promise<void> {
    // A job that was being fetched when the bell was closed still comes: it is for whoever is next.
    if (closing !== null) {
      await job.moveToWait(token)
      throw new WaitingError()
    }
    const id = timerIdOf(job.id ?? '')
    const again = id === null ? null : await answerOf(id)
    if (again === null) return
    const now = Date.now()
    // Whoever answers with what is past has another clock than ours: not at once again, and again.
    await job.moveToDelayed(again.getTime() > now ? again.getTime() : now + restMs, token)
    throw new DelayedError()
  }

  async function answerOf(id: string): Promise<Date | null> {
    try {
      return await handler(id)
    } catch {
      // What is thrown is written into Redis: no words of others.
      throw new Error('not rung')
    }
  }

  /** Redis 7 takes fractions of a second; BullMQ, which was not to look, thinks it does not. */
  function waitToTheMillisecond(): void {
    const blocking = worker.getBackend().blockingConnection
    if (blocking !== undefined) blocking.capabilities = { canDoubleTimeout: true, canBlockFor1Ms: false }
  }

  /** BullMQ asks again at once when Redis refuses something (it is full, or read-only), and would do nothing else. */
  function rest(error: Error): void {
    if (redis.status !== 'ready' || resting !== null || closing !== null) return
    log?.warn({ cause: sentenceOf(error) }, 'Redis did not do what was asked of the timers')
    resting = setTimeout(() => {
      resting = null
      void worker.resume()
    }, restMs)
    void worker.pause(true)
  }

  async function end(): Promise<void> {
    if (resting !== null) clearTimeout(resting)
    const backend = worker.getBackend()
    const patience = () => pause(patienceMs, undefined, { ref: false })
    await Promise.race([worker.close(redis.status !== 'ready'), patience()])
    // What still hangs waits for a Redis that does not answer.
    redis.disconnect()
    await Promise.race([backend.close(true), patience()])
    void backend.blockingClient?.then((client) => client.disconnect()).catch(() => {})
  }
}
