import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEnvelope, readEvent } from '../../../../adapters/slack/app/payload.ts'
import { parseObject } from '../../../../adapters/slack/web/json-object.ts'

describe('what Slack hands over', () => {
  it('is an event when it has one inside', () => {
    const body = {
      type: 'event_callback',
      team_id: 'T1',
      api_app_id: 'A1',
      event_id: 'Ev1',
      event: { type: 'message', text: 'x' },
    }
    expect(readEnvelope({ envelope_id: 'e', type: 'events_api', payload: body, retry_attempt: 2 })).toEqual({
      id: 'e',
      payload: {
        kind: 'event',
        body: { team_id: 'T1', api_app_id: 'A1', event_id: 'Ev1', event: { type: 'message', text: 'x' }, retry: 2 },
      },
    })
  })

  it.each(['slash_commands', 'interactive'])('is an interaction in an envelope of type %s', (type) => {
    expect(readEnvelope({ envelope_id: 'e', type, payload: { a: 1 } }).payload).toEqual({
      kind: 'interaction',
      body: { a: 1 },
    })
  })

  it('is a complaint about too many events wherever that stands', () => {
    for (const message of [
      { type: 'events_api', payload: { type: 'app_rate_limited', minute_rate_limited: 1 } },
      { type: 'app_rate_limited' },
    ]) {
      expect(readEnvelope(message).payload).toEqual({ kind: 'limited' })
    }
  })

  it('is nothing that we know, and no error, for anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (type, payload) => {
        readEnvelope({ type, payload, envelope_id: payload })
        readEvent(payload, 0)
      }),
      { examples: [[{ toString: false }, { type: { toString: false } }]] },
    )
    expect(readEvent({ type: 'event_callback', event: { text: 'no type' } }, 0).kind).toBe('other')
    expect(readEvent({ type: 'event_callback' }, 0).kind).toBe('other')
    expect(readEvent([], 0).kind).toBe('other')
    expect(parseObject('[1]')).toBeNull()
    expect(parseObject('{"a":')).toBeNull()
  })
})
