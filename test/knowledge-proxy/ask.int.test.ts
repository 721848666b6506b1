import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { type KnowledgeFile, openKnowledgeFile } from '../../adapters/sqlite/knowledge/file.ts'
import { libraryIn } from '../../adapters/sqlite/knowledge/library.ts'
import { questionLogIn } from '../../adapters/sqlite/knowledge/question-log.ts'
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

function write(name: string, text: string): void {
  const facts = { id: `docs/${name}.md`, kind: 'file', source: 'docs', title: name, date: null, author: null } as const
  const sections = [{ heading: [], text }]
  library.put({ ...facts, status: 'current', access: [], topics: [], hash: text }, text, sections)
}

/** Asks one after the other in one conversation; resolves with the last answer. */
async function asked(...questions: string[]) {
  const ask = createAsk({
    log: questionLogIn(file),
    finder: createPresentFinder({ index: library, fitted, stillThere: async () => true, restsOn: () => [] }),
    assistance: null,
    learning: { ask: () => null },
    staleAfterDays: 365,
    clock: systemClock,
    metrics: quietMetrics,
  })
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

  it('is read from them when it points back', async () => {
    const answer = await asked('When are refunds given?', 'Who approves them?')
    expect(answer?.understood).toContain('refunds')
  })
})
