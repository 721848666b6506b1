import { createHash } from 'node:crypto'
import { z } from 'zod'
import { forMatching, oneLine } from '../clean-text.ts'
import type { Envelope } from '../envelope.ts'
import { isLinked, isPerson } from '../person.ts'
import { redact } from '../redact.ts'
import { desk } from '../route.ts'

/** By then a decision counts; one that was proposed or withdrawn is none. */
const decided = new Set(['made', 'accepted', 'recorded'])

/** Decisions, memories and patterns as they are known so far; what else is in them is for others. */
const wordsSchema = z.looseObject({
  title: z.string().max(1_000).optional(),
  text: z.string().min(1).max(110_000),
  /** Of what the house writes in somebody's name: the actor. */
  by: z.string().optional(),
})

/** What somebody put on the public record to be known, without secrets. */
export interface RecordedWords {
  kind: 'decision' | 'memory' | 'pattern'
  /** `decision-1f0c...`: the same entry has the same. */
  name: string
  /** Actor whose word it is. */
  by: string
  /** One line, at most 200 characters. */
  title: string
  /** As `forMatching` leaves it, not empty. */
  text: string
  /** Where it was said; null: nowhere in particular. */
  room: string | null
  /** ISO 8601. */
  at: string
}

/**
 * Reads an entry of the record that came on this subject. A decision or a pattern counts from a role or from a person whom we know; a
 * memory only when a person accepted it, or the house for them, because a role may write on its own subjects what it likes. What is
 * private, is something else, or says nothing, is nothing.
 */
export function recordedWords(envelope: Envelope, subject: string): RecordedWords | null {
  const [, , about, verb = ''] = subject.split('.')
  const { type, actor, room, data } = envelope
  const kind = type === `${about}.${verb}` && room?.visibility !== 'private' ? kindOf(about, verb) : null
  if (kind === null || !countsFrom(actor, kind)) return null
  const words = wordsSchema.safeParse(data)
  if (!words.success) return null
  const text = redact(forMatching(words.data.text)).text.trim()
  if (text === '') return null
  // Of a secret that is cut before it is redacted a part would stay.
  const { title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}: ${oneLine(text, 80)}` } = words.data
  return {
    kind,
    name: `${kind}-${createHash('sha256').update(envelope.id).digest('hex').slice(0, 16)}`,
    by: inTheNameOf(actor, words.data.by),
    title: oneLine(redact(title).text, 200),
    text,
    room: room?.name ?? null,
    at: envelope.time,
  }
}

function kindOf(about: string | undefined, verb: string): RecordedWords['kind'] | null {
  if (about === 'decision') return decided.has(verb) ? 'decision' : null
  if (about !== 'memory') return null
  return verb === 'accepted' ? 'memory' : verb === 'pattern' ? 'pattern' : null
}

function countsFrom(actor: string, kind: RecordedWords['kind']): boolean {
  return isLinked(actor) || (kind === 'memory' ? actor === desk : !isPerson(actor))
}

/** The house writes in the name of people whom it knows, and says whose; anybody else speaks for themselves. */
function inTheNameOf(actor: string, by: string | undefined): string {
  return actor === desk && by !== undefined && by.length <= 300 && isLinked(by) ? by : actor
}
