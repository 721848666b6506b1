import { createHash } from 'node:crypto'
import { chatEnvelope, type Envelope, envelopeVersion, traceCode, traceOf } from '../core/envelope.ts'
import { BreakroomError } from '../core/errors.ts'
import { asInbox } from '../core/handover.ts'
import { eventSubject, type OrgSubjects } from '../core/subject.ts'
import type { Publisher, WorkItem } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import { answer } from './answer.ts'

/** Of one item; the bus takes a letter of 1 MB, and base64 makes four bytes of three. */
const mostBytes = 500_000

interface Giver {
  name: string
  /** The subject that the item came from, so that it can be put back. */
  from: string
  bus: Publisher
  subjects: OrgSubjects
  homeRoom: string | null
  clock: Clock
}

/** Copies an item to the dead letters, with the reason and the bytes as they came, before it is given up. */
export async function deadLetter(parts: Giver, item: WorkItem, reason: string): Promise<void> {
  const original = item.envelope instanceof BreakroomError ? null : item.envelope
  const id = letterId(parts, item)
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
      subject: parts.from,
      bytes: Buffer.from(item.bytes.subarray(0, mostBytes)).toString('base64'),
      /** True when the rest did not fit. */
      cut: item.bytes.length > mostBytes,
    },
  }
  await parts.bus.publish(parts.subjects.deadletter, letter)
}

/** Tells whoever is waiting, where they wait; else the seat's own room. */
export async function sayGivenUp(parts: Giver, item: WorkItem, reason: string): Promise<void> {
  const { name, bus, subjects, clock, homeRoom } = parts
  const work = item.envelope instanceof BreakroomError ? null : asInbox(item.envelope)
  if (work !== null) {
    const text = `${work.data.line.data.speaker}: I had to give ${traceCode(work.trace)} up. ${reason} It is kept with the dead letters.`
    return answer({ name, bus, subjects, now: clock.now }, work, text)
  }
  if (homeRoom === null) return
  const id = `${letterId(parts, item)}:said`
  const line = chatEnvelope({
    id,
    source: `bots/${name}`,
    at: clock.now(),
    room: { name: homeRoom, visibility: 'public' },
    actor: name,
    authority: { requester: name, chain: [] },
    trace: traceOf(id),
    hops: 0,
    data: {
      text: `I had to give something up that I was sent. ${reason} It is kept with the dead letters.`,
      kind: 'say',
      speaker: name,
      tier: 'none',
      notice: true,
    },
  })
  await bus.publish(eventSubject(name, 'chat', homeRoom), line)
}

/** The same letter for the same item, however often it is given up. */
function letterId({ name }: Giver, { envelope, bytes }: WorkItem): string {
  const bytesHash = () => createHash('sha256').update(bytes).digest('hex').slice(0, 32)
  return `dead:${name}:${envelope instanceof BreakroomError ? bytesHash() : envelope.id}`
}
