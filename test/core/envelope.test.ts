import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asChatLine,
  chatEnvelope,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  envelopeVersion,
  traceCode,
  traceOf,
} from '../../core/envelope.ts'
import { isBreakroomError } from '../../core/errors.ts'
import { expectWithin } from '../support/huge-input.ts'

const line = chatEnvelope({
  id: 'irc:embedded:1',
  source: 'irc/embedded',
  at: new Date('2026-11-21T12:00:00.000Z'),
  room: { name: 'breakroom', visibility: 'public' },
  actor: 'human-ada',
  authority: { requester: 'human-ada', chain: [] },
  trace: traceOf('irc:embedded:1'),
  hops: 0,
  data: { text: 'cto: hello', kind: 'say', speaker: 'Ada', tier: 'member' },
})
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const changed = (fields: Record<string, unknown>) => bytes({ ...line, ...fields })
const written = (from: string, to: string) => bytes(JSON.stringify(line).replace(from, to))

/** Why the bytes cannot be read; fails when they can, or when it is no error of ours. */
function reasonOf(input: Uint8Array): unknown {
  try {
    decodeEnvelope(input)
  } catch (error) {
    if (!isBreakroomError(error, 'unreadable')) throw error
    expect(error.message.length).toBeLessThan(2_000)
    return error.detail.reason
  }
  return 'it was read'
}

test('what was written is read', () => {
  expect(decodeEnvelope(encodeEnvelope(line))).toEqual(line)
  expect(asChatLine(decodeEnvelope(encodeEnvelope(line)))).toEqual(line)
})

test('F58: what a newer writer added is kept, at every level', () => {
  const newer = { ...line, mood: 'calm', room: { ...line.room, topic: 'x' }, data: { ...line.data, emoji: ['👍'] } }
  expect(asChatLine(decodeEnvelope(bytes(newer)))).toEqual(newer)
  expect(JSON.parse(new TextDecoder().decode(encodeEnvelope(decodeEnvelope(bytes(newer)))))).toEqual(newer)
})

test.each([0, 2, 99, 1.5, -1])('F58: version %d is refused for its version, whatever else is in it', (version) => {
  expect(reasonOf(changed({ version }))).toBe('version')
  expect(reasonOf(bytes({ version, shape: 'unheard of' }))).toBe('version')
})

describe('S34: what is no envelope is refused with a reason, and nothing falls over', () => {
  test.each([
    ['a depth of 10,000', bytes(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 'depth'],
    ['a depth of 100,000', bytes('['.repeat(100_000) + ']'.repeat(100_000)), 'depth'],
    [
      'depth inside a valid envelope',
      written('"data":{', `"data":{"deep":${'['.repeat(40)}${']'.repeat(40)},`),
      'depth',
    ],
    ['more than a megabyte', changed({ data: { ...line.data, text: 'x'.repeat(1_100_000) } }), 'size'],
    ['NaN', written('"hops":0', '"hops":NaN'), 'json'],
    ['a number beyond numbers', written('"hops":0', '"hops":1e999'), 'schema'],
    ['no JSON', bytes('hello'), 'json'],
    ['half of it', encodeEnvelope(line).slice(0, 100), 'json'],
    ['nothing', new Uint8Array(), 'json'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'json'],
    ['a surrogate half in bytes', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'json'],
    ['null', bytes('null'), 'schema'],
    ['a list', bytes('[]'), 'schema'],
    ['a word', bytes('"envelope"'), 'schema'],
    ['a version in words', changed({ version: '1' }), 'schema'],
    ['no version', changed({ version: undefined }), 'schema'],
    ['an empty id', changed({ id: '' }), 'schema'],
    ['an actor of 301', changed({ actor: 'x'.repeat(301) }), 'schema'],
    ['a number for an id', changed({ id: 7 }), 'schema'],
    ['a list for an actor', changed({ actor: ['cto'] }), 'schema'],
    ['a time that is none', changed({ time: 'yesterday' }), 'schema'],
    ['hops below zero', changed({ hops: -1 }), 'schema'],
    ['a room open to somebody else', changed({ room: { name: 'x', visibility: 'secret' } }), 'schema'],
    ['data that is text', changed({ data: 'hello' }), 'schema'],
    ['a chain of 100,000', changed({ authority: { requester: 'x', chain: Array(100_000).fill(0) } }), 'schema'],
    ['a key twice, the last one wrong', written('"hops":0', '"hops":0,"hops":"many"'), 'schema'],
  ])('%s', (_, input, reason) => {
    expect(reasonOf(input)).toBe(reason)
  })

  test('of a key that stands twice the last one counts', () => {
    expect(decodeEnvelope(written('"hops":0', '"hops":9,"hops":1')).hops).toBe(1)
  })

  test('__proto__ changes no object, neither the envelope nor all others', () => {
    const poison = '"__proto__":{"polluted":true,"tier":"founder"},"constructor":{"prototype":{"polluted":true}},'
    for (const place of ['{"specversion"', '"data":{', '"authority":{', '"room":{']) {
      const at = place.startsWith('{') ? '{' : place
      const read: Envelope = decodeEnvelope(written(place, place.replace(at, at + poison)))
      for (const object of [read, read.data, read.authority, read.room]) {
        expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
        expect((object as Record<string, unknown>).polluted).toBeUndefined()
      }
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('a lone surrogate in a text survives the way there and back', () => {
    const odd = { ...line, data: { ...line.data, text: 'a\ud800b' } }
    expect(decodeEnvelope(encodeEnvelope(odd))).toEqual(odd)
  })

  test('each refusal takes less than 50 ms', () => {
    for (const input of [
      bytes('['.repeat(250_000) + ']'.repeat(250_000)),
      bytes(`[${'{},'.repeat(170_000)}{}]`),
      changed({ authority: { requester: 'x', chain: Array(200_000).fill(0) } }),
    ]) {
      expectWithin(50, () => expect(reasonOf(input)).not.toBe('it was read'))
    }
  })

  test('1e5 random changes of an envelope: it is read, or refused as unreadable', () => {
    const key = fc.constantFrom(
      'specversion',
      'version',
      'id',
      'source',
      'type',
      'time',
      'room',
      'actor',
      'authority',
      'trace',
      'hops',
      'data',
      '__proto__',
    )
    const value = fc.oneof(
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom(null, '', 0, 1, 2, -1, {}, [], '1.0', 'x'.repeat(301)) },
    )
    fc.assert(
      fc.property(key, value, (key, value) => {
        const reason = reasonOf(changed({ [key]: value }))
        expect(['it was read', 'version', 'schema', 'depth']).toContain(reason)
      }),
      { numRuns: 100_000 },
    )
  }, 120_000)
})

test('a chat line whose data is off, or without a room, is none', () => {
  const read = (fields: Record<string, unknown>) => asChatLine(decodeEnvelope(changed(fields)))
  expect(read({ type: 'gap.open' })).toBeNull()
  expect(read({ room: undefined })).toBeNull()
  expect(read({ data: { ...line.data, tier: 'king' } })).toBeNull()
  expect(read({ data: { ...line.data, text: 7 } })).toBeNull()
  expect(read({ data: { ...line.data, speaker: 'x'.repeat(301) } })).toBeNull()
})

test('the same line always has the same trace, and people see four letters of it', () => {
  expect(traceOf('a')).toBe(traceOf('a'))
  expect(traceOf('a')).not.toBe(traceOf('b'))
  expect(traceOf('a')).toMatch(/^[0-9a-z]{25}$/)
  expect(traceCode(traceOf('a'))).toMatch(/^[0-9a-z]{4}$/)
  expect(line.version).toBe(envelopeVersion)
})
