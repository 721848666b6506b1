import { chatEnvelope, traceOf } from '../../core/envelope.ts'
import type { Role } from '../../core/role.ts'
import { eventSubject } from '../../core/subject.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'

/**
 * Says a line as the role that sweeps, in a public room: a notice, which addresses nobody and is nobody's turn. The same id again is the same
 * line. Rejects with `unavailable`.
 */
export function createSay(parts: {
  own: Publisher
  role: Pick<Role, 'name' | 'nick'>
  room: string
  clock: Pick<Clock, 'now'>
}): (id: string, text: string) => Promise<void> {
  const { own, role, room, clock } = parts
  return async (id, text) => {
    const line = chatEnvelope({
      id,
      source: 'bots/sweep',
      at: clock.now(),
      room: { name: room, visibility: 'public' },
      actor: role.name,
      authority: { requester: role.name, chain: [] },
      trace: traceOf(id),
      hops: 0,
      data: { text, kind: 'say', speaker: role.nick, tier: 'none', notice: true },
    })
    await own.publish(eventSubject(role.name, 'chat', room), line)
  }
}
