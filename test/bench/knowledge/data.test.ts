import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findSets, loadSet, type Question } from '../../../bench/knowledge/data.ts'
import { goldOf, isRight } from '../../../bench/knowledge/gold.ts'
import { byCorpus, casesOf, weightsOf } from '../../../bench/knowledge/mix.ts'
import { temporaryFolder } from '../../support/process.ts'

const passages = [
  { id: 'p1', doc: 'tea', title: 'Tea', text: 'Tea is kept on the second shelf.' },
  { id: 'p2', doc: 'tea', title: 'Tea', text: 'It is bought on Mondays.' },
  { id: 'p3', doc: 'milk', text: 'Milk is in the fridge.' },
]
const question = (more: object = {}) => ({ id: 'q1', q: 'Where is tea?', answerable: true, gold: ['p1'], ...more })
const asked = (more: object = {}): Question => ({ doc: '', answers: [], history: [], ...question(more) })

function written(path: string, set: object): string {
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'normalized.json'), JSON.stringify(set))
  return path
}

test('a set may say nothing of titles, headings, answers, history and articles', () => {
  using folder = temporaryFolder()
  const set = loadSet(written(folder.path, { name: 'small', passages, questions: [question({ more: 1 })] }))
  expect(set.questions[0]).toMatchObject({ doc: '', answers: [], history: [] })
  expect(set.passages[2]).toMatchObject({ title: '', head: '' })
})

test.each<[string, object, string]>([
  ['without a name', { name: '' }, 'name'],
  ['whose passage has no text', { passages: [{ id: 'p1', doc: 'd' }] }, 'passages.0.text'],
  ['with a passage twice', { passages: [...passages, passages[0]] }, 'two passages have the id "p1"'],
  ['with a question twice', { questions: [question(), question()] }, 'two questions have the id "q1"'],
  ['with gold that is not there', { questions: [question({ gold: ['p9'] })] }, 'names a passage that is not there: p9'],
  ['with an answer that stands nowhere', { questions: [question({ gold: [] })] }, 'answerable but names no gold'],
])('a set %s is refused by its path and the reason', (_, off, reason) => {
  using folder = temporaryFolder()
  const path = written(folder.path, { name: 'small', passages, questions: [question()], ...off })
  expect(() => loadSet(path)).toThrow(reason)
  expect(() => loadSet(path)).toThrow(join(path, 'normalized.json'))
})

test('sets are found in the folder itself or one below, and a folder without any says how to give one', () => {
  using folder = temporaryFolder()
  expect(() => findSets(folder.path)).toThrow('--data')
  expect(() => findSets(join(folder.path, 'nowhere'))).toThrow('--data')
  const [b, a] = [written(join(folder.path, 'b'), {}), written(join(folder.path, 'a'), {})]
  expect(findSets(folder.path)).toEqual([a, b])
  expect(findSets(a)).toEqual([a])
})

test('a sentence answers when it stands in a gold passage and has an answer in it as whole words', () => {
  const gold = goldOf(asked({ answers: ['the Second shelf', '1,200'] }))
  expect(gold.answers({ passage: 'p1', sentence: 'It is on the second  shelf!' })).toBe(true)
  expect(gold.answers({ passage: 'p2', sentence: 'It is on the second shelf.' })).toBe(false)
  expect(gold.answers({ passage: 'p1', sentence: 'It is on the second shelfing.' })).toBe(false)
  expect(gold.answers({ passage: 'p1', sentence: 'About 1,200 of them.' })).toBe(true)
})

test('half of a gold sentence that was cut in two answers, a few words of it do not', () => {
  const gold = goldOf(asked({ answers: ['Metacritic provides a score of 80 out of 100 from 19 critics.'] }))
  expect(gold.answers({ passage: 'p1', sentence: 'Metacritic provides a score of 80' })).toBe(true)
  expect(gold.answers({ passage: 'p1', sentence: 'Metacritic provides' })).toBe(false)
  expect(gold.answers({ passage: 'p1', sentence: '...' })).toBe(false)
})

test('without known sentences an answer is right by its passage', () => {
  const block = [{ passage: 'p1', sentence: 'Tea.' }]
  expect(isRight(goldOf(asked()), block)).toBe(true)
  expect(isRight(goldOf(asked({ answers: ['shelf'] })), block)).toBe(false)
  expect(isRight(goldOf(asked()), [])).toBe(false)
})

test('each answerable question is asked with its documents and without, and each corpus is made once', () => {
  const set = { name: 's', passages: passages.map((each) => ({ title: '', head: '', ...each })), questions: [] }
  const cases = casesOf(set, [
    asked(),
    asked({ id: 'q2', gold: ['p2'] }),
    asked({ id: 'q3', answerable: false, gold: [] }),
    asked({ id: 'q4', gold: ['p1', 'p3'] }),
  ])
  const groups = byCorpus(cases).map(({ without, cases }) => [without, cases.map(({ question }) => question.id)])
  expect(groups).toEqual([
    [[], ['q1', 'q2', 'q3', 'q4']],
    [['tea'], ['q1', 'q2']],
    [['milk', 'tea'], ['q4']],
  ])
})

test('the mix is 60, 30 and 10 whatever there is of each, and 67 to 33 without near misses', () => {
  const of = (answerable: number, out: number, near: number) => [
    ...Array.from({ length: answerable }, () => ({ kind: 'answerable' as const })),
    ...Array.from({ length: out }, () => ({ kind: 'knocked out' as const })),
    ...Array.from({ length: near }, () => ({ kind: 'near miss' as const })),
  ]
  const mixed = weightsOf(of(4, 4, 20))
  expect(mixed.answerable * 4).toBeCloseTo(0.6)
  expect(mixed['knocked out'] * 4).toBeCloseTo(0.3)
  expect(mixed['near miss'] * 20).toBeCloseTo(0.1)
  const without = weightsOf(of(3, 3, 0))
  expect(without.answerable * 3).toBeCloseTo(2 / 3)
  expect(without['near miss']).toBe(0)
})
