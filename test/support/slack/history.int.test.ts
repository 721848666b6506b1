import { type ConversationsHistoryResponse, WebClient } from '@slack/web-api'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { startFakeSlack } from './fake-slack.ts'

async function house() {
  const slack = await startFakeSlack({ clock: createVirtualClock() })
  const hub = slack.app({ name: 'breakroom' })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'general', members: [alice, hub] })
  const web = new WebClient(hub.botToken, { slackApiUrl: slack.url, logger: silentLogger })
  const say = (text: string, options = {}) => slack.say(alice, room, text, options)
  const texts = async (args: object) => {
    const { messages = [] } = await web.conversations.history({ channel: room.id, ...args })
    return messages.map(({ text }) => text)
  }
  return { slack, hub, alice, room, web, say, texts }
}

test('history is newest first, and its ends are out unless asked in', async () => {
  const { slack, say, texts } = await house()
  await using _ = slack
  const [a, , c] = ['a', 'b', 'c', 'd'].map((text) => say(text))
  expect(await texts({})).toEqual(['d', 'c', 'b', 'a'])
  expect(await texts({ oldest: a?.ts })).toEqual(['d', 'c', 'b'])
  expect(await texts({ oldest: a?.ts, latest: c?.ts })).toEqual(['b'])
  expect(await texts({ oldest: a?.ts, latest: c?.ts, inclusive: true })).toEqual(['c', 'b', 'a'])
})

test('pages follow each other by cursor', async () => {
  const { slack, room, web, say } = await house()
  await using _ = slack
  for (const text of ['a', 'b', 'c', 'd', 'e']) say(text)
  const pages: (string | undefined)[][] = []
  for await (const page of web.paginate('conversations.history', { channel: room.id, limit: 2 })) {
    pages.push((page as ConversationsHistoryResponse).messages?.map(({ text }) => text) ?? [])
  }
  expect(pages).toEqual([['e', 'd'], ['c', 'b'], ['a']])
  await expect(web.conversations.history({ channel: room.id, limit: 1000 })).rejects.toMatchObject({
    data: { error: 'invalid_limit' },
  })
})

test('answers are in their thread and not in the channel, but for those that were broadcast', async () => {
  const { slack, room, web, say, texts } = await house()
  await using _ = slack
  const parent = say('parent')
  say('answer', { thread: parent })
  const last = say('broadcast', { thread: parent, broadcast: true })
  expect(await texts({})).toEqual(['broadcast', 'parent'])
  const { messages = [] } = await web.conversations.history({ channel: room.id })
  expect(messages[1]).toMatchObject({ thread_ts: parent.ts, reply_count: 2, latest_reply: last.ts })
  const replies = await web.conversations.replies({ channel: room.id, ts: parent.ts })
  expect(replies.messages?.map(({ text }) => text)).toEqual(['parent', 'answer', 'broadcast'])
  const since = await web.conversations.replies({ channel: room.id, ts: parent.ts, oldest: last.ts, inclusive: true })
  expect(since.messages?.map(({ text }) => text)).toEqual(['parent', 'broadcast'])
})

test('metadata is shown to those who ask for it', async () => {
  const { slack, room, web } = await house()
  await using _ = slack
  const metadata = { event_type: 'line', event_payload: { id: 'e-1' } }
  await web.chat.postMessage({ channel: room.id, text: 'x', metadata })
  const read = async (args: object) => (await web.conversations.history({ channel: room.id, ...args })).messages?.[0]
  expect(await read({})).not.toHaveProperty('metadata')
  expect(await read({ include_all_metadata: true })).toMatchObject({ metadata })
})

test('conversations are listed by kind, private ones to their members', async () => {
  const { slack, hub, alice, web } = await house()
  await using _ = slack
  slack.channel({ name: 'open' })
  slack.channel({ name: 'mine', members: [hub], private: true })
  slack.channel({ name: 'theirs', members: [alice], private: true })
  slack.dm(alice, hub, 'hi')
  const names = async (types: string) =>
    (await web.conversations.list({ types })).channels?.map(({ name, user }) => name ?? user)
  expect(await names('public_channel,private_channel')).toEqual(['general', 'open', 'mine'])
  expect(await names('im')).toEqual([alice.id])
  const { channels = [] } = await web.users.conversations({ types: 'public_channel,private_channel' })
  expect(channels.map(({ name }) => name)).toEqual(['general', 'mine'])
  const opened = await web.conversations.open({ users: alice.id })
  expect(opened.channel?.id).toBe(slack.dmChannel(alice, hub).id)
})
