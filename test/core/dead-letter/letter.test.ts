import { describe, expect, it } from 'vitest'
import { classOf, classOfReason } from '../../../core/dead-letter/class.ts'
import { asLetterLabel } from '../../../core/dead-letter/label.ts'
import { readLetter } from '../../../core/dead-letter/letter.ts'
import { type Envelope, encodeEnvelope } from '../../../core/envelope.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { itemFor } from '../../support/dead-letters.ts'
import { envelopeOf } from '../../support/envelope.ts'

const bytesOf = (envelope: Envelope) => Buffer.from(encodeEnvelope(envelope)).toString('base64')

function letterOf(data: Record<string, unknown>, more: Partial<Envelope> & { writer?: string | null } = {}) {
  const { writer = 'cto', ...fields } = more
  const envelope = { ...envelopeOf('dead:cto:1'), type: 'deadletter.item', actor: 'cto', ...fields, data }
  return readLetter({ writer, envelope, bytes: encodeEnvelope(envelope) })
}

const item = { seat: 'cto', reason: 'It was tried 4 times without success.', deliveries: 5, subject: 'x', cut: false }

describe('a letter', () => {
  it('is read with what was in it', () => {
    const bytes = bytesOf(itemFor({ id: 'line-1' }))
    expect(letterOf({ ...item, class: 'transient', bytes, retry_of: 'dead:cto:0' })).toMatchObject({
      kind: 'item',
      proved: true,
      class: 'transient',
      original: { id: 'line-1>cto' },
      retryOf: 'dead:cto:0',
    })
  })

  it('of an older writer is read too, with a class made from its reason, and nobody proves it', () => {
    expect(letterOf({ ...item, bytes: '' }, { writer: null })).toMatchObject({
      kind: 'item',
      class: 'logic',
      proved: false,
    })
  })

  it('of somebody who is not its actor is not proved', () => {
    const forged = letterOf({ ...item, bytes: '' }, { writer: 'cso' })
    expect(forged).toMatchObject({ proved: false, seat: 'cso' })
    // Else the true one would be taken for known.
    expect(forged.id).not.toBe('dead:cto:1')
  })

  it.each([
    ['another type', letterOf({ reason: 'odd', class: 'validation' }, { type: 'deadletter.later' })],
    ['data that is off', letterOf({ ...item, bytes: '***' })],
    ['a follow-up that a role claims', letterOf({ task: 't-1', index: 0 }, { type: 'deadletter.follow-up' })],
    [
      'a follow-up that a role claims in the name of the house',
      letterOf({ task: 't-1', index: 0 }, { type: 'deadletter.follow-up', actor: 'breakroom' }),
    ],
    [
      'no envelope',
      readLetter({ writer: 'cto', envelope: new BreakroomError('unreadable', 'no'), bytes: new Uint8Array([1]) }),
    ],
  ])('with %s is a letter all the same', (_, letter) => {
    expect(letter.kind).toBe('other')
    expect(letter.id).not.toBe('')
  })
})

describe('the class', () => {
  it.each([
    [new BreakroomError('unavailable', 'away'), 'transient'],
    [new BreakroomError('refused', 'full', { detail: { rule: 'queue-full' } }), 'transient'],
    [new BreakroomError('refused', 'no role', { detail: { rule: 'unknown-role' } }), 'validation'],
    [new BreakroomError('denied', 'no'), 'validation'],
    [new BreakroomError('unreadable', 'no'), 'validation'],
    [new TypeError('x is not a function'), 'logic'],
    ['thrown', 'logic'],
  ])('of %s is %s', (error, expected) => expect(classOf(error)).toBe(expected))

  it.each([
    ['It was tried 4 times without success.', 'logic'],
    ['It is a inbox.odd, which this seat cannot read.', 'validation'],
    ['An envelope has version 2; this code reads 1.', 'validation'],
    ['There is no role devops.', 'validation'],
    ['The bus is away.', 'transient'],
    ['', 'logic'],
  ])('of an older writer that said "%s" is %s', (reason, expected) => expect(classOfReason(reason)).toBe(expected))
})

it('its label is known however it is written', () => {
  expect(['d-3', 'D-3', '#3', '3', 't-3', 'd-0', 'x', ''].map(asLetterLabel)).toEqual([
    ...['d-3', 'd-3', 'd-3', 'd-3'],
    ...[null, null, null, null],
  ])
})
