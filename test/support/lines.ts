import { type ChatEnvelope, type ChatLine, chatEnvelope, traceOf } from '../../core/envelope.ts'

/** A person's line in #breakroom, with what a test does not care about filled in. */
export function personLine(
  id: string,
  text: string,
  more: Partial<ChatLine> & { at?: Date; actor?: string } = {},
): ChatEnvelope {
  const { at = new Date('2026-01-01T12:00:00Z'), actor = 'human-alice', ...data } = more
  return chatEnvelope({
    id,
    source: 'irc/local',
    at,
    room: { name: 'breakroom', visibility: 'public' },
    actor,
    authority: { requester: actor, chain: [] },
    trace: traceOf(id),
    hops: 0,
    data: {
      text,
      kind: 'say',
      speaker: actor.replace('human-', ''),
      tier: 'member',
      origin: { network: 'local', id, nick: 'alice', account: null },
      ...data,
    },
  })
}

/** A role's line in #breakroom. */
export function roleLine(
  id: string,
  role: string,
  text: string,
  more: Partial<ChatLine> & { at?: Date } = {},
): ChatEnvelope {
  const { at = new Date('2026-01-01T12:00:01Z'), ...data } = more
  return chatEnvelope({
    id,
    source: `bots/${role}`,
    at,
    room: { name: 'breakroom', visibility: 'public' },
    actor: role,
    authority: { requester: role, chain: [] },
    trace: traceOf(data.trigger ?? id),
    hops: 1,
    data: { text, kind: 'say', speaker: role, tier: 'none', ...data },
  })
}

/** The same line said in private to one seat. */
export function privately(line: ChatEnvelope, seat: string): ChatEnvelope {
  const room = { name: `dm-${line.actor}-${seat}`, visibility: 'private' as const }
  return { ...line, room, data: { ...line.data, voice: seat } }
}
