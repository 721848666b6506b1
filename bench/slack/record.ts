import { jetstream } from '@nats-io/jetstream'
import type { NatsServer } from '../../test/support/nats.ts'
import { tokenIn } from '../exchange.ts'

/** A line of the public record. */
interface Entry {
  seq: number
  /** Of its envelope; null where it has none. */
  id: string | null
}

/** What comes onto the public record from now on, as a plain consumer of the bus is given it. */
export interface RecordWatch {
  readonly entries: readonly Entry[]
  /** Resolves when the token is on the record; to be called before it is said. Rejects after `timeoutMs`. */
  arrival(token: string, timeoutMs?: number): Promise<void>
}

export async function watchRecord(nats: NatsServer): Promise<RecordWatch> {
  const admin = await nats.raw({ kind: 'admin' })
  const consumer = await jetstream(admin).consumers.get('EVENTS', {
    filter_subjects: ['events.*.chat.*'],
    deliver_policy: 'new',
  })
  const entries: Entry[] = []
  const awaited = new Map<string, () => void>()
  await consumer.consume({
    callback: (stored) => {
      const token = tokenIn(stored.string())
      if (token !== null) awaited.get(token)?.()
      const { id = null } = stored.json<{ id?: string }>()
      entries.push({ seq: stored.seq, id })
    },
  })
  return {
    entries,
    async arrival(token, timeoutMs = 10_000) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const late = setTimeout(() => reject(new Error(`${token} did not reach the record`)), timeoutMs)
      awaited.set(token, resolve)
      try {
        await promise
      } finally {
        awaited.delete(token)
        clearTimeout(late)
      }
    },
  }
}
