import { hash } from 'node:crypto'
import type { Reader } from '../../../core/knowledge/access.ts'
import type { DocumentFacts } from '../../../core/knowledge/document.ts'
import type { FoundSection } from '../../../core/knowledge/found.ts'
import type { KnowledgeIndex } from '../../../ports/knowledge-index.ts'
import type { SectionVectors } from '../../../ports/section-vectors.ts'
import { parseKept } from '../database-file.ts'
import { documentStatements } from './document-tables.ts'
import type { KnowledgeFile } from './file.ts'
import { createSearch } from './search.ts'
import { openShelves } from './shelves.ts'
import { vectorStatements } from './vector-tables.ts'

/** More of a text than this says nothing more about where it points, and many models read no more. Characters. */
const textLimit = 2_000
/** Reading vectors takes as long as comparing them, so up to so many bytes of them stay in memory. */
const memoryLimit = 64 * 1024 * 1024
/** Less alike than that is no likeness. */
const leastSimilarity = 0.15

interface KeptVector {
  number: number
  /** What 1 in `direction` stands for. */
  scale: number
  direction: Int8Array
}

interface Similar {
  number: number
  similarity: number
}

/** The vectors of one model, in a file that is open already and has this library in it. */
export function vectorsIn({ db, use, change }: KnowledgeFile, library: KnowledgeIndex, model: string): SectionVectors {
  const statements = use(() => vectorStatements(db))
  const documents = use(() => documentStatements(db))
  /** What SQLite had counted of changes when nothing was missing. */
  let completeAt = -1
  /** All vectors, when they have been read since the last change. */
  let inMemory: KeptVector[] | null = null

  const changes = () => Number(statements.changes.get()?.count)

  /** Notes which text sections are that came since. */
  function readTexts(limit: number): void {
    for (const { number, ...row } of statements.unread.all(limit)) {
      statements.addText.run(Number(number), keyOf(textOf(row)))
    }
  }

  function nearest(vector: Float32Array, stems: readonly string[], reader: Reader, limit: number): FoundSection[] {
    // What shelves there are is looked at anew: the library changes them.
    const shelves = openShelves(db, documents)
    const open = new Set(shelves.readBy(reader).map(({ number }) => number))
    const sections: number[] = []
    for (const { number } of similar(vector)) {
      for (const { section, shelf } of statements.shelved.all(number)) {
        if (sections.length < limit && open.has(Number(shelf))) sections.push(Number(section))
      }
      if (sections.length >= limit) break
    }
    const scored = createSearch(documents, shelves)(stems, reader, sections.length, sections)
    const found = new Map(scored.map((section) => [section.section, section]))
    return sections.map((section) => found.get(section)).filter((section) => section !== undefined)
  }

  /** All vectors that are alike, best first. */
  function similar(vector: Float32Array): Similar[] {
    const alike: Similar[] = []
    for (const { number, scale, direction } of inMemory ?? readVectors()) {
      if (direction.length !== vector.length) continue
      const similarity = product(vector, direction) * scale
      if (similarity >= leastSimilarity) alike.push({ number, similarity })
    }
    return alike.sort((one, other) => other.similarity - one.similarity || one.number - other.number)
  }

  /** All vectors, one after the other; when they are few enough, they stay in memory. */
  function* readVectors(): Generator<KeptVector> {
    const read: KeptVector[] = []
    let bytes = 0
    for (const { number, scale, direction } of statements.all.iterate(model)) {
      const { buffer, byteOffset, byteLength } = direction as Uint8Array
      const vector = {
        number: Number(number),
        scale: Number(scale),
        direction: new Int8Array(buffer, byteOffset, byteLength),
      }
      bytes += byteLength
      if (bytes <= memoryLimit) read.push(vector)
      yield vector
    }
    if (bytes <= memoryLimit) inMemory = read
  }

  return {
    missing(limit) {
      if (use(changes) === completeAt) return []
      return change(() => {
        readTexts(limit)
        const missing = statements.missing.all(model, limit).map(({ section, text }) => ({
          key: Buffer.from(text as Uint8Array).toString('hex'),
          text: textOf(statements.section.get(Number(section)) ?? {}),
        }))
        if (missing.length === 0 && statements.unread.get(1) === undefined) completeAt = changes()
        return missing
      })
    },
    missingCount: () => use(() => Number(statements.missingCount.get(model)?.count)),
    put: (vectors) =>
      change(() => {
        inMemory = null
        for (const { key, vector } of vectors) {
          const { scale, direction } = packed(vector ?? new Float32Array())
          statements.put.run(Buffer.from(key, 'hex'), model, scale, direction)
        }
      }),
    sweep: () =>
      change(() => {
        if (Number(statements.sweep.run(model).changes) > 0) inMemory = null
      }),
    nearest(vector, stems, reader, limit) {
      // Whatever it is asked, it first puts on the shelves what came since.
      if (library.statistics([], reader).sections === 0) return []
      return use(() => nearest(vector, stems, reader, Math.max(0, limit)))
    },
  }
}

function textOf(row: Record<string, unknown>): string {
  const { title } = parseKept<DocumentFacts>(`${row.facts}`)
  const heading = parseKept<string[]>(`${row.heading}`)
  const sentences = parseKept<string[]>(`${row.sentences}`)
  return [title, ...heading, sentences.join(' ')].join('\n').slice(0, textLimit).toWellFormed()
}

function keyOf(text: string): Uint8Array {
  return hash('sha256', text, 'buffer').subarray(0, 16)
}

function packed(vector: Float32Array): { scale: number; direction: Int8Array } {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const scale = largest / 127
  return { scale, direction: Int8Array.from(vector, (value) => Math.round(value / scale)) }
}

function product(vector: Float32Array, bytes: Int8Array): number {
  let sum = 0
  for (let at = 0; at < vector.length; at++) sum += (vector[at] as number) * (bytes[at] as number)
  return sum
}
