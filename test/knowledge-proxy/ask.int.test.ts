import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { type KnowledgeFile, openKnowledgeFile } from '../../adapters/sqlite/knowledge/file.ts'
import { libraryIn } from '../../adapters/sqlite/knowledge/library.ts'
import { questionLogIn } from '../../adapters/sqlite/knowledge/question-log.ts'
import type { Access } from '../../core/knowledge/access.ts'
import { parseFitted } from '../../core/knowledge/fitted.ts'
import { createAsk } from '../../knowledge-proxy/ask.ts'
import { createPresentFinder } from '../../knowledge-proxy/present.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import { inBreakroom, requestOf, teller } from '../support/learning-house.ts'
import { temporaryFolder } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

const fittedFile = new URL('../../knowledge-proxy/fitted/fitted.json', import.meta.url)
const fitted = parseFitted(JSON.parse(readFileSync(fittedFile, 'utf8')), 'the shipped numbers')

let folder: ReturnType<typeof temporaryFolder>
let file: KnowledgeFile
let library: Library
let requests = 0
beforeEach(() => {
  folder = temporaryFolder()
  file = openKnowledgeFile({ file: join(folder.path, 'knowledge.db'), clock: systemClock, log: quietLog })
  library = libraryIn(file)
  write('refunds', 'Refunds are given within thirty days of purchase.')
  write('zebra', 'The zebra policy is to count them twice.')
  write('billing', 'Frank approves the refunds.')
})
afterEach(() => {
  file.close()
  folder[Symbol.dispose]()
})

function write(name: string, text: string, access: Access = []): void {
  const facts = { id: `docs/${name}.md`, kind: 'file', source: 'docs', title: name, date: null, author: null } as const
  const sections = [{ heading: [], text }]
  library.put({ ...facts, status: 'current', access, topics: [], hash: text }, text, sections)
}

type Parts = Parameters<typeof createAsk>[0]

function asking(assistance: Parts['assistance'] = null, reading: Parts['reading'] = () => null) {
  return createAsk({
    log: questionLogIn(file),
    finder: createPresentFinder({
      index: library,
      fitted,
      factsOf: (document) => library.entry(document)?.facts ?? null,
      stillThere: async () => true,
      restsOn: () => [],
    }),
    reading,
    assistance,
    learning: { ask: () => ({ person: 'frank', name: 'Frank', already: null }) },
    staleAfterDays: 365,
    clock: systemClock,
    metrics: quietMetrics,
  })
}

/** Asks one after the other in one conversation; resolves with the last answer. */
async function asked(...questions: string[]) {
  const ask = asking()
  const answers = []
  const asker = { ...teller('bob'), chain: [] }
  for (const question of questions)
    answers.push(await ask({ question }, asker, requestOf(`r-${++requests}`, inBreakroom)))
  return answers.at(-1)
}

describe('a question after others', () => {
  it('is not read from them when it is answered well by itself', async () => {
    const answer = await asked('When are refunds given?', 'What is the zebra policy?')
    expect(answer).toMatchObject({ understood: null, confidence: { band: 'high' } })
    expect(answer?.sources.map(({ document }) => document)).toEqual(['docs/zebra.md'])
  })

  it('S39: is not answered from them when nothing speaks of any word of it', async () => {
    const answer = await asked('When are refunds given?', 'Zyzzyva quixotry?')
    expect(answer).toMatchObject({
      text: '',
      understood: null,
      confidence: { band: 'none', why: 'nothing here speaks of "zyzzyva", "quixotry"' },
    })
  })

  it('is read from them when it points back', async () => {
    const answer = await asked('When are refunds given?', 'Who approves them?')
    expect(answer?.understood).toContain('refunds')
  })
})

describe('while the corpus is read for the first time', () => {
  const asker = { ...teller('bob'), chain: [] }
  const request = () => requestOf(`r-${++requests}`, inBreakroom)

  it('a question waits for what may answer it', async () => {
    let looks = 0
    const ask = asking(null, () => {
      if (++looks === 3) write('moon', 'The moon office opens at nine.')
      return looks < 5 ? { done: 3, total: 4 } : null
    })
    const answer = await ask({ question: 'When does the moon office open?' }, asker, request())
    expect(answer).toMatchObject({ text: 'The moon office opens at nine.', confidence: { band: 'high' }, note: null })
  })

  it('one that is answered well already does not', async () => {
    const ask = asking(null, () => ({ done: 3, total: 4 }))
    const begun = performance.now()
    const answer = await ask({ question: 'When are refunds given?' }, asker, request())
    expect(answer).toMatchObject({ confidence: { band: 'high' }, note: null })
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  it('nobody is asked instead, and it says that it is not done', async () => {
    const ask = asking(null, () => ({ done: 3, total: 4 }))
    const answer = await ask({ question: 'Who prunes the rhododendrons?' }, asker, request())
    expect(answer).toMatchObject({
      confidence: { band: 'none' },
      note: 'I am still reading (3 of 4 files); ask again in a minute.',
      asked: null,
    })
    const later = await asking()({ question: 'Who prunes the rhododendrons?' }, asker, request())
    expect(later).toMatchObject({ confidence: { band: 'none' }, note: null, asked: 'Frank' })
  })
})

describe('S22: a document that went', () => {
  const asker = { ...teller('bob'), chain: [] }
  const question = 'When are refunds given?'

  it.each([
    ['was deleted', () => library.remove('docs/refunds.md')],
    ['was changed', () => write('refunds', 'Refunds are given never.')],
    [
      'was given to fewer readers',
      () => write('refunds', 'Refunds are given within thirty days of purchase.', [['board']]),
    ],
  ])('answers nothing when the same request comes again and it %s', async (_, change) => {
    const ask = asking()
    const first = await ask({ question }, asker, requestOf('same'))
    expect(first.text).toContain('thirty days')
    expect(await ask({ question }, asker, requestOf('same'))).toEqual(first)
    change()
    const again = await ask({ question }, asker, requestOf('same'))
    expect(again).toMatchObject({ id: first.id, text: '', sources: [], confidence: { band: 'none' } })
    expect(JSON.stringify(again)).not.toContain('thirty')
  })

  it('answers nothing when it goes while a model words the answer', async () => {
    const ask = asking({
      rewrite: async () => null,
      widen: async () => [],
      async compose(_, { sentences }) {
        library.remove('docs/refunds.md')
        return { text: 'Within thirty days.', rests_on: sentences.slice(0, 1) }
      },
      trouble: () => null,
    })
    expect(JSON.stringify(await ask({ question }, asker, requestOf('same')))).not.toContain('thirty')
  })
})
