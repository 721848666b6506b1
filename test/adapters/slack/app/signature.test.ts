import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isSigned } from '../../../../adapters/slack/app/signature.ts'

const secret = 'a signing secret'
const now = new Date('2026-01-05T09:00:00.400Z')
const seconds = Math.floor(now.getTime() / 1000)

function signed(body: Uint8Array, { at = String(seconds), by = secret, version = 'v0' } = {}) {
  const proof = createHmac('sha256', by).update(`${version}:${at}:`).update(body).digest('hex')
  return { headers: { 'x-slack-signature': `${version}=${proof}`, 'x-slack-request-timestamp': at }, body }
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe("Slack's signature", () => {
  it('is good over the raw bytes, whatever they are, and however headers are written', () => {
    expect(isSigned(signed(bytes('{"a": "ü"}')), secret, now)).toBe(true)
    expect(isSigned(signed(new Uint8Array([0xff, 0xfe, 0x00])), secret, now)).toBe(true)
    const { headers, body } = signed(bytes('x'))
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
    expect(isSigned({ headers: shouted, body }, secret, now)).toBe(true)
  })

  it.each([
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
    [-360, false],
    [360, false],
  ])('S11: made %i seconds from now counts: %s', (offset, good) => {
    const whole = new Date(seconds * 1000)
    expect(isSigned(signed(bytes('x'), { at: String(seconds + offset) }), secret, whole)).toBe(good)
  })

  it.each<[string, { headers: Record<string, string>; body: Uint8Array }]>([
    ['none', { headers: {}, body: bytes('x') }],
    ['one without a time', { ...signed(bytes('x')), headers: { 'x-slack-signature': 'v0=00' } }],
    ["another app's", signed(bytes('x'), { by: 'another secret' })],
    ['one of another version', signed(bytes('x'), { version: 'v1' })],
    ['one over a body that was written anew', { ...signed(bytes('{"a": 1}')), body: bytes('{"a":1}') }],
    [
      'one for another time',
      {
        ...signed(bytes('x')),
        headers: { ...signed(bytes('x')).headers, 'x-slack-request-timestamp': String(seconds - 1) },
      },
    ],
    ['a time that is no number', signed(bytes('x'), { at: `${seconds}x` })],
    ['a time with a sign', signed(bytes('x'), { at: `+${seconds}` })],
    ['an empty one', { ...signed(bytes('x')), headers: { ...signed(bytes('x')).headers, 'x-slack-signature': '' } }],
    [
      'two joined',
      {
        ...signed(bytes('x')),
        headers: {
          ...signed(bytes('x')).headers,
          'x-slack-signature': `v0=00, ${signed(bytes('x')).headers['x-slack-signature']}`,
        },
      },
    ],
    [
      'one that is cut',
      {
        ...signed(bytes('x')),
        headers: {
          ...signed(bytes('x')).headers,
          'x-slack-signature': signed(bytes('x')).headers['x-slack-signature'].slice(0, -1),
        },
      },
    ],
  ])('S11: is not good: %s', (_what, request) => {
    expect(isSigned(request, secret, now)).toBe(false)
  })

  it('S11: is never good with an empty secret', () => {
    expect(isSigned(signed(bytes('x'), { by: '' }), '', now)).toBe(false)
  })
})
