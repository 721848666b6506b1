import { z } from 'zod'
import { type ChatEnvelope, chatEnvelope, traceOf } from '../envelope.ts'

/*
 * A canary is a line that nobody has to read: it goes through a room of its own on every platform, and whether it is heard again there
 * shows what a connection is worth.
 */

const idPattern = /canary:\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/

/** A canary that a role lets fly now: a notice, so that it addresses nobody and wakes nobody. Its text is its id, by which any platform can tell it. */
export function canaryLine({
  role,
  nick,
  room,
  at,
}: {
  role: string
  nick: string
  room: ChatEnvelope['room']
  at: Date
}): ChatEnvelope {
  const id = `canary:${at.toISOString()}`
  return chatEnvelope({
    id,
    source: `bots/${role}`,
    at,
    room,
    actor: role,
    authority: { requester: role, chain: [] },
    trace: traceOf(id),
    hops: 0,
    data: { text: id, kind: 'say', speaker: nick, tier: 'none', notice: true },
  })
}

/** Whether a line is one. */
export function isCanary({ id, data }: Pick<ChatEnvelope, 'id' | 'data'>): boolean {
  return data.notice === true && canaryIn(id) === id
}

/** The id of the canary that a text shows, as a platform gives it back; null when it shows none. */
export function canaryIn(text: string): string | null {
  return idPattern.exec(text)?.[0] ?? null
}

/** When the canary with this id flew. */
export function flewAt(id: string): Date {
  return new Date(id.slice(id.indexOf(':') + 1))
}

/** What the bridge is asked: what became of the canary with this id. */
export const canaryRequestSchema = z.strictObject({ id: z.string().regex(new RegExp(`^${idPattern.source}$`)) })

const moment = z.iso.datetime().nullable()

export const canaryReplySchema = z.looseObject({
  /** Every platform of the fleet. */
  networks: z.array(
    z.looseObject({
      network: z.string(),
      /** Whether it shows the canary's room; where it does not, nothing is known. */
      shows: z.boolean(),
      /** When the platform had it. */
      posted: moment,
      /** When there was proof that the platform hears us and we hear it; null while there is none. */
      heard: moment,
      /**
       * What that proof is. `heard`: the line came back. `posted`: the platform shows nobody their own lines, but said that it has it,
       * and the connection that hears is up.
       */
      how: z.enum(['heard', 'posted']).nullable(),
    }),
  ),
})
export type CanaryReply = z.infer<typeof canaryReplySchema>
