import { expect, it } from 'vitest'
import { createRecentWords } from '../../bridge/recent-words.ts'
import { redactAfter } from '../../core/redact.ts'
import type { HeardLine } from '../../ports/chat.ts'

function heard(text: string, more: Partial<HeardLine> = {}): HeardLine {
  return {
    network: 'local',
    room: 'breakroom',
    heardBy: { kind: 'ear' },
    id: null,
    speaker: { nick: 'alice', account: null, host: 'a@b', bot: false },
    kind: 'say',
    text,
    at: new Date('2026-01-01T12:00:00Z'),
    replayed: false,
    ...more,
  }
}

it('S21: a private key that arrives line by line is taken out from its first line to its last', () => {
  const recent = createRecentWords()
  const body = Array.from({ length: 20 }, (_, n) => `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${String(n).padStart(32, 'k')}`)
  const lines = [`-----BEGIN ${'PRIVATE'} KEY-----`, ...body, `-----END ${'PRIVATE'} KEY-----`, 'that was my key']
  const kept = lines.map((text) => {
    const line = heard(text)
    const clean = redactAfter(recent.before(line), text).text
    recent.said(line)
    return clean
  })
  for (const part of body) expect(kept.join('\n')).not.toContain(part)
  expect(kept.at(-1)).toBe('that was my key')
})

it('does not mix what two people say, nor what one says in two places', () => {
  const recent = createRecentWords()
  recent.said(heard('first half'))
  const bob = { nick: 'bob', account: null, host: 'b@b', bot: false }
  expect(recent.before(heard('x', { speaker: bob }))).toBe('')
  expect(recent.before(heard('x', { room: null }))).toBe('')
  expect(recent.before(heard('x'))).toBe('first half')
})

it('forgets after a minute', () => {
  const recent = createRecentWords()
  recent.said(heard('first half'))
  expect(recent.before(heard('x', { at: new Date('2026-01-01T12:01:01Z') }))).toBe('')
})
