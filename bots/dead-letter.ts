import { createHash } from 'node:crypto'
import { type Envelope, envelopeVersion, traceOf } from '../core/envelope.ts'
import { BreakroomError } from '../core/errors.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Publisher, WorkItem } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'

/** Copies an item to the dead letters, with the reason and the bytes as they came, before it is given up. */
export async function deadLetter(
  parts: { name: string; bus: Publisher; subjects: OrgSubjects; clock: Clock },
  item: WorkItem,
  reason: string,
): Promise<void> {
  const original = item.envelope instanceof BreakroomError ? null : item.envelope
  const id = `dead:${parts.name}:${original?.id ?? createHash('sha256').update(item.bytes).digest('hex').slice(0, 32)}`
  const letter: Envelope = {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: `bots/${parts.name}`,
    type: 'deadletter.item',
    time: parts.clock.now().toISOString(),
    ...(original?.room ? { room: original.room } : {}),
    actor: parts.name,
    authority: original?.authority ?? { requester: parts.name, chain: [] },
    trace: original?.trace ?? traceOf(id),
    hops: original?.hops ?? 0,
    data: {
      seat: parts.name,
      reason,
      deliveries: item.delivery,
      /** Where it came from, so that it can be put back. */
      subject: parts.subjects.inbox(parts.name),
      bytes: Buffer.from(item.bytes).toString('base64'),
    },
  }
  await parts.bus.publish(parts.subjects.deadletter, letter)
}
