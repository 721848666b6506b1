import { describe, expect, it } from 'vitest'
import type { FoundSection } from '../../../../core/knowledge/found.ts'
import { questionOf } from '../../../../core/knowledge/question.ts'
import { at, type Feature, features, gather } from '../../../../core/knowledge/rank/evidence.ts'
import { rankSentences, sentenceOf } from '../../../../core/knowledge/rank/ranker.ts'
import { createSectionReading } from '../../../../core/knowledge/rank/reading.ts'
import { createJudging } from '../../../../core/knowledge/rank/signs.ts'
import { weigh } from '../../../../core/knowledge/rank/weighing.ts'
import { expectWithin } from '../../../support/huge-input.ts'

const document = {
  id: 'docs/handbook.md',
  kind: 'file',
  source: 'docs',
  title: 'Handbook',
  date: null,
  author: null,
  status: 'current',
  access: [],
  topics: [],
  hash: '',
} as const

function section(number: number, sentences: string[], heading: string[] = [], score = 5): FoundSection {
  return { section: number, document, heading, sentences, score, window: { from: 0, to: 1, score: 1 } }
}

/** Compares the sentences with a question; words stand in as many sections as `frequencies` says, in three without. */
function compared(question: string, sections: FoundSection[], frequencies: Record<string, number> = {}) {
  const asked = questionOf(question)
  const read = sections.map(createSectionReading())
  const weighing = weigh(asked, { sections: 100, frequency: (stem) => frequencies[stem] ?? 3 }, read)
  const candidates = gather(asked, weighing, read)
  const value = (index: number, feature: Feature) => candidates[index]?.values[at(feature)] ?? Number.NaN
  const judged = (weights: Partial<Record<Feature, number>> = { around: 5 }) =>
    createJudging()({ question: asked, weighing, sections: read, ranked: rankSentences(candidates, weights) })
  return { candidates, value, judged }
}

describe('features of a sentence', () => {
  it('covers more the rarer the words are that it has', () => {
    const { value } = compared('quokka release', [section(1, ['The quokka sleeps.', 'A release sleeps.'])], {
      quokka: 1,
      releas: 60,
    })
    expect(value(0, 'coverage')).toBeGreaterThan(value(1, 'coverage'))
  })

  it('takes title, headings and neighbours for part of it', () => {
    const { value } = compared('release team handbook', [
      section(1, ['The team meets.', 'It is at nine.'], ['Release']),
    ])
    expect(value(1, 'coverage')).toBe(0)
    expect(value(0, 'above')).toBeCloseTo(1)
    expect(value(1, 'around')).toBeCloseTo(1)
    expect(value(1, 'leansBefore')).toBeGreaterThan(0)
  })

  it('takes a word of the same family for half a word', () => {
    const { value } = compared('when did they invade', [section(1, ['The invasion began.', 'The inversion began.'])])
    expect(value(0, 'coverage')).toBeGreaterThan(0.4)
    expect(value(0, 'sameForm')).toBe(0)
    expect(value(1, 'coverage')).toBe(0)
  })

  it.each<[string, Feature, string, string]>([
    [
      'who approves releases',
      'name',
      'Releases are approved by Ada Lovelace.',
      'Releases are approved by nobody we know.',
    ],
    ['when is the freeze', 'time', 'The freeze is in March.', 'The freeze is cold.'],
    ['how many people approve', 'count', 'Two people approve.', 'The people approve.'],
    ['why do tests fail', 'reason', 'Tests fail because of time.', 'Tests fail.'],
  ])('%s: %s', (question, kind, has, lacks) => {
    const { value } = compared(question, [section(1, [has, lacks])])
    expect([value(0, kind), value(1, kind)]).toEqual([1, 0])
  })

  it('are between -1 and 1, all of them, also for a question without words', () => {
    for (const question of ['', '?', 'who', 'What is the release team of the handbook in 2026?']) {
      const { candidates } = compared(question, [section(1, ['', 'Release.', 'x '.repeat(500)]), section(2, [])])
      for (const { values } of candidates) {
        expect(values).toHaveLength(features.length)
        expect(values.every((value) => value >= -1 && value <= 1.2)).toBe(true)
      }
    }
  })

  it('take time that grows with the text only', () => {
    const long = Array.from({ length: 150 }, (_, at) => `word${at} release team handbook `.repeat(30))
    const sections = Array.from({ length: 10 }, (_, at) => section(at, long))
    const question = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')
    expectWithin(3_000, () => compared(question, sections))
  })
})

describe('ranking', () => {
  it('puts the best first, keeps the order of equals, and shares one among all', () => {
    const { candidates } = compared('release team', [
      section(1, ['A release.', 'Some tea.', 'The release team.', 'More tea.']),
    ])
    const ranked = rankSentences(candidates, { coverage: 2 })
    expect(ranked.map(({ candidate }) => candidate.index)).toEqual([2, 0, 1, 3])
    expect(ranked.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    expect(ranked.slice(0, 1).map(sentenceOf)).toEqual([
      { section: candidates[0]?.section, index: 2, text: 'The release team.', score: ranked[0]?.score },
    ])
    expect(rankSentences([], {})).toEqual([])
  })
})

describe('signs of a finding', () => {
  it('are less for a near miss: a name, a number or a word that is not there, or the opposite', () => {
    const judged = (question: string) =>
      compared(question, [section(1, ['Ada closed 3 more tickets than Bob.'])]).judged()?.signs
    const right = judged('Did Ada close 3 more tickets?')
    expect(judged('Did Ada close 4 more tickets?')?.numbers).toBeLessThan(right?.numbers ?? 0)
    expect(judged('Did Ada close 3 less tickets?')?.notOpposed).toBeLessThan(right?.notOpposed ?? 0)
    expect(judged('Did Ada not close 3 more tickets?')?.notAffirmed).toBeLessThan(right?.notAffirmed ?? 0)
    expect(judged('Did Carol close 3 more tickets?')?.names).toBeLessThan(right?.names ?? 0)
  })

  it('are shares, and there are none when nothing was found', () => {
    const { judged } = compared('release team', [section(1, ['The release team.']), section(2, ['Tea.'])])
    for (const value of Object.values(judged()?.signs ?? {})) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    }
    expect(compared('release', []).judged()).toBeNull()
  })
})
