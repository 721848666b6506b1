import { WebClient } from '@slack/web-api'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { startFakeSlack } from './fake-slack.ts'

async function house() {
  const slack = await startFakeSlack({ clock: createVirtualClock() })
  slack.faults.rateLimits(false)
  const hub = slack.app({ name: 'breakroom' })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'general', members: [alice, hub] })
  const web = new WebClient(hub.botToken, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    logger: silentLogger,
  })
  return { slack, hub, alice, room, web }
}

const error = (code: string) => ({ data: { error: code } })

test('a post keeps its name, icon, thread, metadata and preview flags', async () => {
  const { slack, alice, room, web } = await house()
  await using _ = slack
  const parent = slack.say(alice, room, 'question')
  const metadata = { event_type: 'breakroom_line', event_payload: { id: 'e-1' } }
  const posted = await web.chat.postMessage({
    channel: room.id,
    text: 'see https://example.com/a?b=1&c=2, <!here> <b> & &lt;',
    username: 'cto',
    icon_emoji: ':gear:',
    thread_ts: parent.ts,
    unfurl_links: false,
    unfurl_media: false,
    metadata,
  })
  expect(slack.thread(parent)[1]).toMatchObject({
    ts: posted.ts,
    text: 'see <https://example.com/a?b=1&amp;c=2>, <!here> &lt;b&gt; &amp; &lt;',
    subtype: 'bot_message',
    username: 'cto',
    icons: { emoji: ':gear:' },
    metadata,
    unfurl: { links: false, media: false },
  })
  expect(slack.messages(room).map(({ ts }) => ts)).toEqual([parent.ts])
  slack.unfurl({ channel: room.id, ts: posted.ts ?? '' }, 'https://example.com/a')
  expect(slack.thread(parent)[1]?.attachments).toBeUndefined()
})

test('what is too long or malformed is refused with the code of its kind', async () => {
  const { slack, room, web } = await house()
  await using _ = slack
  const post = (args: object) => web.apiCall('chat.postMessage', { channel: room.id, ...args })
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
  await expect(post({})).rejects.toMatchObject(error('no_text'))
  await expect(post({ text: 'x'.repeat(40_001) })).rejects.toMatchObject(error('msg_too_long'))
  await expect(post({ blocks: [section('x'.repeat(3_001))] })).rejects.toMatchObject(error('invalid_blocks'))
  await expect(post({ blocks: Array(5).fill(section('x'.repeat(2_900))) })).rejects.toMatchObject(
    error('msg_blocks_too_long'),
  )
  await expect(post({ text: 'x', metadata: { event_type: 'x' } })).rejects.toMatchObject(
    error('invalid_metadata_schema'),
  )
  await expect(post({ text: 'x', thread_ts: '1.000001' })).rejects.toMatchObject(error('thread_not_found'))
  expect(slack.messages(room)).toEqual([])
})

test('an app changes and deletes its own messages only; a deleted parent leaves a tombstone', async () => {
  const { slack, hub, alice, room, web } = await house()
  await using _ = slack
  const own = (await web.chat.postMessage({ channel: room.id, text: 'one' })).ts ?? ''
  await web.chat.update({ channel: room.id, ts: own, text: 'two' })
  expect(slack.messages(room)).toMatchObject([{ text: 'two', edited: { user: hub.botUserId } }])
  slack.say(alice, room, 'answer', { thread: { channel: room.id, ts: own } })
  await web.chat.delete({ channel: room.id, ts: own })
  expect(slack.messages(room)).toMatchObject([{ ts: own, subtype: 'tombstone', text: 'This message was deleted.' }])
  const hers = slack.say(alice, room, 'mine')
  const place = { channel: room.id, ts: hers.ts }
  await expect(web.chat.update({ ...place, text: 'x' })).rejects.toMatchObject(error('cant_update_message'))
  await expect(web.chat.delete(place)).rejects.toMatchObject(error('cant_delete_message'))
  await expect(web.chat.delete({ ...place, ts: own })).rejects.toMatchObject(error('message_not_found'))
})

test('an aside is seen by one person and by nobody else', async () => {
  const { slack, alice, room, web } = await house()
  await using _ = slack
  const bob = slack.user('bob')
  await web.chat.postEphemeral({ channel: room.id, user: alice.id, text: 'only you' })
  expect(slack.ephemerals(alice, room)).toMatchObject([{ text: 'only you' }])
  expect(slack.messages(room)).toEqual([])
  await expect(web.chat.postEphemeral({ channel: room.id, user: bob.id, text: 'x' })).rejects.toMatchObject(
    error('user_not_in_channel'),
  )
})

test('who may not, hears why', async () => {
  const { slack, hub, alice, room, web } = await house()
  await using _ = slack
  const hidden = slack.channel({ name: 'hidden', members: [alice], private: true })
  const open = slack.channel({ name: 'open', members: [alice] })
  const history = (channel: string) => web.conversations.history({ channel })
  await expect(history('C404')).rejects.toMatchObject(error('channel_not_found'))
  await expect(history(hidden.id)).rejects.toMatchObject(error('channel_not_found'))
  await expect(history(open.id)).rejects.toMatchObject(error('not_in_channel'))
  await expect(web.users.info({ user: 'U404' })).rejects.toMatchObject(error('user_not_found'))
  hub.scopes = new Set(['chat:write'])
  await expect(history(room.id)).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'channels:history', provided: 'chat:write' },
  })
  await expect(web.chat.postMessage({ channel: open.id, text: 'x' })).rejects.toMatchObject(error('not_in_channel'))
  expect((await web.auth.test()).response_metadata?.scopes).toEqual(['chat:write'])
  slack.faults.revoke(hub, 'account_inactive')
  await expect(web.auth.test()).rejects.toMatchObject(error('account_inactive'))
  const stranger = new WebClient('xoxb-nobody', { slackApiUrl: slack.url, logger: silentLogger })
  await expect(stranger.auth.test()).rejects.toMatchObject(error('invalid_auth'))
  expect(slack.calls.at(-1)).toMatchObject({ method: 'auth.test', token: 'xoxb-nobody', answer: 'invalid_auth' })
})

test('a file goes up in three steps and stands in a message as a reference', async () => {
  const { slack, room, web, hub } = await house()
  await using _ = slack
  await web.filesUploadV2({
    channel_id: room.id,
    filename: 'log.txt',
    file: Buffer.from('long text'),
    initial_comment: 'the log',
  })
  expect(slack.files(room)).toMatchObject([{ name: 'log.txt', bytes: Buffer.from('long text') }])
  const [message] = slack.messages(room)
  expect(message).toMatchObject({ subtype: 'file_share', text: 'the log', files: [{ name: 'log.txt', size: 9 }] })
  const url = String(message?.files?.[0]?.url_private)
  const answer = await fetch(url, { headers: { authorization: `Bearer ${hub.botToken}` } })
  expect(await answer.text()).toBe('long text')
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(302)
})

test('people are listed with their kind, strangers of another team only asked for by id', async () => {
  const { slack, web } = await house()
  await using _ = slack
  slack.user({ name: 'gina', kind: 'guest' })
  slack.user({ name: 'uma', kind: 'single-channel-guest' })
  slack.user({ name: 'dora', deactivated: true })
  const sam = slack.user({ name: 'sam', kind: 'stranger' })
  const { members = [] } = await web.users.list({})
  const named = Object.fromEntries(members.map((member) => [member.name, member]))
  expect(named.gina).toMatchObject({ is_restricted: true, is_ultra_restricted: false })
  expect(named.uma).toMatchObject({ is_restricted: true, is_ultra_restricted: true })
  expect(named.dora).toMatchObject({ deleted: true })
  expect(named.sam).toBeUndefined()
  expect((await web.users.info({ user: sam.id })).user).toMatchObject({ is_stranger: true, team_id: sam.teamId })
  expect(sam.teamId).not.toBe(slack.team.id)
})

test('a manifest makes an app that works once it is installed', async () => {
  const { slack } = await house()
  await using _ = slack
  const owner = new WebClient(slack.configurationToken, { slackApiUrl: slack.url, logger: silentLogger })
  const manifest = {
    display_information: { name: 'cto' },
    features: { bot_user: { display_name: 'cto' } },
    oauth_config: { scopes: { bot: ['chat:write'] } },
    settings: { event_subscriptions: { bot_events: ['app_mention'] }, socket_mode_enabled: true },
  }
  const text = (it: object) => ({ manifest: JSON.stringify(it) })
  const tooLong = { ...manifest, display_information: { name: 'x'.repeat(36) } }
  const misspelt = { ...manifest, oauth_config: { scopes: { bot: ['chat:wirte'] } } }
  await expect(owner.apiCall('apps.manifest.validate', text(misspelt))).rejects.toMatchObject(error('invalid_manifest'))
  await expect(owner.apiCall('apps.manifest.validate', text(tooLong))).rejects.toMatchObject(error('invalid_manifest'))
  const made = (await owner.apiCall('apps.manifest.create', text(manifest))) as { app_id?: string }
  const app = slack.install(String(made.app_id))
  const web = new WebClient(app.botToken, { slackApiUrl: slack.url })
  expect(await web.auth.test()).toMatchObject({ user: 'cto', user_id: app.botUserId })
})
