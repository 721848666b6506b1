import { describe, expect, test } from 'vitest'
import { type Reading, readMessage } from '../../../../adapters/slack/hear/message.ts'
import { cto, hub, said, team } from './house.ts'

const read = (event: Record<string, unknown>) => readMessage(event, [hub, cto])
const lineOf = (reading: Reading) => (reading.is === 'said' ? reading.said : reading)

describe('what somebody says', () => {
  test('is their words at their time', () => {
    expect(lineOf(read(said('hello')))).toEqual({
      channel: 'C1',
      ts: '1700000000.000100',
      moment: '1700000000.000100',
      thread: null,
      author: { user: 'U0ALICE', bot: null, botName: null, team },
      kind: 'say',
      mrkdwn: 'hello',
      files: [],
      edit: null,
    })
  })

  test('with /me is an action', () => {
    expect(lineOf(read(said('waves', { subtype: 'me_message' })))).toMatchObject({ kind: 'action', mrkdwn: 'waves' })
  })

  test('in a thread belongs to it, but its first message does not', () => {
    const ts = '1700000000.000100'
    expect(lineOf(read(said('so', { thread_ts: '1690000000.000200' })))).toMatchObject({ thread: '1690000000.000200' })
    expect(lineOf(read(said('so', { thread_ts: ts })))).toMatchObject({ thread: null })
  })

  test('in a thread and the channel at once is one message of the thread', () => {
    const both = said('so', { subtype: 'thread_broadcast', thread_ts: '1690000000.000200', root: { text: 'old' } })
    expect(lineOf(read(both))).toMatchObject({ thread: '1690000000.000200', mrkdwn: 'so', ts: '1700000000.000100' })
  })

  test('comes with references to its files', () => {
    const files = [
      {
        id: 'F1',
        name: 'a.png',
        mimetype: 'image/png',
        size: 12,
        permalink: 'https://x/F1',
        url_private: 'https://x/p',
      },
      { id: 'F2', mode: 'hidden_by_limit' },
      'nonsense',
    ]
    expect(lineOf(read(said('look', { subtype: 'file_share', files })))).toMatchObject({
      files: [
        { name: 'a.png', type: 'image/png', bytes: 12, link: 'https://x/F1' },
        { name: 'a file', type: '', bytes: 0, link: '' },
      ],
    })
  })
})

describe('bots', () => {
  test('S12: are who their bot id says, whatever name they carry', () => {
    const forged = said('approved', { subtype: 'bot_message', bot_id: 'B0X', username: 'alice', user: undefined })
    expect(lineOf(read(forged))).toMatchObject({ author: { user: null, bot: 'B0X', botName: null } })
    const asPerson = said('approved', { bot_id: 'B0X', bot_profile: { id: 'B0X', name: 'Deploys' } })
    expect(lineOf(read(asPerson))).toMatchObject({ author: { user: null, bot: 'B0X', botName: 'Deploys' } })
  })

  test('that say everything in attachments are heard', () => {
    const attachments = [{ fallback: 'build failed' }, { text: 'on main' }, {}]
    const reading = read(said('', { bot_id: 'B0X', attachments }))
    expect(lineOf(reading)).toMatchObject({ mrkdwn: 'build failed\non main' })
  })
})

describe('what the fleet says itself is not heard', () => {
  test.each([
    ['by its bot id', { bot_id: 'B0CTO' }],
    ['by its user', { user: 'U0HUB' }],
    ['by its app', { app_id: 'A0CTO', bot_id: 'B9' }],
    ['by its note, while its app is not proved', { bot_id: 'B9', metadata: { event_type: 'breakroom_lines' } }],
  ])('%s', (_, more) => {
    const ours = said('hi', { user: undefined, ...more })
    const edited = { ...ours, edited: { user: 'U0HUB', ts: '1700000009.000000' } }
    const changed = {
      type: 'message',
      channel: 'C1',
      ts: '1700000009.000000',
      subtype: 'message_changed',
      message: edited,
    }
    const gone = {
      ...changed,
      subtype: 'message_deleted',
      deleted_ts: ours.ts,
      message: undefined,
      previous_message: ours,
    }
    expect(read(ours)).toEqual({ is: 'nothing' })
    expect(read(changed)).toEqual({ is: 'nothing' })
    expect(read(gone)).toEqual({ is: 'nothing' })
  })

  test('a person cannot hide with a note of ours', () => {
    expect(read(said('hi', { metadata: { event_type: 'breakroom_lines' } })).is).toBe('said')
  })
})

describe('what happens to a message', () => {
  const before = said('helo', { ts: '1700000000.000100' })
  const changed = (message: object, previous: object | null = before) => ({
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    channel: 'C1',
    ts: '1700000005.000200',
    message,
    previous_message: previous,
  })
  const edited = { user: 'U0ALICE', ts: '1700000005.000000' }

  test('an edit takes its place and shows what it said before', () => {
    expect(lineOf(read(changed({ ...before, text: 'hello', edited })))).toMatchObject({
      ts: '1700000000.000100',
      moment: '1700000005.000000',
      mrkdwn: 'hello',
      edit: { before: 'helo' },
    })
    expect(lineOf(read(changed({ ...before, text: 'hello', edited }, null)))).toMatchObject({
      edit: { before: null },
    })
  })

  test('a preview is no edit, also of a message that was edited before', () => {
    expect(read(changed({ ...before, attachments: [{ title: 'x' }] }))).toEqual({ is: 'nothing' })
    const once = { ...before, edited }
    expect(read(changed({ ...once, attachments: [{ title: 'x' }] }, once))).toEqual({ is: 'nothing' })
  })

  test('an edit that leaves the words alone is none', () => {
    expect(read(changed({ ...before, edited }))).toEqual({ is: 'nothing' })
  })

  test('an answer does not say the first message of its thread again, typed or not', () => {
    const update = { ...changed({ ...before, thread_ts: before.ts, reply_count: 1 }), subtype: 'message_replied' }
    expect(read(update)).toEqual({ is: 'nothing' })
    expect(read({ ...update, subtype: undefined })).toEqual({ is: 'nothing' })
  })

  test('F41: it is deleted, or its gravestone stays for its thread', () => {
    const deleted = { deleted: { channel: 'C1', ts: before.ts, moment: '1700000005.000200' } }
    const gone = { ...changed({}), subtype: 'message_deleted', message: undefined, deleted_ts: before.ts }
    expect(read(gone)).toMatchObject({ is: 'deleted', ...deleted })
    const stone = {
      type: 'message',
      subtype: 'tombstone',
      ts: before.ts,
      user: 'USLACKBOT',
      text: 'This message was deleted.',
    }
    expect(read(changed(stone))).toMatchObject({ is: 'deleted', ...deleted })
    expect(read(changed(stone, stone))).toEqual({ is: 'nothing' })
  })

  test('a mention that an edit brings once more is not a line', () => {
    expect(read(said('<@U0CTO> hi', { type: 'app_mention', edited }))).toEqual({ is: 'nothing' })
  })
})

test.each(['channel_join', 'channel_topic', 'group_name', 'pinned_item', 'assistant_app_thread'])(
  '%s is nothing said',
  (subtype) => {
    expect(read(said('x', { subtype }))).toEqual({ is: 'nothing' })
  },
)

test.each([
  ['no timestamp', said('x', { ts: undefined })],
  ['a timestamp that is none', said('x', { ts: 'now' })],
  ['no channel', said('x', { channel: undefined })],
  ['nobody who said it', said('x', { user: undefined })],
  ['a text that is a number', said('x', { text: 7 })],
  ['a change of nothing', { type: 'message', subtype: 'message_changed', channel: 'C1', ts: '1700000000.000100' }],
  ['a deletion of nothing', { type: 'message', subtype: 'message_deleted', channel: 'C1', ts: '1700000000.000100' }],
])('an event with %s is malformed and harmless', (_, event) => {
  expect(read(event)).toEqual({ is: 'malformed' })
})
