import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DocumentFacts } from '../../core/knowledge/document.ts'
import { parseFitted } from '../../core/knowledge/fitted.ts'
import { createPresentFinder } from '../../knowledge-proxy/present.ts'
import { type CorpusHouse, createCorpusHouse } from '../support/corpus.ts'
import { createPlainReader } from '../support/plain-reader.ts'

const fittedFile = new URL('../../knowledge-proxy/fitted/fitted.json', import.meta.url)
const fitted = parseFitted(JSON.parse(readFileSync(fittedFile, 'utf8')), 'the shipped numbers')

let house: CorpusHouse
let gone: (document: string) => boolean
beforeEach(() => {
  house = createCorpusHouse(createPlainReader())
  gone = () => false
})
afterEach(() => house.close())

function put(id: string, text: string, changes: Partial<DocumentFacts> = {}): void {
  const facts = { id, kind: 'file', source: 'docs', title: id, date: null, author: null, status: 'current' } as const
  house.library.put({ ...facts, access: [], topics: [], hash: text, ...changes }, text, [{ heading: [], text }])
}

/** The documents that are cited for what the documents of these tests say. */
function asker(restsOn: (learned: string) => string[] = () => []): () => Promise<string[]> {
  const stillThere = async (document: string) => !gone(document)
  const finder = createPresentFinder({ index: house.library, fitted, factsOf: () => null, stillThere, restsOn })
  return async () => {
    const { sections, block } = await finder.find('How long are invoices kept?', [], { rooms: new Set() }, [])
    const ids = [...sections, ...block.map(({ section }) => section)].map(({ document }) => document.id)
    return [...new Set(ids)]
  }
}

describe('what is cited', () => {
  it('S22: is no document that is gone, however many of them fit', async () => {
    for (let number = 0; number < 200; number++) put(`docs/${number}.md`, `Invoices are kept for ${number} years.`)
    const cited = asker()
    gone = () => true
    for (let time = 0; time < 3; time++) expect(await cited()).toEqual([])
    gone = (document) => document !== 'docs/111.md'
    for (let time = 0; time < 3; time++) expect([[], ['docs/111.md']]).toContainEqual(await cited())
  })

  it('is what is left when others are gone', async () => {
    for (let number = 0; number < 30; number++) put(`docs/${number}.md`, `Invoices are kept for ${number} years.`)
    gone = (document) => document !== 'docs/17.md'
    expect(await asker()()).toEqual(['docs/17.md'])
  })

  it('is a document again that was away for a moment', async () => {
    put('docs/invoices.md', 'Invoices are kept for seven years.')
    const cited = asker()
    gone = () => true
    expect(await cited()).toEqual([])
    gone = () => false
    expect(await cited()).toEqual(['docs/invoices.md'])
  })

  it('is no learned answer from the moment on that its source is gone', async () => {
    put('learned/q-1', 'Invoices are kept for seven years.', { kind: 'learned', source: 'learned' })
    const cited = asker(() => ['docs/invoices.md'])
    expect(await cited()).toEqual(['learned/q-1'])
    gone = (document) => document === 'docs/invoices.md'
    expect(await cited()).toEqual([])
  })
})
