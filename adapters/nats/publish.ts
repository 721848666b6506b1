import { createHash } from 'node:crypto'
import { encodeEnvelope } from '../../core/envelope.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { StreamWriter } from './stream-writer.ts'

/** Publishes envelopes, each id once. */
export function createPublisher(write: StreamWriter): Publisher {
  return {
    publish: async (subject, envelope) =>
      write({ subject, bytes: encodeEnvelope(envelope), headers: { 'Nats-Msg-Id': messageId(envelope.id) } }),
  }
}

/** The id of a message as a header: those carry printable ASCII only; anything else stands for itself as a hash. */
export function messageId(id: string): string {
  return /^[\x21-\x7e]+$/.test(id) ? id : createHash('sha256').update(id).digest('hex')
}
