import { randomUUID } from 'node:crypto'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Story } from '../story.ts'

/**
 * The least that changes something in order: as many stored messages as a task has changes, each behind the one before it by the
 * sequence it expects. Nothing is decided, asked, told or remembered.
 */
export function keyedPublishes(nc: NatsConnection, changes: number, bytes: number): Story {
  const js = jetstream(nc)
  const payload = new Uint8Array(bytes).fill(0x78)
  return async (change) => {
    // A stream with the settings of the ledger, in which nobody looks for tasks.
    const subject = `breakroom.private.${randomUUID()}.floor`
    let seq = 0
    for (let index = 0; index < changes; index++) {
      const stored = await change(() => js.publish(subject, payload, { expect: { lastSubjectSequence: seq } }))
      seq = stored.seq
    }
  }
}
