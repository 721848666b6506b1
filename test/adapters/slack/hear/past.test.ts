import { describe, expect, test } from 'vitest'
import type { MessagePayload } from '../../../../adapters/slack/hear/payload.ts'
import { type Span, saidWithin, spanOfThread, spanSince } from '../../../../adapters/slack/hear/span.ts'
import { threadsIn, threadsToRead } from '../../../../adapters/slack/hear/threads.ts'
import { dateOf, timestampOf } from '../../../../adapters/slack/timestamp.ts'
import { cto, hub } from './house.ts'

const timing = { overlap: 600_000, overlapUpTo: 20 * 3_600_000 }
const end = { at: dateOf('1700000000.123456'), id: 'T1:C1:1700000000.123456', loose: true, notBefore: null }
const hours = (count: number) => new Date(end.at.getTime() + count * 3_600_000)

describe('what is read', () => {
  test('begins a while before the end of the record, because events come out of order', () => {
    expect(spanSince('C1', end, hours(2), timing)).toEqual({
      channel: 'C1',
      end: '1700000000.123456',
      from: '1699999400.123000',
      after: null,
      marked: true,
    })
  })

  test('begins behind the last message when the record would not recognise it any more', () => {
    expect(spanSince('C1', end, hours(30), timing)).toMatchObject({
      from: '1700000000.123000',
      after: '1700000000.123456',
    })
  })

  test('begins at a moment that is no message, and not before', () => {
    const moment = { at: end.at, id: null, loose: false, notBefore: null }
    const span = { from: '1700000000.123000', end: '1700000000.123000', after: null, marked: false }
    expect(spanSince('C1', moment, hours(2), timing)).toMatchObject(span)
    expect(spanSince('C1', moment, hours(30), timing)).toMatchObject(span)
  })

  test('of a thread begins where that was heard, when its channel was heard further', () => {
    const span = spanSince('C1', end, hours(2), timing)
    const thread = '1690000000.000000'
    const within = (heard: Date | null, now = hours(2)) => spanOfThread(span, thread, heard, now, timing)
    expect(within(end.at)).toEqual(span)
    expect(within(hours(-1))).toEqual({ ...span, from: '1699995800.123000', after: thread })
    expect(within(hours(-1), hours(30))).toEqual({ ...span, from: '1699996400.123000', after: '1699996400.123999' })
    expect(within(null)).toEqual({ ...span, from: thread, after: thread })
  })

  test('begins not before there was a record at all', () => {
    const begun = new Date(end.at.getTime() - 60_000)
    expect(spanSince('C1', { ...end, notBefore: begun }, hours(2), timing).from).toBe('1699999940.123000')
  })

  test('times are cut to the millisecond and never rounded', () => {
    expect(dateOf('1700000000.123999').toISOString()).toBe('2023-11-14T22:13:20.123Z')
    expect(timestampOf(dateOf('1700000000.007999'))).toBe('1700000000.007000')
  })
})

describe('threads that are asked for', () => {
  const span = { channel: 'C1', from: '1700000000.000000', end: '1700000600.000000' }
  const parent = (ts: string, latest: string): MessagePayload => ({
    ts,
    thread_ts: ts,
    reply_count: 2,
    latest_reply: latest,
  })

  test('are those that were answered after the end', () => {
    const history = [parent('1700000100.000000', '1700000700.000000'), parent('1700000200.000000', '1700000600.000000')]
    expect(threadsToRead(history, [], span)).toEqual({ shown: ['1700000100.000000'], older: [] })
  })

  test('are those of the record that began before, as far as they are of this channel', () => {
    const live = [
      'T1:C1:1690000000.000000',
      'T1:C2:1690000000.000001',
      'T1:C1:1700000100.000000',
      'T1:C1:1680000000.000000',
    ]
    const known = threadsIn(
      'C1',
      live.map((thread, index) => ({ thread, at: hours(index) })),
    )
    const { shown, older } = threadsToRead([parent('1700000100.000000', '1700000101.000000')], known, span)
    expect(shown).toEqual([])
    expect(older.map(({ ts }) => ts)).toEqual(['1680000000.000000', '1690000000.000000'])
  })

  test('are those an answer of which was shown in the channel', () => {
    const broadcast = { ts: '1700000700.000000', thread_ts: '1680000000.000000' }
    expect(threadsToRead([broadcast], [], span)).toEqual({ shown: ['1680000000.000000'], older: [] })
  })
})

describe('what is told', () => {
  const span: Span = { channel: 'C1', from: '1700000000.000000', end: '1700000600.000000', after: null, marked: true }
  const message = (ts: string, text: string, more: object = {}): MessagePayload => ({ ts, text, user: 'U1', ...more })
  const told = (messages: MessagePayload[], of = span) =>
    saidWithin(of, messages, [hub, cto]).map(({ mrkdwn, moment, edit }) => [mrkdwn, moment, edit !== null])

  test('is in order, whatever order it was read in', () => {
    const messages = [
      message('1700000800.000000', 'c'),
      message('1700000700.000002', 'b'),
      message('1700000700.000001', 'a'),
    ]
    expect(told(messages).map(([text]) => text)).toEqual(['a', 'b', 'c'])
  })

  test('has an edit of a message that the record has, when it was made after its end', () => {
    const edited = (ts: string) => ({ edited: { ts } })
    expect(
      told([
        message('1690000000.000000', 'old, changed now', edited('1700000900.000000')),
        message('1690000000.000001', 'old, changed long ago', edited('1690000009.000000')),
        message('1700000700.000000', 'new, changed at once', edited('1700000701.000000')),
      ]),
    ).toEqual([
      ['new, changed at once', '1700000700.000000', false],
      ['old, changed now', '1700000900.000000', true],
    ])
  })

  test('leaves out ours, joins, gravestones and what is not after the last message', () => {
    const messages = [
      message('1700000700.000000', 'ours', { bot_id: 'B0HUB' }),
      message('1700000700.000001', 'joined', { subtype: 'channel_join' }),
      message('1700000700.000002', 'This message was deleted.', { subtype: 'tombstone', user: 'USLACKBOT' }),
      message('1700000600.000000', 'the last one'),
      message('1700000700.000003', 'new'),
    ]
    expect(told(messages, { ...span, after: '1700000600.000000' })).toEqual([['new', '1700000700.000003', false]])
  })
})
