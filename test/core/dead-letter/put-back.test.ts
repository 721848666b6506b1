import { describe, expect, it } from 'vitest'
import type { Tier } from '../../../core/authority.ts'
import { checkChanges, editedFollowUp } from '../../../core/dead-letter/edit.ts'
import { type ItemLetter, readLetter } from '../../../core/dead-letter/letter.ts'
import { putBackOf } from '../../../core/dead-letter/put-back.ts'
import type { LetterEdit } from '../../../core/dead-letter/record.ts'
import { decodeEnvelope, encodeEnvelope } from '../../../core/envelope.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { type Given, itemFor } from '../../support/dead-letters.ts'
import { envelopeOf } from '../../support/envelope.ts'

const subjects = orgSubjects('breakroom')
const seats = { names: new Set(['cto', 'cso', 'breakroom']), subjects }

function letterFor(
  given: Partial<Given> = {},
  more: Record<string, unknown> = {},
  writer: string | null = 'cto',
): ItemLetter {
  const { seat = 'cto' } = given
  const bytes = Buffer.from(encodeEnvelope(itemFor({ id: 'line-1', ...given }))).toString('base64')
  const data = { seat, reason: 'r', subject: subjects.inbox(seat), bytes, cut: false, ...more }
  const envelope = { ...envelopeOf('dead:1'), type: 'deadletter.item', actor: seat, data }
  const letter = readLetter({ writer, envelope, bytes: encodeEnvelope(envelope) })
  if (letter.kind !== 'item') throw new Error('no item')
  return letter
}

const now = (people: Record<string, Tier>) => ({ people: new Map(Object.entries(people)), limits: new Map() })
const everybody = now({ 'human-alice': 'member', 'human-grace': 'founder', 'human-bob': 'member' })
const byBob: LetterEdit = { by: 'human-bob', tier: 'member', name: 'Bob', changes: { text: 'resume' } }
const rule = (name: string) =>
  expect.objectContaining({ code: 'refused', detail: expect.objectContaining({ rule: name }) })

describe('an item', () => {
  it('goes back as it came to the queue that it came from', () => {
    const letter = letterFor()
    expect(putBackOf(letter, null, seats, everybody)).toEqual({
      subject: subjects.inbox('cto'),
      bytes: letter.bytes,
      doorbell: null,
    })
  })

  it.each([
    ['of another seat', letterFor({}, { subject: subjects.inbox('cso') }), 'no-queue'],
    ['that is none', letterFor({}, { subject: 'events.breakroom.chat.breakroom' }), 'no-queue'],
    ['of the ledger', letterFor({}, { subject: subjects.ledger('x') }), 'no-queue'],
    ['of a role that is gone', letterFor({ seat: 'devops' }, {}, 'devops'), 'no-seat'],
    ['that nobody proves', letterFor({}, {}, null), 'unproved'],
    ['that another wrote', letterFor({ seat: 'breakroom', kind: 'command', text: '!stop' }), 'unproved'],
    ['that was cut', letterFor({}, { cut: true }), 'cut'],
    ['that cannot be read', letterFor({}, { bytes: Buffer.from('{}').toString('base64') }), 'unreadable'],
    [
      'that is no work',
      letterFor({}, { bytes: Buffer.from(encodeEnvelope(envelopeOf('x'))).toString('base64') }),
      'unreadable',
    ],
  ])('S4: does not go back to a queue %s', (_, letter, expected) => {
    expect(() => putBackOf(letter, null, seats, everybody)).toThrow(rule(expected))
  })

  it.each([
    [
      'was a founder and is a member',
      { actor: 'human-grace', tier: 'founder' as const },
      now({ 'human-grace': 'member' }),
    ],
    ['is nobody any more', {}, now({})],
  ])('S4: does not go back when whoever asked %s', (_, given, rights) => {
    expect(() => putBackOf(letterFor(given), null, seats, rights)).toThrow(rule('rights-lost'))
  })

  it('of a stranger goes back with the rights that the room gave them', () => {
    const letter = letterFor({ actor: 'human-eve-via-local', tier: 'guest' })
    expect(() => putBackOf(letter, null, seats, now({}))).not.toThrow()
  })

  it("S4: that a member edited has the member's words, name and rights, and nothing of the founder who said it first", () => {
    const said = {
      seat: 'breakroom',
      kind: 'command' as const,
      actor: 'human-grace',
      tier: 'founder' as const,
      text: '!status',
    }
    const letter = letterFor(said, {}, 'breakroom')
    // What only a founder may: not with a member's rights.
    expect(() => putBackOf(letter, { ...byBob, changes: { text: '!resume' } }, seats, everybody)).toThrow(
      rule('rights-lost'),
    )
    const edited = decodeEnvelope(putBackOf(letter, { ...byBob, changes: { text: '!help' } }, seats, everybody).bytes)
    expect(edited).toMatchObject({
      actor: 'human-bob',
      authority: { requester: 'human-bob', chain: [] },
      data: { body: '!help', tier: 'member', line: { actor: 'human-bob', data: { speaker: 'Bob', tier: 'member' } } },
    })
    expect(edited.id).not.toBe('line-1>breakroom')
    expect(JSON.stringify(edited.data)).not.toMatch(/grace|founder|origin/)
  })

  it('S22: that was said to a seat alone cannot be said anew by another', () => {
    expect(() => putBackOf(letterFor({ alone: true }), byBob, seats, everybody)).toThrow(rule('not-yours'))
  })
})

describe('an edit', () => {
  it.each([
    ['follow-up', { text: 'x' }, 'edit-field'],
    ['follow-up', { requester: 'human-grace' }, 'edit-field'],
    ['follow-up', { constructor: 'x' }, 'edit-field'],
    ['item', { role: 'cso' }, 'edit-field'],
    ['item', { text: '  ' }, 'edit-empty'],
    ['follow-up', { title: 'x'.repeat(201) }, 'edit-long'],
    ['follow-up', {}, 'edit-nothing'],
    ['other', { text: 'x' }, 'edit-kind'],
  ] as const)('of a letter of kind %s does not take %o', (kind, changes, expected) => {
    expect(() => checkChanges(kind, changes)).toThrow(rule(expected))
  })

  it('changes only what it names of a follow-up', () => {
    const payload_template = {
      title: 'Deploy {task_id}',
      description: 'd',
      acceptance_criteria: ['it runs'],
      verification: [],
      on_complete: [],
    }
    const next = { publish_to: 'devops', payload_template }
    expect(editedFollowUp(next, { role: '@CSO', accept: 'a\nb' })).toEqual({
      publish_to: 'cso',
      payload_template: { ...payload_template, acceptance_criteria: ['a', 'b'] },
    })
    expect(() => editedFollowUp(next, { title: 'Review {task}' })).toThrow(rule('unknown-placeholder'))
  })
})
