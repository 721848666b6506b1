import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact, redactAfter } from '../../core/redact.ts'
import { harmlessLines } from '../fixtures/harmless.ts'
import { createRandom } from '../fixtures/random.ts'
import { secretLines } from '../fixtures/secrets.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'

/** In pieces, so that no scanner of repositories takes it for a real one. */
const password = ['hunter', '2'].join('')
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`
const slackToken = (seed = 1) =>
  `xox${'b-'}${createRandom(seed).text('digits', 12)}-${createRandom(seed).text('letters', 24)}`

describe('S20: a secret that somebody pastes is taken out, and words are left alone', () => {
  const positives = [1, 2, 3].flatMap(secretLines)
  const negatives = harmlessLines(1)

  test('at least 99 % of secrets in all kinds of surroundings are found', () => {
    const missed = positives.filter(({ text, secret }) => leaks(redact(text).text, secret))
    process.stdout.write(
      `redact: ${positives.length} secrets, recall ${percent(positives.length - missed.length, positives.length)}\n`,
    )
    expect(positives.length).toBeGreaterThanOrEqual(200)
    expect(missed.length / positives.length, JSON.stringify(missed.slice(0, 20), null, 1)).toBeLessThanOrEqual(0.01)
  })

  test('at most 1 % of harmless lines lose anything', () => {
    const hurt = negatives.filter((line) => redact(line).text !== line)
    process.stdout.write(
      `redact: ${negatives.length} harmless lines, false positives ${percent(hurt.length, negatives.length)}\n`,
    )
    expect(negatives.length).toBeGreaterThanOrEqual(400)
    expect(hurt.length / negatives.length, hurt.map((line) => redact(line).text).join('\n')).toBeLessThanOrEqual(0.01)
  })

  test('secrets with a shape of their own are named by their kind', () => {
    const wrong = secretLines(4).filter(({ text, kind }) => !redact(text).found.some((found) => found.kind === kind))
    expect(wrong.length / positives.length).toBeLessThanOrEqual(0.01)
  })

  test('it reads as «redacted:kind:code», with the same code for the same secret', () => {
    const [one, other] = [slackToken(1), slackToken(2)]
    const { text, found } = redact(`a ${one} b ${other} c ${one}`)
    const [first, second, third] = found.map(({ code }) => code)
    expect(text).toBe(
      `a «redacted:slack-token:${first}» b «redacted:slack-token:${second}» c «redacted:slack-token:${third}»`,
    )
    expect(first).toMatch(/^[0-9a-f]{4}$/)
    expect(third).toBe(first)
    expect(second).not.toBe(first)
  })

  test('what stands around it stays', () => {
    expect(redact(`postgres://app:${password}@db/main`).text).toMatch(
      /^postgres:\/\/app:«redacted:url-password:....»@db\/main$/,
    )
    expect(redact(`{"user":"bob","password":"${password}","n":1}`).text).toMatch(
      /^\{"user":"bob","password":"«redacted:password:....»","n":1\}$/,
    )
    expect(redact('!login my three words').text).toMatch(/^!login «redacted:login:....»$/)
  })

  test('invisible characters inside do not hide it', () => {
    const token = [...slackToken()].join('\u200b')
    expect(redact(`x ${token} y`).text).toMatch(/^x «redacted:slack-token:....» y$/)
    expect(redact('pass\u200bword: hun\x02ter2').text).toMatch(/^pass\u200bword: «redacted:password:....»$/)
  })
})

describe('S21: one layer of encoding or a cut does not hide it', () => {
  test('base64 and percent-encoding are decoded once', () => {
    const token = slackToken()
    const twice = Buffer.from(Buffer.from(`the token is ${token}`).toString('base64')).toString('base64')
    expect(redact(Buffer.from(`the token is ${token}`).toString('base64')).found).toMatchObject([
      { kind: 'slack-token' },
    ])
    expect(redact(`u=${encodeURIComponent(`postgres://a:${password}@db`)}`).found).toMatchObject([
      { kind: 'url-password' },
    ])
    expect(redact(twice).found).toEqual([])
  })

  test('a token in two messages loses its second half', () => {
    const token = slackToken()
    const { text, found } = redactAfter(`it is ${token.slice(0, 12)}`, `${token.slice(12)} ok?`)
    expect(text).toMatch(/^«redacted:slack-token:....» ok\?$/)
    expect(found).toHaveLength(1)
  })

  test('a private key that a network split into lines loses every line', () => {
    const key = secretLines(5).find(({ secret }) => secret.startsWith('-----BEGIN'))?.secret ?? ''
    const lines = key.split('\n')
    const shown = lines.map((line, i) => redactAfter(lines.slice(0, i).join('\n'), line).text)
    expect(shown.slice(1, -1).every((line) => /^«redacted:private-key:....»$/.test(line))).toBe(true)
  })

  test('a whole secret does not swallow what is said next', () => {
    expect(redactAfter(`password=${password}`, 'hello there').text).toBe('hello there')
    expect(redactAfter(slackToken(), 'thanks').text).toBe('thanks')
    expect(redactAfter('just talk', 'and more').text).toBe('and more')
  })
})

test('redacting twice changes nothing, for every secret and for 1e5 random strings', () => {
  for (const { text } of secretLines(6)) {
    const once = redact(text).text
    expect(redact(once).text).toBe(once)
  }
  const pieces = [
    'password',
    'token',
    'api_key',
    '=',
    ': ',
    '"',
    "'",
    '://',
    '@',
    ':',
    '!login ',
    'Bearer ',
    '\n',
    '%70',
    '«redacted:',
    '»',
    '\u200b',
    '\ud800',
    'aB3dE5fG7hI9jK1lM3n',
    '\\',
    ',',
    '&',
    ')',
    'xoxb-1',
  ]
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(text, (parts) => {
      const once = redact(parts.join(''))
      expect(redact(once.text).found.length).toBe(0)
    }),
    { numRuns: 100_000 },
  )
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  expectWithin(50, () => redact(text))
})

/** True when eight characters of the secret in a row can still be read (fewer, when it is shorter). */
function leaks(text: string, secret: string): boolean {
  const length = Math.min(8, secret.length)
  for (let at = 0; at + length <= secret.length; at++) {
    const piece = secret.slice(at, at + length)
    if (!piece.startsWith('-----') && text.includes(piece)) return true
  }
  return false
}
