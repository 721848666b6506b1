import { BreakroomError } from '../../../core/errors.ts'

/** One job at a time for each channel, in the order of asking; channels do not wait for each other. */
export interface ChannelQueue {
  /** Resolves or rejects as the job does, and with `closed` when it was not begun before `close`. */
  run<T>(channel: string, job: () => Promise<T>): Promise<T>
  /** Begins nothing more; resolves when what has begun is over. */
  close(): Promise<void>
}

export function createChannelQueue(): ChannelQueue {
  const last = new Map<string, Promise<unknown>>()
  let closed = false

  return {
    run(channel, job) {
      const before = last.get(channel) ?? Promise.resolve()
      const mine = before.then(() => {
        if (closed) throw new BreakroomError('closed', 'The network is being stopped.')
        return job()
      })
      const over = mine.then(
        () => {},
        () => {},
      )
      last.set(channel, over)
      void over.then(() => {
        if (last.get(channel) === over) last.delete(channel)
      })
      return mine
    },
    async close() {
      closed = true
      await Promise.all(last.values())
    },
  }
}
