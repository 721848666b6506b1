import { forMatching, oneLine } from '../../core/clean-text.ts'
import type { SectionText } from '../../core/knowledge/document.ts'

/** Takes the text of a document down in the order in which it is read. */
export interface SectionWriter {
  /** A heading; `depth` counts from 1. */
  heading(depth: number, text: string): void
  /** A paragraph, an item of a list or a row of a table. */
  line(text: string): void
  /** Lines whose spaces mean something. */
  code(text: string): void
  /** Characters that are kept. */
  readonly limit: number
  /** True once there is more than that; the rest may as well not be read. */
  readonly full: boolean
  /** What was written. `title` is the first heading of the first level. */
  finish(): { sections: SectionText[]; title: string | null; warnings: string[] }
}

/**
 * Characters after which a section goes on in another one under the same heading: what is looked at for a question is
 * whole sections, and a text without headings would be one of megabytes.
 */
const sectionLimit = 8_000
const hidden = /[\u{e0000}-\u{e007f}]/u

/**
 * A writer that keeps `limit` characters, without anything invisible in them (`forMatching`), and no section without
 * text.
 */
export function createSectionWriter(limit: number): SectionWriter {
  const sections: SectionText[] = []
  let path: { depth: number; text: string }[] = []
  let lines: string[] = []
  let length = 0
  let total = 0
  let title: string | null = null
  let hid = false

  const close = () => {
    if (lines.length > 0) sections.push({ heading: path.map(({ text }) => text), text: lines.join('\n') })
    lines = []
    length = 0
  }
  const add = (line: string) => {
    if (line.trim() === '' || total > limit) return
    if (length > 0 && length + line.length > sectionLimit) close()
    lines.push(line.slice(0, Math.max(0, limit - total)))
    length += line.length + 1
    total += line.length + 1
  }
  const clean = (text: string) => {
    hid ||= hidden.test(text)
    return forMatching(text)
  }

  return {
    heading(depth, text) {
      close()
      const line = oneLine(clean(text), 300)
      if (line === '') return
      if (depth === 1) title ??= line
      path = [...path.filter((above) => above.depth < depth), { depth, text: line }]
    },
    line(text) {
      for (const part of pieces(clean(text).replace(/\s+/g, ' ').trim())) add(part)
    },
    code(text) {
      for (const row of clean(text).split('\n')) for (const part of pieces(row.trimEnd())) add(part)
    },
    limit,
    get full() {
      return total > limit
    },
    finish() {
      close()
      const warnings: string[] = []
      if (total > limit) warnings.push(leftOut(limit))
      if (hid) warnings.push('It has characters that nobody can see (tags); they were left out.')
      if (sections.length === 0) warnings.push('There is no text in it.')
      return { sections, title, warnings }
    },
  }
}

/** The warning for a document that is longer than what is kept. */
export function leftOut(limit: number): string {
  return `Only its first ${limit.toLocaleString('en')} characters are known; split it into smaller files.`
}

/** A line that is longer than a section, cut at spaces where there are any. */
function* pieces(line: string): Generator<string> {
  let rest = line
  while (rest.length > sectionLimit) {
    const space = rest.lastIndexOf(' ', sectionLimit)
    const end = space > sectionLimit / 2 ? space : sectionLimit
    yield rest.slice(0, end)
    rest = rest.slice(end).trimStart()
  }
  yield rest
}
