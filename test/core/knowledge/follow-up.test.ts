import { describe, expect, it } from 'vitest'
import { leansBack, withEarlier } from '../../../core/knowledge/follow-up.ts'

const earlier = ['Who owns billing?', 'How do we deploy the gateway to production?', 'What is the rollback window?']

describe('a question in a thread', () => {
  it.each([
    'And on Fridays?',
    'what about staging',
    'Who approves it?',
    'Are they safer than the other ones when markets fall?',
    'Which is more important?',
  ])('leans on earlier ones: %s', (question) => {
    expect(leansBack(question)).toBe(true)
  })

  it('brings in the words of two earlier questions, the last one with more weight, its own words with most', () => {
    const weights = new Map(withEarlier('Who approves it?', earlier).terms.map(({ plain, weight }) => [plain, weight]))
    expect([...weights.keys()]).toEqual(['approves', 'rollback', 'window', 'deploy', 'gateway', 'production'])
    expect(weights.get('approves')).toBe(1)
    expect(weights.get('rollback')).toBeLessThan(1)
    expect(weights.get('gateway')).toBeLessThan(weights.get('rollback') ?? 0)
    expect(weights.has('billing')).toBe(false)
  })

  it('is taken as it is when it stands alone', () => {
    const question = 'Which nats-server versions does the embedded network need?'
    expect(withEarlier(question, earlier)).toEqual(withEarlier(question, []))
  })

  it('keeps the full weight of a word that was there before', () => {
    const { terms } = withEarlier('Can the gateway do it?', earlier)
    expect(terms.filter(({ plain }) => plain === 'gateway')).toEqual([expect.objectContaining({ weight: 1 })])
  })
})
