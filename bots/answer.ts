import { type ChatEnvelope, chatEnvelope, type LineAction } from '../core/envelope.ts'
import type { InboxEnvelope } from '../core/handover.ts'
import { backTo, subjectOfLine } from '../core/house-line.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Publisher } from '../ports/bus.ts'

/**
 * Publishes a seat's answer to an item where the item came from: the room, or the same private conversation. The id is made from
 * the item's, so that answering again after a crash is the same line. `actions` can be pressed where there are buttons.
 */
export async function answer(
  parts: { name: string; bus: Publisher; subjects: OrgSubjects; now: () => Date },
  item: InboxEnvelope,
  text: string,
  actions?: LineAction[],
): Promise<void> {
  const { line } = item.data
  const envelope: ChatEnvelope = chatEnvelope({
    id: `answer:${item.id}`,
    source: `bots/${parts.name}`,
    at: parts.now(),
    room: item.room,
    actor: parts.name,
    authority: { requester: item.authority.requester, chain: [...item.authority.chain, parts.name] },
    trace: item.trace,
    hops: item.hops,
    data: {
      text,
      kind: 'say',
      speaker: parts.name,
      tier: 'none',
      notice: true,
      in_reply_to: line.id,
      trigger: item.data.trigger,
      ...backTo(line),
      ...(actions === undefined ? {} : { actions }),
    },
  })
  await parts.bus.publish(subjectOfLine(parts.subjects, envelope), envelope)
}
