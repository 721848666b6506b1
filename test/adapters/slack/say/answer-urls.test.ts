import { describe, expect, it } from 'vitest'
import { createAnswerUrls } from '../../../../adapters/slack/say/answer-urls.ts'

describe('addresses for answers', () => {
  const minute = 60_000
  let now = 0
  const open = () => {
    now = 0
    return createAnswerUrls(() => new Date(now))
  }

  it('gives the newest one of that person and room', () => {
    const urls = open()
    urls.remember('U1', 'breakroom', 'newer', new Date(2))
    urls.remember('U1', 'breakroom', 'older', new Date(1))
    urls.remember('U1', 'elsewhere', 'other room', new Date(3))
    urls.remember('U2', 'breakroom', 'other person', new Date(3))
    expect(urls.take('U1', 'breakroom')).toBe('newer')
  })

  it('gives each one five times, then the one before it', () => {
    const urls = open()
    urls.remember('U1', 'r', 'first', new Date(0))
    urls.remember('U1', 'r', 'second', new Date(1))
    const taken = Array.from({ length: 11 }, () => urls.take('U1', 'r'))
    expect(taken).toEqual([...Array(5).fill('second'), ...Array(5).fill('first'), null])
  })

  it('gives none that is about to be half an hour old, nor one that was refused', () => {
    const urls = open()
    urls.remember('U1', 'r', 'old', new Date(0))
    now = 29.5 * minute
    expect(urls.take('U1', 'r')).toBeNull()
    urls.remember('U1', 'r', 'refused', new Date(now))
    urls.forget('refused')
    expect(urls.take('U1', 'r')).toBeNull()
  })
})
