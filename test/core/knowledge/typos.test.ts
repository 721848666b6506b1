import { describe, expect, it, vi } from 'vitest'
import { mendTypos } from '../../../core/knowledge/typos.ts'
import { hugeInputs } from '../../support/huge-input.ts'

const counts: Record<string, number> = {
  huguenot: 40,
  parliament: 30,
  parlament: 0,
  deploy: 9,
  happy: 4,
  university: 7,
  house: 12,
  mouse: 3,
  rouse: 50,
  immune: 8,
  colony: 6,
  sort: 5,
}
const occurrences = (word: string) => counts[word] ?? 0
const mend = (question: string) => mendTypos(question, occurrences)

describe('typos', () => {
  it.each([
    ['a letter too many', 'Who was a huguennot?', 'Who was a huguenot?'],
    ['a letter too few', 'the parlament of', 'the parliament of'],
    ['a wrong letter', 'the univercity', 'the university'],
    ['two letters swapped', 'the univeristy', 'the university'],
    ['the first letter', 'what did xarliament do', 'what did parliament do'],
    ['a name', 'Were Hugenot welcome?', 'Were Huguenot welcome?'],
    ['capitals', 'HUGENOT', 'HUGUENOT'],
    ['two words of a question', 'the hugenot of the univercity', 'the huguenot of the university'],
  ])('mends %s', (_, question, mended) => {
    expect(mend(question).text).toBe(mended)
  })

  it('says what was mended', () => {
    expect(mend('Is the Univercity a huose?')).toEqual({
      text: 'Is the University a house?',
      mended: [
        ['Univercity', 'University'],
        ['huose', 'house'],
      ],
    })
  })

  it('rather keeps the first letter, and takes the most common of what is left', () => {
    expect(mend('mouhe').text).toBe('mouse')
    expect(mend('xouse').text).toBe('rouse')
  })

  it.each([
    ['a word that is known', 'the house'],
    ['a word of which another form is known', 'deployments, deploying, happiness, universities, colonies'],
    ['a word that nothing is near to', 'the zebra'],
    ['a stop word', 'whom'],
    ['a short word', 'hos'],
    ['a word with digits', 'hous3 sort1'],
    ['another alphabet', 'дом 家家家家'],
  ])('leaves %s alone', (_, question) => {
    expect(mend(question)).toEqual({ text: question, mended: [] })
  })

  it.each(hugeInputs)('asks for no more than some thousand words for %s', (_, question) => {
    const asked = vi.fn(() => 0)
    expect(mendTypos(question, asked).text).toBe(question)
    expect(asked.mock.calls.length).toBeLessThan(50_000)
  })
})
