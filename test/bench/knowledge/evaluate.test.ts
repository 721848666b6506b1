import { expect, test } from 'vitest'
import type { Question, QuestionSet } from '../../../bench/knowledge/data.ts'
import { askingOf, type Engine } from '../../../bench/knowledge/engine.ts'
import { type Evaluation, planFor } from '../../../bench/knowledge/evaluate.ts'
import { aurocBy, figureNames, figuresOf, lookupFigures, timesOf, worthOf } from '../../../bench/knowledge/figures.ts'
import { plotOf } from '../../../bench/knowledge/plot.ts'
import { renderEvaluation, toJson } from '../../../bench/knowledge/report.ts'
import { run } from '../../../bench/knowledge/run.ts'
import { createSimpleEngine } from '../../../bench/knowledge/simple-engine.ts'
import type { Fitted } from '../../../core/knowledge/fitted.ts'

const passage = (doc: string, text: string) => ({ id: `${doc}#0`, doc, title: '', head: '', text })
const set: QuestionSet = {
  name: 'house',
  passages: [
    passage('tea', 'Tea stands on the second shelf. It is bought on Mondays.'),
    passage('milk', 'Milk is kept in the fridge. Nobody buys it.'),
    passage('keys', 'The porter keeps the keys. She is called Ada.'),
  ],
  questions: [],
}
const question = (id: string, q: string, more: Partial<Question>): Question => ({
  id,
  q,
  answerable: true,
  gold: [],
  doc: '',
  answers: [],
  history: [],
  ...more,
})
const shipped: Fitted = {
  ranker: {},
  confidence: { intercept: 0, weights: {}, steps: [[1, 1]] },
  bands: { high: 0.9, medium: 0.7, low: 0.5 },
  provenance: {
    script: '',
    date: '2026-01-31',
    sets: ['squad', 'selqaA'].map((name) => ({ name, licence: '', questions: 1 })),
    mix: '',
    options: {},
    figures: {},
  },
}
const questions = [
  question('tea', 'On which shelf stands tea?', { gold: ['tea#0'], answers: ['second'] }),
  question('milk', 'Where is milk kept?', { gold: ['milk#0'], answers: ['the fridge'] }),
  question('near', 'Who keeps the fridge?', { gold: ['milk#0'], answerable: false }),
]

test('a question whose document is knocked out finds it no more, and the next one finds its own again', () => {
  using engine = createSimpleEngine(set)
  const { outcomes, lookups, times } = run(engine, set, questions)
  expect(outcomes.map(({ question, kind, right }) => [question, kind, right])).toEqual([
    ['tea', 'answerable', true],
    ['milk', 'answerable', true],
    ['near', 'near miss', false],
    ['tea', 'knocked out', false],
    ['milk', 'knocked out', false],
  ])
  expect(lookups.map(({ ranks, first, block }) => [ranks, first, block])).toEqual([
    [[1], true, true],
    [[1], true, true],
  ])
  expect(times).toHaveLength(3)
  expect(engine.ask({ text: 'tea shelf', earlier: [] }).passages).toEqual(['tea#0'])
})

test('while a document is out it has no part in any score', () => {
  using engine = createSimpleEngine(set)
  using without = createSimpleEngine({ passages: set.passages.filter(({ doc }) => doc !== 'milk') })
  const asked = { text: 'Who keeps the fridge keys?', earlier: [] }
  engine.remove(['milk'])
  const { signals } = engine.ask(asked)
  const expected = without.ask(asked).signals
  expect(signals['passage score']).toBe(expected['passage score'])
  expect(signals['words in passage']).toBe(expected['words in passage'])
})

test('a follow-up is asked with the last two questions of the same person, and nothing that was answered', () => {
  const history = [
    { s: 'user', t: 'one' },
    { s: 'agent', t: 'answer' },
    { s: 'user', t: 'two' },
    { s: 'user', t: 'three' },
  ]
  expect(askingOf(question('q', 'And then?', { history }))).toEqual({ text: 'And then?', earlier: ['two', 'three'] })
})

test('what cannot be worked out of a set is null, for programs under the same names', () => {
  const bare = questions.map((one) => ({ ...one, answers: [] }))
  const { ours } = evaluated(bare)
  expect(ours.sentence1).toBeNull()
  expect(ours.block3).toBeNull()
  expect(ours.auroc).not.toBeNull()
  const json = toJson(evaluated(bare.filter(({ answerable }) => !answerable)))
  expect(Object.keys(json)).toEqual(['set', ...figureNames, 'baseline'])
  expect(Object.keys(json.baseline)).toEqual([...figureNames])
  expect(json).toMatchObject({ r1: null, auroc: null, typo_r1: null, baseline: { sentence1: null } })
})

test('of several signals each figure takes the best, and only calibrated ones have an ECE', () => {
  const outcome = (right: boolean, good: number, bad: number) => {
    return { question: `${good}`, kind: 'answerable' as const, right, signals: { good, bad } }
  }
  const outcomes = [outcome(true, 0.9, 0.1), outcome(true, 0.8, 0.9), outcome(false, 0.2, 0.2)]
  const worth = worthOf(outcomes, { good: null, bad: (value) => value })
  expect(worth.auroc).toMatchObject({ value: 1, of: 'good' })
  expect(worth.ece).toMatchObject({ of: 'bad' })
})

test('a right answer is told apart from each kind of wrong one by itself', () => {
  const outcome = (kind: 'answerable' | 'knocked out' | 'near miss', right: boolean, sure: number) => {
    return { question: `${sure}`, kind, right, signals: { sure } }
  }
  const outcomes = [
    outcome('answerable', true, 0.5),
    outcome('knocked out', false, 0.1),
    outcome('near miss', false, 0.9),
  ]
  expect(aurocBy(outcomes, 'sure')).toEqual({ 'knocked out': 1, 'near miss': 0, 'wrong sentence': null })
})

test('what was fitted on is not reported, or reported as seen', () => {
  const of = (name: string, docs: string[]) =>
    planFor({ name, passages: set.passages, questions: docs.map((doc) => question(doc, doc, { doc })) }, shipped, null)
  const split = of('squad', ['Normans', 'Force'])
  expect(split.seen).toBe(false)
  expect(split.folds[0]?.questions.map(({ doc }) => doc)).toEqual(['Force'])
  expect(of('squad', ['Normans'])).toMatchObject({ seen: true, folds: [{ questions: [{ doc: 'Normans' }] }] })
  expect(of('selqaA', ['Somebody']).seen).toBe(true)
  expect(of('new', ['Somebody'])).toMatchObject({ seen: false, notes: [] })
})

test('with numbers for each part every question is answered once, by those that have not seen its article', () => {
  const docs = Array.from({ length: 40 }, (_, number) => `article ${number}`)
  const seen = { ...set, name: 'selqaA', questions: docs.map((doc) => question(doc, doc, { doc })) }
  const { folds } = planFor(seen, shipped, [shipped, shipped, shipped, shipped, shipped])
  expect(folds.flatMap((fold) => fold.questions.map(({ doc }) => doc)).toSorted()).toEqual(docs.toSorted())
  expect(folds.every((fold) => fold.questions.length > 0)).toBe(true)
})

test('the plot says in words what it shows, and what is asked for is not taken as markup', () => {
  const svg = plotOf({ ...evaluated(questions), set: '<script>&' })
  expect(svg).toContain('role="img"')
  expect(svg).toMatch(/<title id="title">.+<\/title>/)
  expect(svg).toMatch(/<desc id="what">.*right.*<\/desc>/)
  expect(svg).toContain('prefers-color-scheme: dark')
  expect(svg).not.toContain('<script>')
  expect(svg).not.toContain('NaN')
})

test('a table has a row for each figure', () => {
  const table = renderEvaluation(evaluated(questions))
  for (const name of figureNames) expect(table).toContain(`\n  ${name} `)
  expect(table).not.toContain('NaN')
})

/** As the bench does, with the simple engine in the place of both. */
function evaluated(asked: Question[]): Evaluation {
  using engine: Engine = createSimpleEngine(set)
  const result = run(engine, set, asked)
  const sure = result.outcomes.map((one) => ({ ...one, signals: { confidence: one.right ? 0.9 : 0.2 } }))
  return {
    set: set.name,
    passages: set.passages.length,
    questions: asked.length,
    seen: false,
    notes: [],
    ours: figuresOf({ ...result, outcomes: sure }, 'confidence'),
    baseline: {
      ...lookupFigures(result),
      ...worthOf(result.outcomes, { 'passage score': (value) => Math.min(1, value) }),
      ...timesOf(result),
    },
    libraries: [],
    outcomes: sure,
    simpleOutcomes: result.outcomes,
  }
}
