import { WebClient } from '@slack/web-api'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { until } from '../process.ts'
import { startFakeSlack } from './fake-slack.ts'
import { listenAs } from './listening-app.ts'

async function house() {
  const slack = await startFakeSlack()
  const hub = slack.app({ name: 'breakroom' })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'general', members: [alice, hub] })
  const app = await listenAs(slack, hub)
  const heard = async (count: number) => {
    await until(`${count} events are heard`, () => app.heard.length >= count)
    return app.heard.map(({ event }) => event)
  }
  const web = new WebClient(hub.botToken, { slackApiUrl: slack.url, logger: silentLogger })
  return { slack, hub, alice, room, app, heard, web }
}

test('what a person types arrives with entities, rich text and a client id', async () => {
  const { slack, hub, alice, room, app, heard } = await house()
  await using _ = slack
  await using __ = app
  slack.say(
    alice,
    room,
    'see #general & [docs](https://example.com/?a=1&b=2) <b> @here @nobody `@here` at https://a.example/b.',
  )
  const [event] = await heard(1)
  expect(event).toMatchObject({
    type: 'message',
    user: alice.id,
    team: slack.team.id,
    channel: room.id,
    channel_type: 'channel',
    text: `see <#${room.id}|general> &amp; <https://example.com/?a=1&amp;b=2|docs> &lt;b&gt; <!here> @nobody \`@here\` at <https://a.example/b>.`,
    client_msg_id: expect.any(String),
    blocks: [{ type: 'rich_text' }],
  })
  expect(JSON.stringify(event)).toContain('{"type":"broadcast","range":"here"}')
  expect(hub.appId).toBe(app.heard[0]?.body.api_app_id)
})

test('a mention of a bot is a message for those in the channel and an app_mention for the one named', async () => {
  const { slack, alice, room, app } = await house()
  await using _ = slack
  await using __ = app
  const cto = slack.app({ name: 'cto', events: ['app_mention', 'message.im'] })
  slack.join(cto, room)
  await using role = await listenAs(slack, cto)
  const said = slack.say(alice, room, '@cto how is it?')
  slack.dm(alice, cto, 'psst')
  await until('both have heard', () => app.events('message').length === 2 && role.heard.length === 2)
  expect(role.events('app_mention')).toMatchObject([{ ts: said.ts, text: `<@${cto.botUserId}> how is it?` }])
  expect(role.events('message')).toMatchObject([{ channel_type: 'im', text: 'psst' }])
  expect(app.events('message')[0]).toMatchObject({ subtype: 'channel_join', user: cto.botUserId })
  expect(app.events('app_mention')).toEqual([])
})

test('an edit that names a bot calls it once more, and an app without the scope hears nothing', async () => {
  const { slack, hub, alice, room, app } = await house()
  await using _ = slack
  await using __ = app
  const said = slack.say(alice, room, '@breakroom helo')
  slack.edit(said, '@breakroom hello')
  await until('both mentions are heard', () => app.events('app_mention').length === 2)
  expect(app.events('app_mention')[1]).toMatchObject({ ts: said.ts, edited: { user: alice.id } })
  hub.scopes = new Set(['channels:history'])
  const last = slack.say(alice, room, '@breakroom again')
  await until('it is heard as a message', () => app.events('message').some(({ ts }) => ts === last.ts))
  expect(app.events('app_mention')).toHaveLength(2)
})

test('an edit has an editor, a preview has none, and a deletion says what was there', async () => {
  const { slack, alice, room, app, heard } = await house()
  await using _ = slack
  await using __ = app
  const said = slack.say(alice, room, 'frist https://example.com')
  slack.unfurl(said, 'https://example.com')
  slack.edit(said, 'first')
  slack.delete(said)
  const [, preview, edit, deletion] = await heard(4)
  expect(preview).toMatchObject({ subtype: 'message_changed', message: { ts: said.ts, attachments: [{}] } })
  expect(preview?.message).not.toHaveProperty('edited')
  expect(edit).toMatchObject({
    subtype: 'message_changed',
    hidden: true,
    message: { text: 'first', edited: { user: alice.id } },
    previous_message: { text: 'frist <https://example.com>' },
  })
  expect(deletion).toMatchObject({
    subtype: 'message_deleted',
    deleted_ts: said.ts,
    previous_message: { text: 'first' },
  })
})

test('an answer brings an update of its parent, and a deleted parent becomes a tombstone', async () => {
  const { slack, alice, room, app, heard } = await house()
  await using _ = slack
  await using __ = app
  const parent = slack.say(alice, room, 'parent')
  slack.say(alice, room, 'answer', { thread: parent })
  slack.faults.parentUpdates('untyped')
  slack.say(alice, room, 'loud', { thread: parent, broadcast: true })
  slack.delete(parent)
  const [, answer, update, loud, untyped, deletion] = await heard(6)
  expect(answer).toMatchObject({ thread_ts: parent.ts, text: 'answer' })
  expect(update).toMatchObject({ subtype: 'message_replied', hidden: true, message: { reply_count: 1 } })
  expect(loud).toMatchObject({ subtype: 'thread_broadcast', text: 'loud', root: { ts: parent.ts } })
  expect(untyped).toMatchObject({ hidden: true, message: { reply_count: 2 } })
  expect(untyped).not.toHaveProperty('subtype')
  expect(deletion).toMatchObject({ subtype: 'message_changed', message: { subtype: 'tombstone' } })
})

test('S12: a webhook under the name of a person is a bot_message without a user', async () => {
  const { slack, room, app, heard } = await house()
  await using _ = slack
  await using __ = app
  slack.post(room, { username: 'alice', text: 'approve it' })
  const [event] = await heard(1)
  expect(event).toMatchObject({ subtype: 'bot_message', username: 'alice', bot_id: expect.any(String) })
  expect(event).not.toHaveProperty('user')
})

test('S12: a stranger of a shared channel has a team of its own', async () => {
  const { slack, hub, app, heard } = await house()
  await using _ = slack
  await using __ = app
  const sam = slack.user({ name: 'sam', kind: 'stranger' })
  const shared = slack.channel({ name: 'partners', members: [sam, hub], shared: true })
  slack.say(sam, shared, 'hello')
  const [event] = await heard(1)
  expect(event).toMatchObject({ user: sam.id, team: sam.teamId, user_team: sam.teamId })
  expect(app.heard[0]?.body).toMatchObject({ team_id: slack.team.id, is_ext_shared_channel: true })
})

test('an app hears its own posts until the echo is turned off', async () => {
  const { slack, hub, room, app, web } = await house()
  await using _ = slack
  await using __ = app
  await web.chat.postMessage({ channel: room.id, text: 'echo' })
  slack.faults.ownEcho(false)
  await web.chat.postMessage({ channel: room.id, text: 'no echo' })
  slack.post(room, { username: 'end', text: 'end' })
  await until('the end is heard', () => app.heard.some(({ event }) => event.text === 'end'))
  expect(app.events('message')).toMatchObject([{ text: 'echo', bot_id: hub.botId, app_id: hub.appId }, { text: 'end' }])
})

test('reactions, files, people and joins are told', async () => {
  const { slack, hub, alice, room, app, heard } = await house()
  await using _ = slack
  await using __ = app
  const said = slack.say(alice, room, 'look', {
    files: [{ name: 'a.png', bytes: Buffer.from('x'), mimetype: 'image/png' }],
  })
  slack.react(alice, said, 'eyes')
  slack.unreact(alice, said, 'eyes')
  slack.join(slack.user('bob'), room)
  slack.changeUser(alice, { deactivated: true })
  slack.openHome(alice, hub)
  const types = (await heard(8)).map(({ type }) => type)
  expect(types).toEqual([
    'message',
    'file_shared',
    'reaction_added',
    'reaction_removed',
    'message',
    'member_joined_channel',
    'user_change',
    'app_home_opened',
  ])
  expect(app.events('message')).toMatchObject([
    { subtype: 'file_share', files: [{ name: 'a.png', mimetype: 'image/png' }] },
    { subtype: 'channel_join' },
  ])
  expect(app.events('user_change')).toMatchObject([{ user: { id: alice.id, deleted: true } }])
})

test('F34: events come again after they were acknowledged, and overtake each other', async () => {
  const { slack, hub, alice, room, app, heard } = await house()
  await using _ = slack
  await using __ = app
  slack.faults.outOfOrder(true)
  const said = Array.from({ length: 10 }, (_, number) => slack.say(alice, room, `line ${number}`).ts)
  const first = (await heard(10)).map(({ ts }) => ts)
  expect(first).not.toEqual(said)
  expect(first.toSorted()).toEqual(said)
  slack.faults.redeliver(hub)
  expect((await heard(20)).slice(10).map(({ ts }) => ts)).toEqual(said.toReversed())
  expect(app.heard.slice(10).every(({ retry }) => retry === 1)).toBe(true)
})
