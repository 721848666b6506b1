import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKnowledgeFile } from '../../../../adapters/sqlite/knowledge/file.ts'
import { libraryIn } from '../../../../adapters/sqlite/knowledge/library.ts'
import { vectorsIn } from '../../../../adapters/sqlite/knowledge/vectors.ts'
import type { Access } from '../../../../core/knowledge/access.ts'
import type { DocumentFacts } from '../../../../core/knowledge/document.ts'
import { stemsOf } from '../../../../core/knowledge/words.ts'
import type { Library } from '../../../../ports/knowledge-index.ts'
import type { SectionVectors } from '../../../../ports/section-vectors.ts'
import { createRandom } from '../../../fixtures/random.ts'
import { embed } from '../../../support/models/meaning.ts'
import { temporaryFolder } from '../../../support/process.ts'
import { quietLog } from '../../../support/quiet.ts'
import { realClock } from '../../../support/virtual-clock.ts'

let folder: ReturnType<typeof temporaryFolder>
let library: Library
let vectors: SectionVectors
let again: (model: string) => SectionVectors

beforeEach(() => {
  folder = temporaryFolder()
  const file = openKnowledgeFile({ file: join(folder.path, 'knowledge.db'), clock: realClock, log: quietLog })
  library = libraryIn(file)
  again = (model) => vectorsIn(file, library, model)
  vectors = again('m')
})
afterEach(() => {
  library.close()
  folder[Symbol.dispose]()
})

const everybody = { rooms: new Set<string>() }
const board = { rooms: new Set(['board']) }

function facts(id: string, access: Access = [], title = id): DocumentFacts {
  const rest = { date: null, author: null, status: 'current', topics: [], hash: 'h' } as const
  return { id, kind: 'file', source: 'docs', title, access, ...rest }
}

function put(id: string, text: string, access: Access = []): void {
  library.put(facts(id, access), '1', [{ heading: [], text }])
}

function unit(text: string, dimensions = 512): Float32Array {
  const vector = embed(text, dimensions)
  const length = Math.hypot(...vector)
  return Float32Array.from(vector, (value) => value / length)
}

/** Embeds whatever is missing; tells the texts. */
function complete(into = vectors): string[] {
  const texts: string[] = []
  for (let missing = into.missing(10); missing.length > 0; missing = into.missing(10)) {
    texts.push(...missing.map(({ text }) => text))
    into.put(missing.map(({ key, text }) => ({ key, vector: unit(text) })))
  }
  return texts
}

function near(question: string, reader = everybody, limit = 5): string[] {
  return vectors.nearest(unit(question), stemsOf(question), reader, limit).map(({ document }) => document.id)
}

test('finds what means the same in other words, as the index would describe it', () => {
  put('a', 'Everybody has 25 days of annual leave. It is taken by March.')
  put('b', 'We ship on Friday.')
  complete()
  expect(library.search(stemsOf('holiday'), everybody, 5)).toEqual([])
  const [found] = vectors.nearest(unit('How much holiday?'), stemsOf('How much holiday?'), everybody, 5)
  expect(found).toMatchObject({
    document: { id: 'a' },
    score: 0,
    sentences: expect.arrayContaining(['It is taken by March.']),
  })
  const stems = stemsOf('annual holiday')
  const [same] = vectors.nearest(unit('annual holiday'), stems, everybody, 1)
  expect(same).toEqual(library.search(stems, everybody, 1)[0])
})

test('S22: what the reader may not read is not found, and changes nothing in what is', () => {
  put('open', 'A long holiday is good for you.')
  complete()
  const before = vectors.nearest(unit('holiday'), stemsOf('holiday'), everybody, 1)
  for (let at = 0; at < 20; at++) put(`secret-${at}`, `Holiday ${at}`, [['board']])
  complete()
  expect(vectors.nearest(unit('holiday'), stemsOf('holiday'), everybody, 1)).toEqual(before)
  expect(near('holiday', board, 50)).toHaveLength(21)
})

test('S22: a document that is restricted or removed is not found from then on, whatever was embedded', () => {
  put('a', 'Everybody has leave.')
  put('b', 'All take leave.')
  complete()
  expect(near('holiday')).toHaveLength(2)
  library.describe(facts('a', [['board']]), '2')
  library.remove('b')
  expect(near('holiday')).toEqual([])
  expect(near('holiday', board)).toEqual(['a'])
})

test('embeds a text once: read again unchanged, or in two places, it needs no more', () => {
  put('a', 'Everybody has leave.')
  put('b', 'We ship on Friday.')
  expect(complete()).toEqual(['a\nEverybody has leave.', 'b\nWe ship on Friday.'])
  put('a', 'Everybody has leave.')
  library.describe(facts('b', [['board']]), '2')
  expect(complete()).toEqual([])
  expect(vectors.missingCount()).toBe(0)
})

test('embeds anew what is changed or called something else, and all for another model', () => {
  put('a', 'Everybody has leave.')
  put('b', 'We ship on Friday.')
  complete()
  put('a', 'Nobody has leave.')
  library.describe(facts('b', [], 'Releases'), '2')
  expect(vectors.missingCount()).toBe(2)
  expect(complete()).toEqual(['a\nNobody has leave.', 'Releases\nWe ship on Friday.'].toSorted())
  const other = again('n')
  expect(other.missingCount()).toBe(2)
  expect(other.nearest(unit('leave'), ['leav'], everybody, 5)).toEqual([])
  complete(other)
  other.sweep()
  expect(vectors.missingCount()).toBe(2)
  expect(other.nearest(unit('leave'), ['leav'], everybody, 1)).toHaveLength(1)
})

test('goes on where it was when the file is opened again', () => {
  for (const id of ['a', 'b', 'c']) put(id, `${id} has leave.`)
  const [first] = vectors.missing(1)
  vectors.put([{ key: first?.key ?? '', vector: unit('a leave') }])
  expect(
    again('m')
      .missing(10)
      .map(({ text }) => text),
  ).toEqual(['b\nb has leave.', 'c\nc has leave.'])
})

test('a text that can have no vector is not asked for again, and found by nobody', () => {
  put('a', 'Everybody has leave.')
  const [missing] = vectors.missing(1)
  vectors.put([{ key: missing?.key ?? '', vector: null }])
  expect(vectors.missing(1)).toEqual([])
  expect(near('holiday')).toEqual([])
})

test('what is near stays near with one byte for a dimension', () => {
  const random = createRandom(7)
  const direction = () => {
    const vector = Float32Array.from({ length: 256 }, () => random.below(2_001) / 1_000 - 1)
    const length = Math.hypot(...vector)
    return vector.map((value) => value / length)
  }
  const kept = new Map<string, Float32Array>()
  for (let at = 0; at < 300; at++) put(`d${at}`, `Text ${at}.`)
  for (let missing = vectors.missing(100); missing.length > 0; missing = vectors.missing(100)) {
    const found = missing.map(({ key, text }) => ({ key, text, vector: direction() }))
    vectors.put(found)
    for (const { text, vector } of found) kept.set(text.split('\n')[0] ?? '', vector)
  }
  // A question that is near some of them, as questions are.
  for (let time = 0; time < 20; time++) {
    const target = [...kept.values()][time * 7] as Float32Array
    const noise = direction()
    const question = target.map((value, at) => value * 0.8 + (noise[at] ?? 0) * 0.6)
    const product = (vector: Float32Array) => vector.reduce((sum, value, at) => sum + value * (question[at] ?? 0), 0)
    const [best] = [...kept].toSorted(([, one], [, other]) => product(other) - product(one))
    expect(vectors.nearest(question, [], everybody, 1)[0]?.document.id).toBe(best?.[0])
  }
})
