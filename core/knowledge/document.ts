import type { Access } from './access.ts'

/** The text under one heading of a document. */
export interface SectionText {
  /** The headings above it, outermost first; empty before the first heading. */
  heading: readonly string[]
  /** Plain text; paragraphs, list items and rows of tables are lines of their own. Code is kept as it is. */
  text: string
}

/** What a document says of itself, as far as it does. */
export interface FrontMatter {
  title?: string
  /** ISO date (`2026-03-01`). */
  date?: string
  author?: string
  status?: DocumentStatus
  /** Rooms whose members alone may read it. */
  access?: readonly string[]
  topics?: readonly string[]
}

/** How far a document may be believed. `superseded` answers only with a warning, `draft` too. */
const documentStatuses = ['current', 'draft', 'superseded'] as const
export type DocumentStatus = (typeof documentStatuses)[number]

/** What a parser makes of the bytes of one file. */
export interface ParsedDocument {
  front: FrontMatter
  /** The first heading of the first level, or what the format keeps as a title. */
  title: string | null
  sections: readonly SectionText[]
  /** What was left out or is off, in sentences for people. */
  warnings: readonly string[]
}

/** Where knowledge comes from. `file`: a corpus in breakroom.yaml. `record`: the fleet's own. `learned`: a person's answer. */
type DocumentKind = 'file' | 'record' | 'learned'

/** All that is known of a document but its text. */
export interface DocumentFacts {
  /** Source and path: `docs/handbook.md`. Stable, and what people see. */
  id: string
  kind: DocumentKind
  /** The corpus it is of; `record` and `learned` for those. */
  source: string
  title: string
  /** ISO date of the day it was last changed, or null. */
  date: string | null
  author: string | null
  status: DocumentStatus
  access: Access
  topics: readonly string[]
  /** Of its bytes. What was learned from it counts only while this is the same. */
  hash: string
}
