import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BreakroomError } from './errors.ts'

/** The envelope version this code writes and reads. Another version is parked, never guessed at. */
export const envelopeVersion = 1

/** Larger than any line or event we make; what is bigger is not ours. Bytes. */
const sizeLimit = 1024 * 1024
const depthLimit = 32

/** The longest text of a line, in UTF-16 units; people's lines are cut far below, `limits.line_chars`. */
const textLimit = 110_000

const identifier = z.string().min(1).max(300)

/**
 * What travels on every durable subject: CloudEvents 1.0 attribute names, plus the room, who did it, for whom, and how far
 * it has come. Unknown fields are kept (a newer writer may add some).
 */
const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  version: z.literal(envelopeVersion),
  /** Made from what the platform gives, so that a redelivery is the same id; also the `Nats-Msg-Id`. */
  id: identifier,
  /** Where it entered: `irc/<network>`, `bots/<role>`, `bridge/router`. */
  source: identifier,
  /** `chat.line`, `presence.join`, `gap.open`, ... */
  type: identifier,
  /** ISO 8601, when it happened at its source. */
  time: z.iso.datetime(),
  room: z.looseObject({ name: identifier, visibility: z.enum(['public', 'private']) }).optional(),
  /** A role's name, or `human-<id>`. */
  actor: identifier,
  /** Who asked, and the agents that acted for them, first to last. Never taken on trust from a role: the router derives it. */
  authority: z.looseObject({ requester: identifier, chain: z.array(identifier).max(32) }),
  /** One id from the first line to the last effect; people see its first four letters. */
  trace: identifier,
  /** How many bots have passed it on since a person spoke. */
  hops: z.number().int().min(0).max(1000),
  data: z.looseObject({}),
})
export type Envelope = z.infer<typeof envelopeSchema>

/** A command that a reader of a line can give with a press, as if they had typed it; shown until then. */
export const lineActionSchema = z.strictObject({
  label: z.string().min(1).max(40),
  command: z.string().min(1).max(1_000),
  until: z.iso.datetime().optional(),
})
export type LineAction = z.infer<typeof lineActionSchema>

/** The `data` of a `chat.line`. Text, names and nicks are untrusted, already redacted, never cleaned of what they say. */
export const chatLineSchema = z.looseObject({
  text: z.string().max(textLimit),
  kind: z.enum(['say', 'action']),
  /** The name to show for the speaker. */
  speaker: z.string().max(300),
  /** Rights of the speaker as the door saw them. */
  tier: z.enum(['none', 'guest', 'member', 'founder']),
  /** Where a platform's line was said; absent for lines that a role or a part wrote. */
  origin: z
    .looseObject({
      network: identifier,
      /** The platform's own message id. */
      id: identifier.nullable(),
      /** The nick to answer to in a DM. */
      nick: z.string().max(300),
      /** The platform account, or null; a private answer goes only to the account it was meant for. */
      account: z.string().max(300).nullable(),
    })
    .optional(),
  /** Envelope id of the line this answers. */
  in_reply_to: identifier.optional(),
  /** Envelope id of the person's line that set all this off; bot turns are counted per trigger. */
  trigger: identifier.optional(),
  /** True for receipts, notices and command answers: they address nobody and never count as a turn. */
  notice: z.boolean().optional(),
  /** A private line's other side: where a DM is to be delivered; `aside` is the room in which only they are to see it. */
  to: z
    .looseObject({
      network: identifier,
      nick: z.string().max(300),
      account: z.string().max(300).nullable(),
      aside: identifier.optional(),
    })
    .optional(),
  /** The role whose connection heard a DM, or is to speak it. */
  voice: identifier.optional(),
  /**
   * The thread of a platform that it was said in. Its trace is the thread's, so answers find their way back. `task` is the label of the
   * one whose card the thread hangs on: it is meant where a command leaves one out.
   */
  thread: z.looseObject({ network: identifier, id: identifier, task: z.string().max(20).optional() }).optional(),
  /** Said to the house alone by somebody who stands in this room; what it asks for concerns that room. */
  aside: z.looseObject({ room: identifier, visibility: z.enum(['public', 'private']) }).optional(),
  /** It takes the place of the line with this envelope id; `before` is what that said, where the platform shows it. */
  corrects: z.looseObject({ id: identifier, before: z.string().max(textLimit).nullable() }).optional(),
  /** Files that were shared, by reference. */
  files: z
    .array(
      z.looseObject({
        name: z.string().max(300),
        type: z.string().max(100),
        bytes: z.number().min(0),
        link: z.string().max(2_000),
      }),
    )
    .max(20)
    .optional(),
  actions: z.array(lineActionSchema).max(5).optional(),
  /** The label of the task that a line of the house or of a role tells of. */
  task: z.string().max(20).optional(),
})
export type ChatLine = z.infer<typeof chatLineSchema>
export type ChatEnvelope = Envelope & { type: 'chat.line'; room: NonNullable<Envelope['room']>; data: ChatLine }

/** JSON for the wire. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(envelope))
}

/**
 * Reads an envelope from the wire. Throws `unreadable` with `detail.reason`: `size`, `json`, `depth`, `version` or `schema`.
 * Whoever catches it parks the bytes.
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > sizeLimit) throw unreadable('size', `An envelope of ${bytes.length} bytes is over ${sizeLimit}.`)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw unreadable('json', 'An envelope is not JSON in UTF-8.', cause)
  }
  if (isDeeperThan(value, depthLimit)) throw unreadable('depth', `An envelope nests deeper than ${depthLimit}.`)
  const version = (value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version !== envelopeVersion) {
    throw unreadable('version', `An envelope has version ${version}; this code reads ${envelopeVersion}.`)
  }
  const parsed = envelopeSchema.safeParse(value)
  if (!parsed.success) throw unreadable('schema', `An envelope is off: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** The envelope as a chat line, or null when it is something else or its data is off. */
export function asChatLine(envelope: Envelope): ChatEnvelope | null {
  if (envelope.type !== 'chat.line' || envelope.room === undefined) return null
  const data = chatLineSchema.safeParse(envelope.data)
  return data.success ? ({ ...envelope, data: data.data } as ChatEnvelope) : null
}

/** What differs from one chat line to the next. */
export interface ChatLineFields {
  id: string
  source: string
  at: Date
  room: { name: string; visibility: 'public' | 'private' }
  actor: string
  authority: Envelope['authority']
  trace: string
  hops: number
  data: ChatLine
}

/** A chat line ready for its subject. */
export function chatEnvelope({ at, ...fields }: ChatLineFields): ChatEnvelope {
  return { specversion: '1.0', version: envelopeVersion, type: 'chat.line', time: at.toISOString(), ...fields }
}

/** A trace id from the id of the line that began it, so that a redelivered line has the same one. */
export function traceOf(id: string): string {
  return BigInt(`0x${createHash('sha256').update(id).digest('hex').slice(0, 32)}`)
    .toString(36)
    .padStart(25, '0')
}

/** What people see of a trace: four letters. */
export function traceCode(trace: string): string {
  return trace.slice(-4)
}

function unreadable(reason: string, message: string, cause?: unknown): BreakroomError {
  return new BreakroomError('unreadable', message, { cause, detail: { reason } })
}

/** Whether what was parsed nests deeper than so many levels. Asked before anything that takes a stack frame for each. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : []))
  }
  return false
}
