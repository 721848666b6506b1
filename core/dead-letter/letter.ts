import { createHash } from 'node:crypto'
import { z } from 'zod'
import { decodeEnvelope, type Envelope } from '../envelope.ts'
import { BreakroomError, isBreakroomError } from '../errors.ts'
import { desk } from '../route.ts'
import { subjectToken } from '../subject.ts'
import { asLetterClass, classOfReason, type LetterClass } from './class.ts'

/*
 * Words. A *letter* is what was given up, with its reason. An *item* is work that a seat was handed; a *follow-up* is the task that was to
 * come after another. A letter is *proved* when the bus says that its writer is the seat it names: only then can what is in it be put
 * back, because else anybody could put words into somebody's mouth and wait until a person has them tried again.
 */

const itemDataSchema = z.looseObject({
  reason: z.string(),
  class: z.string().optional(),
  /** The queue that it came from. */
  subject: z.string().max(300),
  bytes: z.base64(),
  cut: z.boolean().default(false),
  retry_of: z.string().max(300).optional(),
})

const followUpDataSchema = z.looseObject({
  task: z.string().regex(/^t-[1-9]\d{0,15}$/),
  index: z.int().min(0).max(100),
  failed: z.boolean().default(false),
  reason: z.string().optional(),
  class: z.string().optional(),
})

/** Of letters that a newer writer knows more of. */
const otherDataSchema = z.looseObject({ reason: z.string().optional(), class: z.string().optional() })

interface LetterBase {
  /** The same for the same letter, however often it was stored. */
  id: string
  /** The role, or the house, that gave it up; where nobody proves that, who wrote it as far as the bus knows. */
  seat: string
  proved: boolean
  class: LetterClass
  reason: string
  /** The conversation that it belongs to. */
  trace: string
  /** The letter that it comes from, by its id, when it was tried again and failed again. */
  retryOf: string | null
}

export interface ItemLetter extends LetterBase {
  kind: 'item'
  subject: string
  /** As they came. */
  bytes: Uint8Array
  /** True when there were more of them than a letter holds. */
  cut: boolean
  /** What they say, or why they cannot be read. */
  original: Envelope | BreakroomError
}

export interface FollowUpLetter extends LetterBase {
  kind: 'follow-up'
  /** The task that it was to follow, by label. */
  task: string
  index: number
  /** One of those for a task that failed. */
  failed: boolean
}

interface OtherLetter extends LetterBase {
  /** What this code cannot read: nothing can be done with it but to drop it. */
  kind: 'other'
}

export type Letter = ItemLetter | FollowUpLetter | OtherLetter

/** What the stream has of a letter. `writer` is the subject token of who wrote it, null when nobody proves that. */
export interface StoredLetter {
  writer: string | null
  envelope: Envelope | BreakroomError
  bytes: Uint8Array
}

/** The letter in an entry. Everything is one: what cannot be read is a letter of kind `other`. */
export function readLetter({ writer, envelope, bytes }: StoredLetter): Letter {
  if (envelope instanceof BreakroomError) {
    const id = `unreadable:${createHash('sha256').update(bytes).digest('hex')}`
    const about = { seat: writer ?? 'nobody', proved: false, trace: id, retryOf: null }
    return {
      kind: 'other',
      id,
      ...about,
      class: 'validation',
      reason: 'What was written to the dead letters cannot be read.',
    }
  }
  const { id, actor, trace, type, data } = envelope
  const base = { ...writtenBy(writer, id, actor), trace, retryOf: null }
  if (type === 'deadletter.item') {
    const item = itemDataSchema.safeParse(data)
    if (item.success) {
      const { subject, cut, retry_of } = item.data
      const original = Buffer.from(item.data.bytes, 'base64')
      const read = { subject, bytes: original, cut, original: originalOf(original) }
      return { kind: 'item', ...base, ...whyOf(item.data), ...read, retryOf: retry_of ?? null }
    }
  }
  if (type === 'deadletter.follow-up') {
    const next = followUpDataSchema.safeParse(data)
    // Nobody else knows what is to follow a task.
    if (next.success && (writer === null || (base.proved && actor === desk))) {
      const { task, index, failed } = next.data
      return { kind: 'follow-up', ...base, ...whyOf(next.data), task, index, failed }
    }
  }
  const other = otherDataSchema.safeParse(data)
  return { kind: 'other', ...base, ...whyOf(other.success ? other.data : {}) }
}

/** A letter in another's name neither speaks for them nor takes the place of theirs, whatever its id. */
function writtenBy(writer: string | null, id: string, actor: string): Pick<LetterBase, 'id' | 'seat' | 'proved'> {
  if (writer === subjectToken(actor)) return { id, seat: actor, proved: true }
  if (writer === null) return { id, seat: `${actor.slice(0, 200)} (unproved)`, proved: false }
  const own = createHash('sha256').update(id).digest('hex').slice(0, 32)
  return { id: `unproved:${writer.slice(0, 200)}:${own}`, seat: writer.slice(0, 200), proved: false }
}

function whyOf({ reason = '', class: word }: { reason?: string | undefined; class?: string | undefined }) {
  return { reason, class: asLetterClass(word) ?? classOfReason(reason) }
}

function originalOf(bytes: Uint8Array): Envelope | BreakroomError {
  try {
    return decodeEnvelope(bytes)
  } catch (error) {
    if (isBreakroomError(error)) return error
    throw error
  }
}
