import { z } from 'zod'
import { type Envelope, envelopeVersion } from '../envelope.ts'
import type { Task } from './task.ts'

/** What a seat hears: there is work for it. No words of the task, so that a private one stays private. */
const doorbellSchema = z.looseObject({
  /** `work` for whoever does it, `review` for whoever looks at it. */
  kind: z.enum(['work', 'review']),
  key: z.string().min(1).max(64),
  label: z.string().min(1).max(20),
})
export type Doorbell = Envelope & { type: `doorbell.${'work' | 'review'}`; data: z.infer<typeof doorbellSchema> }

/**
 * A doorbell for a seat. It is a token, not the work: the seat asks for its next task when it hears it. The id is made from the
 * commit that rang it, so that ringing twice is once.
 */
export function doorbellEnvelope(task: Task, kind: 'work' | 'review', at: string): Doorbell {
  const { key, label, version, trace } = task
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: `doorbell:${key}:${version}:${kind}`,
    source: 'tasks',
    type: `doorbell.${kind}`,
    time: at,
    actor: 'breakroom',
    authority: { requester: 'breakroom', chain: [] },
    trace,
    hops: 0,
    data: { kind, key, label },
  }
}

/** The envelope as a doorbell, or null when it is something else or its data is off. */
export function asDoorbell(envelope: Envelope): Doorbell | null {
  if (!/^doorbell\.(work|review)$/.test(envelope.type)) return null
  const data = doorbellSchema.safeParse(envelope.data)
  return data.success && envelope.type === `doorbell.${data.data.kind}`
    ? ({ ...envelope, data: data.data } as Doorbell)
    : null
}
