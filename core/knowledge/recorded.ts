import { createHash } from 'node:crypto'
import { forMatching, oneLine } from '../clean-text.ts'
import type { Envelope } from '../envelope.ts'
import { redact } from '../redact.ts'
import type { KeptKnowledge } from '../state/kept-knowledge.ts'
import { asLabel } from '../task/label.ts'
import type { Task } from '../task/task.ts'
import type { Access } from './access.ts'
import type { DocumentFacts, SectionText } from './document.ts'
import { recordedWords } from './recorded-words.ts'

/** What the fleet knows by itself: its own public record, as documents. */
export const recordSource = 'record'

/** The subjects of the record that documents come from. Lines of rooms are none of them. */
export const recordFilters = [
  'events.*.decision.*',
  'events.*.task.completed',
  'events.*.memory.accepted',
  'events.*.memory.pattern',
]

/** Characters of one text. */
const longest = 8_000

export interface RecordedDocument {
  facts: DocumentFacts
  sections: SectionText[]
}

/** What an entry of the record is to the library: a document, a task to be asked about, or nothing. */
export type RecordedMatter = { kind: 'document'; document: RecordedDocument } | { kind: 'task'; label: string } | null

/**
 * Reads an entry of the record that came on this subject: what somebody decided or accepted (`recordedWords` says whose word counts), or a
 * task that was completed, of which only the label is believed. What is private, or says nothing, is nothing.
 */
export function recordedMatter(
  envelope: Envelope,
  subject: string,
  nameOf: (actor: string) => string = (actor) => actor,
): RecordedMatter {
  const [, , kind, verb] = subject.split('.')
  const { type, room, data } = envelope
  if (kind === 'task' && verb === 'completed') {
    const label = type === 'task.completed' && typeof data.task === 'string' ? asLabel(data.task) : null
    return label === null || room === undefined || room.visibility === 'private' ? null : { kind: 'task', label }
  }
  const words = recordedWords(envelope, subject)
  if (words === null) return null
  const { name, title, text, by, at } = words
  const sections = [{ heading: [], text }]
  const said = { title, access: accessOf(words.room), author: nameOf(by), at, sections }
  return { kind: 'document', document: documentOf(name, said) }
}

/**
 * The document of an entry of another fleet's record, from what the organisation keeps of it: the same that `recordedMatter` made there. Null
 * for what does not count any more, and for what did not come from the record.
 */
export function keptDocument(kept: KeptKnowledge): RecordedDocument | null {
  const { id, kind, title, text, name, at, access, learned, ended } = kept
  if (learned !== undefined || ended !== null || !id.startsWith(`${kind}-`)) return null
  const document = documentOf(id, { title, access, author: name, at, sections: [{ heading: [], text }] })
  return document.sections.length === 0 ? null : document
}

/** A task as a document, when it is done and everybody may know: what was asked, and what came of it. */
export function taskDocument(
  task: Task,
  nameOf: (actor: string) => string = (actor) => actor,
): RecordedDocument | null {
  const { label, title, description, acceptance_criteria, result, place } = task
  if (task.status !== 'done' || place.room.visibility !== 'public') return null
  return documentOf(label, {
    title,
    access: accessOf(place.room.name),
    author: nameOf(result?.by ?? task.role),
    at: result?.at ?? task.updated_at,
    sections: [
      { heading: [], text: [description, ...acceptance_criteria].filter((words) => words !== '').join('\n') },
      { heading: ['Result'], text: result?.text ?? '' },
    ],
  })
}

interface Words {
  title: string
  access: Access
  author: string
  at: string
  sections: readonly SectionText[]
}

/** Everybody reads a public room; should it become private one day, so does what was said there. */
function accessOf(room: string | null): Access {
  return room === null ? [] : [[room]]
}

function documentOf(name: string, { title, access, author, at, sections }: Words): RecordedDocument {
  const clean = sections
    .map(({ heading, text }) => ({ heading, text: cleaned(text) }))
    .filter(({ text }) => text !== '')
  const facts = {
    id: `${recordSource}/${name}`,
    kind: 'record',
    source: recordSource,
    title: oneLine(redact(title).text, 200),
    date: at.slice(0, 10),
    author: oneLine(author, 100),
    status: 'current',
    access,
    topics: [],
  } as const
  const hash = createHash('sha256')
    .update(JSON.stringify([facts, clean]))
    .digest('hex')
  return { facts: { ...facts, hash }, sections: clean }
}

function cleaned(text: string): string {
  return redact(forMatching(text)).text.slice(0, longest).trim()
}
