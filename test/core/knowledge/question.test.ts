import { describe, expect, it } from 'vitest'
import { type AnswerKind, questionOf } from '../../../core/knowledge/question.ts'
import { expectWithin, hugeInputs } from '../../support/huge-input.ts'

describe('what a question asks for', () => {
  it.each<[string, AnswerKind]>([
    ['Who wrote the anthem of Spain?', 'name'],
    ['who wrote the anthem of spain', 'name'],
    ['What company owns Slack?', 'name'],
    ['Where do we keep the secrets?', 'place'],
    ['which city hosts the data center', 'place'],
    ['When is the next release?', 'time'],
    ['In what year did it happen?', 'time'],
    ['how many people are on call', 'count'],
    ['How long does a token live?', 'count'],
    ['Why do we use NATS?', 'reason'],
    ['How do I deploy?', 'manner'],
    ['What is a fencing epoch?', 'definition'],
    ['Is the gateway public?', 'yes-no'],
    ['deploy production rollback', 'open'],
  ])('%s', (text, kind) => {
    expect(questionOf(text).kind).toBe(kind)
  })

  it('looks for each telling word once, in order, whatever it is written like', () => {
    const stems = (text: string) => questionOf(text).terms.map(({ stem }) => stem)
    expect(stems('How many releases did the release team of Berlin release?')).toEqual(['releas', 'team', 'berlin'])
    expect(stems('how many releases did the release team of berlin release')).toEqual(['releas', 'team', 'berlin'])
  })

  it('looks for the words that say little when there are no others', () => {
    expect(questionOf('who are they?').terms.map(({ plain }) => plain)).toEqual(['who', 'are', 'they'])
    expect(questionOf('').terms).toEqual([])
    expect(questionOf('?!').terms).toEqual([])
  })

  it('knows names, numbers, what is quoted and the noun that is asked for', () => {
    const { terms, quoted, focus } = questionOf('Which river crosses Warsaw near "the old bridge" of 1856?')
    expect(terms.filter(({ name }) => name).map(({ plain }) => plain)).toEqual(['warsaw', 'old', 'bridge'])
    expect(terms.filter(({ number }) => number).map(({ plain }) => plain)).toEqual(['1856'])
    expect(quoted).toEqual([['the', 'old', 'bridg']])
    expect(focus).toBe('river')
  })

  it.each(hugeInputs)('reads %s in bounded time, and no more than forty terms', (_, text) => {
    expectWithin(50, () => expect(questionOf(text).terms.length).toBeLessThanOrEqual(40))
  })
})
