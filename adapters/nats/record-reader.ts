import { nuid } from '@nats-io/transport-node'
import type { Envelope } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { actorTokenOf, roomTokenOf, subjectToken } from '../../core/subject.ts'
import type { RecordReader } from '../../ports/bus.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { follow } from './follow.ts'
import { readEnvelope } from './inbox.ts'
import { lastSequence, requestApi } from './js-api.ts'
import { streamOf } from './topology.ts'

/** Reads EVENTS and PRIVATE. */
export function createRecordReader(connection: Connection): RecordReader {
  return {
    async *read({ record, filters = [], after, signal }) {
      for await (const entry of follow(connection, { stream: streamOf[record], filters, from: { after }, signal })) {
        const { msg, streamSeq, storedAt, pending } = entry
        yield {
          seq: streamSeq,
          subject: msg.subject,
          envelope: asPublished(msg.subject, readEnvelope(msg.data)),
          bytes: msg.data,
          storedAt,
          caughtUp: pending === 0,
        }
      }
    },
    lastSeq: (record) => ask(connection, 'Reading the state of a record', (nc) => lastSequence(nc, streamOf[record])),
    seqBefore: (record, time) =>
      ask(connection, 'Looking up a time in a record', async (nc) => {
        // A consumer that starts at the time knows where it starts; nothing else in the API of 2.12 says it.
        const [stream, name] = [streamOf[record], nuid.next()]
        const config = {
          name,
          deliver_policy: 'by_start_time',
          opt_start_time: time.toISOString(),
          ack_policy: 'none',
          mem_storage: true,
        }
        const info = await requestApi(nc, `CONSUMER.CREATE.${stream}.${name}`, {
          stream_name: stream,
          config,
          action: 'create',
        })
        nc.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`)
        return (info.delivered as { stream_seq: number }).stream_seq
      }),
  }
}

/**
 * The server proves who may publish on a subject, not what is in the envelope; and through a reply subject it can be made to
 * write on any subject. So an envelope counts only when its actor, and a line's room, are its subject's.
 */
function asPublished(subject: string, envelope: Envelope | BreakroomError): Envelope | BreakroomError {
  if (envelope instanceof BreakroomError) return envelope
  const publisher = actorTokenOf(subject)
  if (publisher !== subjectToken(envelope.actor)) {
    return new BreakroomError('denied', `An envelope on ${subject} names ${envelope.actor} as its actor.`, {
      detail: { rule: 'actor_is_publisher', requester: publisher },
    })
  }
  const room = roomTokenOf(subject)
  if (room !== null && (envelope.room === undefined || room !== subjectToken(envelope.room.name))) {
    return new BreakroomError('denied', `An envelope on ${subject} names another room.`, {
      detail: { rule: 'room_is_subject', requester: publisher },
    })
  }
  return envelope
}
