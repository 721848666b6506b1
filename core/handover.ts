import { z } from 'zod'
import { type ChatEnvelope, chatLineSchema, type Envelope, envelopeVersion } from './envelope.ts'
import type { Handover } from './route.ts'

/** The `data` of an `inbox.*` envelope: the line, and what the router made of it. */
const inboxSchema = z.looseObject({
  body: z.string(),
  tier: chatLineSchema.shape.tier,
  trigger: z.string(),
  /** The line as it was said: where to answer, and to whom. */
  line: z.looseObject({ id: z.string(), actor: z.string(), time: z.string(), data: chatLineSchema }),
})
type InboxData = z.infer<typeof inboxSchema>
export type InboxKind = Handover['kind'] | 'ping'
export type InboxEnvelope = Envelope & {
  type: `inbox.${InboxKind}`
  room: NonNullable<Envelope['room']>
  data: InboxData
}

/** The envelope that goes to a seat's inbox. Its id is made from the line and the seat, so handing over twice is once. */
export function inboxEnvelope(line: ChatEnvelope, handover: Handover, kind: InboxKind, source: string): InboxEnvelope {
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: `${line.id}>${handover.to}`,
    source,
    type: `inbox.${kind}`,
    time: line.time,
    room: line.room,
    actor: line.actor,
    authority: handover.authority,
    trace: line.trace,
    hops: handover.hops,
    data: {
      body: handover.body,
      tier: handover.tier,
      trigger: handover.trigger,
      line: { id: line.id, actor: line.actor, time: line.time, data: line.data },
    },
  }
}

/** The envelope as work for a seat, or null when it is something else or its data is off. */
export function asInbox(envelope: Envelope): InboxEnvelope | null {
  if (envelope.room === undefined || !/^inbox\.(mention|dm|command|ping)$/.test(envelope.type)) return null
  const data = inboxSchema.safeParse(envelope.data)
  return data.success ? ({ ...envelope, data: data.data } as InboxEnvelope) : null
}
