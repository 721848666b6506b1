import { orgSubjects } from '../../core/subject.ts'
import type { DeadLetters, LetterEntry } from '../../ports/dead-letters.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { follow } from './follow.ts'
import { readEnvelope } from './inbox.ts'
import { lastSequence, messageAt } from './js-api.ts'
import { messageId } from './publish.ts'
import type { StreamWriter } from './stream-writer.ts'
import { deadLetterStream, retryOfHeader } from './topology.ts'

/** The dead letters of an organisation in their stream. */
export function createDeadLetters(connection: Connection, write: StreamWriter, org: string): DeadLetters {
  const front = `${orgSubjects(org).deadletter}.`
  const writerOf = (subject: string) => (subject.startsWith(front) ? subject.slice(front.length) : null)

  return {
    async *read({ after, signal }) {
      const following = { stream: deadLetterStream, filters: [], from: { after }, signal }
      for await (const { msg, streamSeq, storedAt } of follow(connection, following)) {
        yield entry({ seq: streamSeq, subject: msg.subject, bytes: msg.data, storedAt })
      }
    },
    async at(seq) {
      const found = await ask(connection, 'Looking up a dead letter', (nc) => messageAt(nc, deadLetterStream, seq))
      return found === null ? null : entry({ seq, ...found })
    },
    lastSeq: () => ask(connection, 'Reading the state of the dead letters', (nc) => lastSequence(nc, deadLetterStream)),
    async putBack(subject, bytes, letterId) {
      const id = messageId(letterId)
      await write({ subject, bytes, headers: { 'Nats-Msg-Id': `retry:${id}`, [retryOfHeader]: id } })
    },
  }

  function entry({
    subject,
    ...stored
  }: {
    seq: number
    subject: string
    bytes: Uint8Array
    storedAt: Date
  }): LetterEntry {
    return { ...stored, writer: writerOf(subject), envelope: readEnvelope(stored.bytes) }
  }
}
