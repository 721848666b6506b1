import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withMeasured } from '../../../core/state/measure.ts'
import { roleDaySchema } from '../../../core/state/role-day.ts'
import { usageOf } from '../../../core/state/usage.ts'
import { envelopeOf } from '../../support/envelope.ts'

const used = (data: Record<string, unknown>, actor = 'cto', storedAt = '2026-11-22T00:01:00.000Z') =>
  usageOf(
    envelopeOf('u-1', { type: 'role.usage', actor, time: '2026-11-21T23:59:00.000Z', data }),
    `events.${actor}.role.usage`,
    new Date(storedAt),
  )
const fine = { input_tokens: 1_200, output_tokens: 80 }

describe('what calls of models used', () => {
  it('is added to the day and the role that say so', () => {
    expect(used({ ...fine, usd: 0.02 })).toEqual({
      role: 'cto',
      day: '2026-11-21',
      adds: { model_calls: 1, tokens_in: 1_200, tokens_out: 80, usd: 0.02 },
    })
    expect(used(fine)?.adds.usd).toBe(0)
    expect(used({ ...fine, calls: 7 })?.adds.model_calls).toBe(7)
    expect(used({ ...fine, role: 'cto', model: 'something' })?.role).toBe('cto')
  })

  it.each([
    ['a minute before it says so', '2026-11-21T23:58:00.000Z', '2026-11-21'],
    ['a day later', '2026-11-22T23:59:00.000Z', '2026-11-21'],
    ['later than that', '2026-11-23T00:00:00.000Z', '2026-11-23'],
    ['long before it says so', '2026-11-20T12:00:00.000Z', '2026-11-20'],
  ])('is of the day that it says unless it was stored far from it: %s', (_, storedAt, day) => {
    expect(used(fine, 'cto', storedAt)?.day).toBe(day)
  })

  it('is for the role that the desk names, and for none that another role names', () => {
    expect(used({ ...fine, role: 'cso' }, 'breakroom')?.role).toBe('cso')
    expect(used(fine, 'breakroom')?.role).toBe('breakroom')
    expect(used({ ...fine, role: 'cso' }, 'cto')).toBeNull()
  })

  it('is nothing where a person would have used it', () => {
    expect(used(fine, 'human-ada')).toBeNull()
    expect(used({ ...fine, role: 'human-ada' }, 'breakroom')).toBeNull()
  })

  it.each([
    ['calls that were none', { calls: 0 }],
    ['a count below nothing', { input_tokens: -1 }],
    ['half a token', { output_tokens: 0.5 }],
    ['no number', { input_tokens: Number.NaN }],
    ['no end', { output_tokens: Number.POSITIVE_INFINITY }],
    ['more than any call', { input_tokens: 1e15 }],
    ['a word', { input_tokens: '1200' }],
    ['a count that is missing', { output_tokens: undefined }],
    ['money back', { usd: -0.01 }],
    ['a fortune', { usd: 1e9 }],
    ['money as a word', { usd: '0.02' }],
    ['a role without a name', { role: '' }],
    ['a role with too much of one', { role: 'x'.repeat(65) }],
  ])('is nothing with %s in it', (_, off) => {
    expect(used({ ...fine, ...off }, 'breakroom')).toBeNull()
  })

  it('is nothing where the record speaks of something else', () => {
    const envelope = envelopeOf('u-1', { type: 'role.usage', actor: 'cto', data: fine })
    expect(usageOf(envelope, 'events.cto.role.renamed', new Date())).toBeNull()
    expect(usageOf({ ...envelope, type: 'role.renamed' }, 'events.cto.role.usage', new Date())).toBeNull()
  })

  it('makes a day that can be kept, or nothing, whatever is said', () => {
    const anyData = fc.record(
      {
        input_tokens: fc.oneof(fc.anything(), fc.nat()),
        output_tokens: fc.oneof(fc.anything(), fc.nat()),
        usd: fc.oneof(fc.double(), fc.anything()),
        role: fc.oneof(fc.string(), fc.anything()),
      },
      { requiredKeys: ['input_tokens', 'output_tokens'] },
    )
    fc.assert(
      fc.property(anyData, fc.constantFrom('cto', 'breakroom'), (data, actor) => {
        const measured = used(data, actor)
        if (measured !== null) roleDaySchema.parse(withMeasured(null, measured))
      }),
    )
  })
})
