import { deadLetter } from '../../bots/dead-letter.ts'
import type { LetterClass } from '../../core/dead-letter/class.ts'
import { decodeEnvelope, type Envelope, encodeEnvelope } from '../../core/envelope.ts'
import { type InboxEnvelope, inboxEnvelope } from '../../core/handover.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { WorkItem } from '../../ports/bus.ts'
import { personLine, privately } from './lines.ts'
import type { NatsServer } from './nats.ts'

const subjects = orgSubjects('breakroom')

export interface Given {
  id: string
  text?: string
  actor?: string
  tier?: 'guest' | 'member' | 'founder'
  /** Said to the seat alone. */
  alone?: boolean
  kind?: 'mention' | 'command'
  room?: string
  seat?: string
  class?: LetterClass
  reason?: string
  /** The letter that it was put back from. */
  retryOf?: string
}

/** What a router would hand to a seat. */
export function itemFor({ id, seat = 'cto', ...given }: Given): InboxEnvelope {
  const { text = `${seat}: ping`, actor = 'human-alice', tier = 'member', room = 'breakroom' } = given
  const said = personLine(id, text, { at: new Date(), actor, tier })
  const line = given.alone ? privately(said, seat) : { ...said, room: { name: room, visibility: 'public' as const } }
  const handover = {
    to: seat,
    kind: given.alone ? ('dm' as const) : (given.kind ?? ('mention' as const)),
    body: text,
    authority: { requester: actor, chain: [] },
    tier,
    trigger: id,
    hops: 0,
  }
  return inboxEnvelope(line, handover, handover.kind, 'test')
}

/** A seat gives an item up, as seats do; the id of the letter. */
export async function giveUp(nats: NatsServer, given: Given): Promise<string> {
  const { seat = 'cto', reason = 'It was tried 4 times without success.' } = given
  const envelope = itemFor(given)
  const item = itemOf(envelope, given.retryOf)
  const { bus } = nats.as(seat === 'breakroom' ? { kind: 'desk' } : { kind: 'role', role: seat })
  const clock = { now: () => new Date(), monotonic: () => performance.now() }
  let id = ''
  const publish = (subject: string, letter: Envelope) => {
    id = letter.id
    return bus.publish(subject, letter)
  }
  const parts = { name: seat, from: subjects.inbox(seat), bus: { publish }, subjects, clock }
  await deadLetter(parts, item, { reason, class: given.class ?? 'logic' })
  await bus.close()
  return id
}

function itemOf(envelope: Envelope, retryOf?: string): WorkItem {
  const bytes = encodeEnvelope(envelope)
  const nothing = { ack: async () => {}, later() {}, working() {}, giveUp() {} }
  return {
    envelope: decodeEnvelope(bytes),
    bytes,
    delivery: 5,
    ...(retryOf === undefined ? {} : { retryOf }),
    ...nothing,
  }
}
