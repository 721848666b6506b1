import { expect, test } from 'vitest'
import { basisOf, composeAnswer } from '../../../core/knowledge/compose-answer.ts'
import type { DocumentFacts } from '../../../core/knowledge/document.ts'
import type { Finding } from '../../../core/knowledge/found.ts'
import { finding, ranked } from '../../support/finding.ts'

const now = new Date('2026-11-21T12:00:00Z')
const question = 'How many days of vacation does an employee have?'
const thirty = 'Every employee has 30 days of vacation a year.'
const compose = (found: Finding, more: object = {}) =>
  composeAnswer({ label: 'q-1', question, finding: found, worded: null, note: null, now, staleAfterDays: 365, ...more })
const one = (facts: Partial<DocumentFacts> = {}) => finding([ranked('handbook.md', thirty, facts)])

test('U19: says what stands there, how sure it is, and where, with the date', () => {
  const answer = compose(one({ title: 'Handbook', date: '2026-03-01', author: 'Ada' }))
  expect(answer).toMatchObject({
    id: 'q-1',
    text: thirty,
    confidence: { band: 'high' },
    sources: [{ title: 'Handbook', date: '2026-03-01', author: 'Ada', stale: null, verified_by: null }],
    conflict: null,
  })
})

test('S39: below the lowest band there is neither a sentence nor a source', () => {
  const answer = compose(finding([ranked('a.md', thirty)], { band: 'none', probability: 0.1 }))
  expect(answer).toMatchObject({ text: '', sources: [], confidence: { band: 'none' } })
  expect(compose(finding([]))).toMatchObject({ text: '', sources: [], confidence: { band: 'none' } })
})

test.each<[string, Partial<DocumentFacts>, string | null, string]>([
  ['a year and more without a change', { date: '2024-01-05' }, 'last changed in 2024', 'high'],
  ['within the year', { date: '2026-01-05' }, null, 'high'],
  ['nobody knows since when', { date: null }, null, 'high'],
  ['superseded', { status: 'superseded' }, 'superseded', 'medium'],
  ['a draft', { status: 'draft' }, 'a draft', 'medium'],
])('an old source is marked: %s', (_, facts, stale, band) => {
  const answer = compose(one(facts))
  expect(answer.sources[0]?.stale).toBe(stale)
  expect(answer.confidence.band).toBe(band)
})

test('S38: two sources that contradict each other are shown side by side, neither is picked, and it is less sure', () => {
  const poisoned = 'An employee has 99 days of vacation.'
  const answer = compose(finding([ranked('handbook.md', thirty), ranked('notes.md', poisoned)]))
  expect(answer.conflict?.map(({ quote }) => quote)).toEqual([thirty, poisoned])
  expect(answer.confidence).toMatchObject({ band: 'low' })
  expect(answer.confidence.probability).toBeLessThanOrEqual(0.5)
})

test('what a person answered to the same question is sure, and says whose it is', () => {
  const learned = {
    kind: 'learned' as const,
    title: 'how many vacation days do employees have',
    author: 'Ada',
    date: '2026-11-02',
  }
  const answer = compose(finding([ranked('learned/q-4', 'Thirty.', learned)], { band: 'low' }))
  expect(answer).toMatchObject({
    text: 'Thirty.',
    confidence: { band: 'high', why: 'Ada answered this on 2026-11-02' },
    sources: [{ verified_by: 'Ada' }],
  })
})

test('what a person answered to another question is a source like the others', () => {
  const learned = { kind: 'learned' as const, title: 'how many days of vacation did Bob take in June', author: 'Ada' }
  expect(compose(finding([ranked('learned/q-4', 'Four.', learned)], { band: 'low' })).confidence.band).toBe('low')
})

test('what a person answered is sure whatever was asked before, and not for a question with another word in it', () => {
  const answered = (title: string, asked: string, understood: string | null) => {
    const learned = { kind: 'learned' as const, title, author: 'Ada' }
    const found = { ...finding([ranked('learned/q-4', 'Ada does.', learned)], { band: 'low' }), understood }
    return compose(found, { question: asked }).confidence.band
  }
  const title = 'Who prunes the roses?'
  expect(answered(title, title, `${title} (asked after: moon, office, lighthouse, sailors)`)).toBe('high')
  expect(answered(title, 'Who prunse the roses?', title)).toBe('high')
  expect(answered('Who opens the door of office basalt in the morning?', title, null)).toBe('low')
  const other = 'Who opens the door of office granite in the morning?'
  expect(answered('Who opens the door of office basalt in the morning?', other, null)).toBe('low')
})

test('sentences of one section stand in its order, under one source', () => {
  const [first, second] = [ranked('a.md', 'One.'), ranked('a.md', 'Two.')]
  const found = finding([{ ...second, index: 1 }, first])
  expect(compose(found)).toMatchObject({ text: 'One. Two.', sources: [{ quote: 'One. Two.' }] })
})

test('what somebody else worded rests on the sentences it names', () => {
  const rests_on = [ranked('b.md', 'Thirty days.')]
  const answer = compose(one(), { worded: { text: 'It is thirty.', rests_on } })
  expect(answer).toMatchObject({ text: 'It is thirty.', sources: [{ document: 'b.md' }] })
})

test('the basis of an answer is its documents as they are now', () => {
  const found = one()
  expect(basisOf(compose(found), found.sections)).toEqual([{ document: 'handbook.md', hash: 'hash of handbook.md' }])
})
