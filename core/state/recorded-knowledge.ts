import { oneLine } from '../clean-text.ts'
import type { Envelope } from '../envelope.ts'
import { recordedWords } from '../knowledge/recorded-words.ts'
import type { KeptKnowledge } from './kept-knowledge.ts'

/** The subjects of the record that the organisation's memory is made from, beside the ledger. */
export const stateFilters = [
  'events.*.decision.*',
  'events.*.memory.accepted',
  'events.*.memory.pattern',
  'events.*.role.usage',
]

/** UTF-16 units, as in core/state/kept-knowledge. */
const longest = 110_000

/**
 * What an entry of the record that came on this subject adds to the organisation's knowledge, or null: `recordedWords` says whose word
 * counts. Without secrets; the same entry always has the same id. Readable by whoever reads its room, as the knowledge proxy has it: a
 * public room may become private one day. Entries of private rooms are nothing.
 */
export function recordedKnowledge(
  envelope: Envelope,
  subject: string,
  nameOf: (actor: string) => string,
): KeptKnowledge | null {
  const words = recordedWords(envelope, subject)
  if (words === null) return null
  const { kind, name, title, text, by, at, room } = words
  return {
    id: name,
    revision: 1,
    kind,
    title,
    // Redacting can make it longer; a character that was cut in two is none.
    text: text.slice(0, longest).toWellFormed(),
    by,
    name: oneLine(nameOf(by), 100),
    at,
    access: room === null ? [] : [[room]],
    sources: [],
    ended: null,
  }
}
