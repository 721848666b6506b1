import { describe, expect, it } from 'vitest'
import { createTurning } from '../../../../core/knowledge/rank/opposites.ts'

const turned = createTurning()
const compare = (question: string, sentence: string) => turned(question.split(' '), sentence.split(' '))

describe('a sentence that turns a question round', () => {
  it.each([
    ['what becomes more adept', 'the skin becomes less adept'],
    ['who retired before the launch', 'two retired after the launch'],
    ['what is a deterministic machine', 'a nondeterministic machine'],
    ['which path is impossible', 'the path is possible'],
  ])('has the opposite of a word: %s / %s', (question, sentence) => {
    expect(compare(question, sentence).opposed).toBe(true)
  })

  it.each([
    ['what came before', 'one came before and one after'],
    ['which is more or less right', 'this is less right'],
    ['what is possible', 'all is well'],
  ])('has none: %s / %s', (question, sentence) => {
    expect(compare(question, sentence).opposed).toBe(false)
  })

  it('does not say "not" when the question does', () => {
    expect(compare('who may not deploy', 'members may deploy').affirms).toBe(true)
    expect(compare('who may not deploy', 'guests can never deploy').affirms).toBe(false)
    expect(compare('who may deploy', 'guests may not deploy').affirms).toBe(false)
  })
})
