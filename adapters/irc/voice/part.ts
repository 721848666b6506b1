import type { BreakroomError } from '../../../core/errors.ts'
import type { OutgoingLine, Posted } from '../../../ports/chat.ts'
import { harmless, stripFormatting } from '../wire/plain-text.ts'
import { joint, type Sayable } from '../wire/send-queue.ts'
import { byteLength } from '../wire/split.ts'
import { formatted } from './formatted.ts'

/** A piece of a line on its way to the network: as much as one IRC line carries. */
export interface Part extends Sayable {
  readonly entry: Entry
  readonly index: number
  /** `waiting` for a connection, `queued` on one, `sent` and not confirmed, `suspect` when the connection ended before it was, `done`. */
  state: 'waiting' | 'queued' | 'sent' | 'suspect' | 'done'
  /** The record's coverage when it was sent: while that holds, what is not in the record was not posted. */
  coverage: number
}

/** A line that is being posted. */
export interface Entry {
  readonly line: OutgoingLine
  readonly target: string
  /** Null until it is known how much fits in one line. */
  parts: Part[] | null
  left: number
  ids: (string | null)[]
  /** Some part was sent for this entry, so it is not merely seen. */
  sent: boolean
  ambiguous: boolean
  readonly resolve: (posted: Posted) => void
  readonly reject: (error: BreakroomError) => void
  readonly posted: Promise<Posted>
}

/** A line that nothing was done for yet. `target` is the key under which parts keep their order. */
export function createEntry(target: string, line: OutgoingLine): Entry {
  const { promise: posted, resolve, reject } = Promise.withResolvers<Posted>()
  return { line, target, parts: null, left: -1, ids: [], sent: false, ambiguous: false, resolve, reject, posted }
}

/** Cuts an entry's text into its parts, of at most `budget` bytes each, every one with the line's prefix; once. */
export function cutIntoParts(entry: Entry, budget: number): Part[] {
  if (entry.parts !== null) return entry.parts
  const { line, target } = entry
  const prefix = harmless(line.prefix ?? '')
  const texts = formatted(line.text, budget - byteLength(prefix)).map((text) => prefix + text)
  entry.left = texts.length === 0 ? -1 : texts.length
  entry.ids = texts.map(() => null)
  entry.parts = texts.map((text, index) => ({
    entry,
    index,
    text,
    target: `${line.kind} ${target}`,
    mergeable: line.mergeable && line.kind === 'say',
    budget,
    state: 'waiting',
    coverage: 0,
  }))
  return entry.parts
}

/**
 * Those of `parts`, in a row, that one line of this text shows: several may have gone as one. Empty when it shows none of them.
 * Formatting is not compared: a channel may take it out of what we said.
 */
export function partsShownBy(parts: Part[], text: string): Part[] {
  const shown = stripFormatting(text)
  for (const [first] of parts.entries()) {
    for (let joined = '', last = first; last < parts.length && joined.length < shown.length; last++) {
      const next = stripFormatting(parts[last]?.text ?? '')
      joined = last === first ? next : `${joined}${joint}${next}`
      if (joined === shown) return parts.slice(first, last + 1)
    }
  }
  return []
}
