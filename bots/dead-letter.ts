import { createHash } from 'node:crypto'
import { type Envelope, envelopeVersion, traceCode, traceOf } from '../core/envelope.ts'
import { BreakroomError } from '../core/errors.ts'
import { asInbox } from '../core/handover.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Publisher, WorkItem } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import { answer } from './answer.ts'
import type { GivenUp } from './take-items.ts'

/** Of one item; the bus takes a letter of 1 MB, and base64 makes four bytes of three. */
const mostBytes = 500_000

interface Giver {
  name: string
  /** The subject that the item came from, so that it can be put back. */
  from: string
  bus: Publisher
  subjects: OrgSubjects
  clock: Clock
}

/** Copies an item to the dead letters, with the reason and the bytes as they came, before it is given up. */
export async function deadLetter(parts: Giver, item: WorkItem, why: GivenUp): Promise<void> {
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
      reason: why.reason,
      class: why.class,
      deliveries: item.delivery,
      subject: parts.from,
      bytes: Buffer.from(item.bytes.subarray(0, mostBytes)).toString('base64'),
      /** True when the rest did not fit. */
      cut: item.bytes.length > mostBytes,
      /** The letter that it was taken from for another try. */
      ...(item.retryOf === undefined ? {} : { retry_of: item.retryOf }),
    },
  }
  await parts.bus.publish(parts.subjects.deadletterOf(parts.name), letter)
}

/**
 * Tells whoever is waiting, where they wait. Everybody else hears of it from the desk for dead letters. It is not their answer, which may
 * come yet when it is tried again.
 */
export async function sayGivenUp(parts: Giver, item: WorkItem, { reason }: GivenUp): Promise<void> {
  const { name, bus, subjects, clock } = parts
  const work = item.envelope instanceof BreakroomError ? null : asInbox(item.envelope)
  if (work === null) return
  const text = `${work.data.line.data.speaker}: I had to give ${traceCode(work.trace)} up. ${reason} It is kept with the dead letters.`
  await answer({ name, bus, subjects, now: clock.now }, { ...work, id: letterId(parts, item) }, text)
}

/** The same letter for the same item, however often it is given up, until somebody has it tried again. */
function letterId({ name }: Giver, { envelope, bytes, retryOf }: WorkItem): string {
  const item = envelope instanceof BreakroomError ? digest(bytes) : envelope.id
  const id = `dead:${name}:${retryOf === undefined ? item : digest(`${retryOf} ${item}`)}`
  // What is longer no reader takes for an id, and what is not plain no header carries.
  return /^[\x21-\x7e]{1,280}$/.test(id) ? id : `dead:${name}:${digest(id)}`
}

function digest(what: Uint8Array | string): string {
  return createHash('sha256').update(what).digest('hex').slice(0, 32)
}
