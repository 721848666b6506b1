import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { until } from '../../test/support/process.ts'

/** Delayed jobs of a bare BullMQ queue on this Redis, as its manual has them. Nothing is decided, stored elsewhere or set again. */
export interface DelayedJobs extends AsyncDisposable {
  /** Sets jobs that are due at these moments, in one go; resolves when Redis has them. */
  set(dues: readonly number[]): Promise<void>
  /** Works on all that were set; how late each began by the clock `now`, in ms. */
  late(count: number, timeoutMs: number, now?: () => number): Promise<number[]>
}

export function delayedJobs(url: string): DelayedJobs {
  const [connection, own] = [new Redis(url), new Redis(url, { maxRetriesPerRequest: null })]
  const queue = new Queue('floor', { connection, prefix: 'bench' })
  let worker: Worker | null = null
  return {
    async set(dues) {
      const now = Date.now()
      const opts = { removeOnComplete: true, removeOnFail: true }
      await queue.addBulk(
        dues.map((due) => ({ name: 'ring', data: { due }, opts: { ...opts, delay: Math.max(0, due - now) } })),
      )
    },
    async late(count, timeoutMs, now = Date.now) {
      const samples: number[] = []
      const work = async ({ data }: { data: { due: number } }) => void samples.push(now() - data.due)
      const options = { connection: own, prefix: 'bench', concurrency: 16 }
      worker = new Worker('floor', work, options)
      await until('all jobs are done', () => samples.length >= count, timeoutMs)
      return samples
    },
    async [Symbol.asyncDispose]() {
      await worker?.close()
      await queue.close()
      for (const redis of [connection, own]) redis.disconnect()
    },
  }
}
