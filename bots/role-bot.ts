import { authorize } from '../core/authority.ts'
import { traceCode } from '../core/envelope.ts'
import type { InboxEnvelope } from '../core/handover.ts'
import { pongWithTime, replyWithoutBrain, type SeatCard } from '../core/reply.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Publisher } from '../ports/bus.ts'
import type { Metrics } from '../ports/metrics.ts'
import { answer } from './answer.ts'

/** What a role that cannot think does with an item: it answers what it can by itself, and says so when it cannot do more. */
export function createRoleBot(parts: {
  name: string
  card: SeatCard
  bus: Publisher
  subjects: OrgSubjects
  metrics: Metrics
  now: () => Date
}): (item: InboxEnvelope) => Promise<void> {
  return async function handle(item) {
    const { tier, line, body } = item.data
    const action = item.type === 'inbox.ping' ? 'command.ping' : item.type === 'inbox.dm' ? 'dm' : 'mention'
    // Asked again here, at the last door before an effect: the router's word is not the only lock.
    const verdict = authorize({ action, requester: { actor: item.authority.requester, tier } })
    if (!verdict.allowed) {
      parts.metrics.count('breakroom_denied_total', { rule: verdict.rule })
      return
    }
    const said = {
      body,
      speaker: line.data.voice === undefined ? line.data.speaker : null,
      ageMs: Math.max(0, parts.now().getTime() - Date.parse(line.time)),
      code: traceCode(item.trace),
    }
    await answer(parts, item, item.type === 'inbox.ping' ? pongWithTime(said) : replyWithoutBrain(parts.card, said))
  }
}
