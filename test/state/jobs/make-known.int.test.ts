import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KeptKnowledge } from '../../../core/state/kept-knowledge.ts'
import type { StateFile } from '../../../ports/state-file.ts'
import { makeKnown } from '../../../state/jobs/make-known.ts'
import { knowledgeRecord } from '../../support/state.ts'
import { type StateFolder, stateFolder } from '../../support/state-folder.ts'

let folder: StateFolder
let file: StateFile
beforeEach(() => {
  folder = stateFolder()
  file = folder.opened()
})
afterEach(() => folder[Symbol.asyncDispose]())

const ended = { by: 'human-bob', why: 'it changed', at: '2026-11-22T12:00:00.000Z' }

/** What the task service and the knowledge proxy are asked, in order, where there is no task. */
async function madeKnown(): Promise<('refill' | KeptKnowledge[])[]> {
  const asked: ('refill' | KeptKnowledge[])[] = []
  const progress = { doing() {}, reach() {} }
  await makeKnown(
    {
      file,
      ledger: { read: async function* () {} },
      refill: async () => void asked.push('refill'),
      relearn: async (knowledge) => void asked.push(knowledge),
      signal: new AbortController().signal,
    },
    progress,
  )
  return asked
}

test('gives back what was decided, and after it what was taught, in pages, and nothing that has ended', async () => {
  const numbers = Array.from({ length: 130 }, (_, index) => `${index + 1}`.padStart(3, '0'))
  const decided = numbers.map((number) => knowledgeRecord(`pattern-${number}`, 1, { kind: 'pattern' }))
  const taught = numbers.map((number) => {
    const learned = { label: `q-${Number(number)}`, person: 'ada', question: 'Why?', request: `r-${number}` }
    return knowledgeRecord(`learned-q-${number}`, 1, { kind: 'memory', learned })
  })
  const over = [...decided, ...taught].map((record) => ({ ...record, id: `${record.id}-ended`, ended }))
  await file.keep({ records: { knowledge: [...taught, ...over, ...decided] } })

  const [first, ...pages] = await madeKnown()
  expect(first).toBe('refill')
  expect(pages.map(({ length }) => length)).toEqual([100, 30, 100, 30])
  expect(pages.flat()).toEqual([...decided, ...taught])
  expect(await madeKnown()).toEqual([first, ...pages])
})

test('asks the knowledge proxy nothing where nothing counts', async () => {
  await file.keep({ records: { knowledge: [knowledgeRecord('decision-1', 1, { ended })] } })
  expect(await madeKnown()).toEqual(['refill'])
})
