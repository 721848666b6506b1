import { oneLine } from '../clean-text.ts'
import type { Access } from './access.ts'
import type { DocumentFacts, ParsedDocument } from './document.ts'

/** What is known of a file beside its text. */
export interface DescribedFile {
  /** The name of its corpus. */
  source: string
  path: string
  /** Rooms whose members alone the whole corpus is for; left out: everybody. */
  access?: readonly string[] | undefined
  /** What the source knows of its last change. */
  date: string | null
  author: string | null
  /** Of its bytes. */
  hash: string
}

/** The id of the document in a file of a corpus. */
export function documentId(source: string, path: string): string {
  return `${source}/${path}`
}

/**
 * The facts of a file. What it says of itself counts before what its source knows; but who may read it can only be narrowed, never widened,
 * by the document. The time at which a file was written to this disk says nothing about its text, so it is no date.
 */
export function describeFile(file: DescribedFile, { front, title }: ParsedDocument): DocumentFacts {
  return {
    id: documentId(file.source, file.path),
    kind: 'file',
    source: file.source,
    title: oneLine(front.title ?? title ?? '', 200) || nameOf(file.path),
    date: (front.date ?? file.date)?.slice(0, 10) ?? null,
    author: oneLine(front.author ?? file.author ?? '', 100) || null,
    status: front.status ?? 'current',
    access: [file.access, front.access].filter((clause) => clause !== undefined),
    topics: front.topics ?? [],
    hash: file.hash,
  }
}

/** The rooms that an access names and the fleet does not have. Nobody sits in them. */
export function unknownRooms(access: Access, rooms: ReadonlySet<string>): string[] {
  // Almost no document names any, and all of them are asked.
  return access.length === 0 ? [] : [...new Set(access.flat())].filter((room) => !rooms.has(room))
}

/** `guides/release-checklist.md` is "release checklist", `guides/README.md` "guides". */
function nameOf(path: string): string {
  const steps = path.split('/').map((step) => step.replace(/(?<=.)\.[^.]*$/, ''))
  const own = steps.at(-1) ?? path
  const name = /^(?:readme|index)$/i.test(own) ? (steps.at(-2) ?? own) : own
  return oneLine(name.replace(/[-_]+/g, ' '), 200) || path
}
