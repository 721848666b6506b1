import { forMatching } from '../../core/clean-text.ts'
import { type Envelope, envelopeVersion } from '../../core/envelope.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { desk } from '../../core/route.ts'
import { eventSubject } from '../../core/subject.ts'
import type { DeskParts } from './desk.ts'

/** What people have kept: what holds from now on, or what has proved itself. */
const kinds = {
  decide: { kind: 'decision', verb: 'made', said: 'Kept as a decision' },
  pattern: { kind: 'memory', verb: 'pattern', said: 'Kept as a pattern' },
} as const

/**
 * Puts a decision or a pattern on the public record, in the name of whoever said it; the knowledge proxy answers from it, and the state
 * store keeps it. What is said in private is not told there, so it is not kept. The same command again is the same decision.
 */
export async function keepDecision(
  { rooms, bus, now }: Pick<DeskParts, 'rooms' | 'bus' | 'now'>,
  command: { verb: keyof typeof kinds; args: { text: string } },
  item: InboxEnvelope,
): Promise<string> {
  const { kind, verb, said } = kinds[command.verb]
  const { line } = item.data
  const isHeardByAll = item.room.visibility === 'public' || rooms.includes(line.data.aside?.room ?? '')
  if (!isHeardByAll) {
    return 'What is kept is for everybody, and this is private. Say it in a room that everybody reads.'
  }
  // Whoever reads the record would pass it over.
  if (forMatching(command.args.text).trim() === '') return 'There is nothing in it to keep.'
  const id = `${command.verb}:${item.id}`
  const event: Envelope = {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: 'bots/desk',
    type: `${kind}.${verb}`,
    time: now().toISOString(),
    actor: desk,
    authority: { requester: item.authority.requester, chain: [desk] },
    trace: item.trace,
    hops: item.hops,
    data: { text: command.args.text, by: item.authority.requester, name: line.data.speaker },
  }
  await bus.publish(eventSubject(desk, kind, verb), event)
  return `${said}, in the name of ${line.data.speaker}.`
}
