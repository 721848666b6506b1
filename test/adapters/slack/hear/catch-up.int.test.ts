import { describe, expect, test } from 'vitest'
import { until } from '../../../support/process.ts'
import type { SlackChannel } from '../../../support/slack/channel.ts'
import type { SlackMessage } from '../../../support/slack/message.ts'
import { workspace } from './workspace.ts'

const minute = 60_000

test('F37: after two hours 300 messages of 20 channels, 30 threads and DMs are all there, in order, once, within two minutes', async () => {
  const { slack, clock, hub, cto, threads, idOf, heardUntil, hearing, passing, callsOf } = await workspace()
  await using _ = slack
  const people = ['alice', 'bob', 'carol'].map((name) => slack.user(name))
  const channels = Array.from({ length: 20 }, (_, index) =>
    slack.channel({ name: `room-${index}`, members: [...people, hub, cto] }),
  )
  const turnsOf = <T>(list: T[]) => {
    let turn = 0
    return () => list[turn++ % list.length] as T
  }
  const speaker = turnsOf(people)
  const start = (channel: SlackChannel, text: string) => ({ channel, first: slack.say(speaker(), channel, text) })

  // Threads that began long before the outage, and a line in every room and DM since.
  const old = channels.slice(0, 15).map((channel) => start(channel, 'an old thread'))
  for (const { channel, first } of old) {
    heardUntil(channel.name, first)
    threads.set(channel.name, [{ thread: idOf(first), at: clock.now() }])
  }
  await clock.advance(60 * minute)
  for (const channel of channels) heardUntil(channel.name, slack.say(speaker(), channel, 'heard'))
  const direct = people.flatMap((person) => [hub, cto].map((app) => ({ person, app })))
  for (const { person, app } of direct) {
    const heard = slack.dm(person, app, 'heard')
    heardUntil(`im:${app.name}:${heard.channel}`, heard)
  }
  await clock.advance(30 * minute)

  const missed: SlackMessage[] = []
  const young: { channel: SlackChannel; first: SlackMessage }[] = []
  const [nextChannel, nextOld, nextYoung, nextDirect] = [
    turnsOf(channels),
    turnsOf(old),
    turnsOf(young),
    turnsOf(direct),
  ]
  const answer = ({ channel, first }: (typeof old)[0], text: string) =>
    slack.say(speaker(), channel, text, { thread: first })
  for (let index = 0; index < 300; index++) {
    await clock.advance(24_000)
    const text = `line ${index}`
    const kind = index % 10
    if (kind === 9) {
      const { person, app } = nextDirect()
      missed.push(slack.dm(person, app, text))
    } else if (kind > 5) missed.push(answer(nextOld(), text))
    else if (kind < 4) missed.push(slack.say(speaker(), nextChannel(), text))
    else {
      const known = young.length < 15 ? null : nextYoung()
      const thread = known ?? start(nextChannel(), text)
      if (known === null) young.push(thread)
      missed.push(known === null ? thread.first : answer(known, text))
    }
  }

  const rooms = Object.fromEntries(channels.map((channel) => [channel.name, channel]))
  const { hearing: ears, lines, handed, gaps } = hearing(rooms)
  const catchUp = (since: Date | null) =>
    passing(Promise.all(['breakroom', 'cto'].map((app) => ears.catchUp(app, since))))
  const took = await catchUp(null)
  const [history, replies] = ['conversations.history', 'conversations.replies'].map((method) => callsOf(method).length)
  process.stdout.write(
    `F37: read back in ${took / 1000} virtual s with ${history} history and ${replies} replies calls\n`,
  )

  expect(gaps).toEqual([])
  expect(lines.map(({ id }) => id).sort()).toEqual(missed.map(idOf).sort())
  expect(new Set(handed).size).toBe(handed.length)
  expect(lines.every(({ replayed }) => replayed)).toBe(true)
  for (const place of Map.groupBy(lines, (line) => line.cursor ?? line.room).values()) {
    const ids = place.map(({ id }) => id as string)
    expect(ids).toEqual([...ids].sort())
  }
  const threadsHeard = new Set(lines.flatMap(({ thread }) => thread ?? []))
  expect(threadsHeard).toEqual(new Set([...old, ...young].map(({ first }) => idOf(first))))
  expect(took).toBeLessThanOrEqual(2 * minute)
  expect([history, replies]).toEqual([20 + direct.length, 30])

  // Slack goes away and comes back twice more at once: now the minute's calls are spent.
  const [again, oncemore] = [await catchUp(clock.now()), await catchUp(clock.now())]
  process.stdout.write(`F37: two more reconnects at once took ${again / 1000} and ${oncemore / 1000} virtual s\n`)
  expect(Math.max(again, oncemore)).toBeLessThanOrEqual(2 * minute)
  expect(new Set(handed).size).toBe(handed.length)
  expect(slack.calls.filter(({ answer }) => answer === 'ratelimited')).toEqual([])
})

async function oneRoom() {
  const place = await workspace()
  const { slack, hub, cto, heardUntil } = place
  const alice = slack.user('alice')
  const channel = slack.channel({ name: 'general', members: [alice, hub, cto] })
  const say = (text: string, options = {}) => slack.say(alice, channel, text, options)
  /** Everything until now was heard, and it is a while ago. */
  const heard = async (text = 'heard') => {
    const message = say(text)
    heardUntil('breakroom', message)
    await place.clock.advance(30 * minute)
    return message
  }
  return { ...place, alice, channel, say, heard, rooms: { breakroom: channel } }
}

test('at the very first start nothing of the past is read', async () => {
  const { slack, say, alice, hub, rooms, hearing, passing, callsOf } = await oneRoom()
  await using _ = slack
  say('long before us')
  slack.dm(alice, hub, 'this too')
  const { hearing: ears, lines } = hearing(rooms)
  await passing(ears.catchUp('breakroom', null))
  expect(lines).toEqual([])
  expect(callsOf('conversations.history')).toEqual([])
})

test('what is said meanwhile comes behind the past, once, whether it came live, from history or both', async () => {
  const { slack, say, heard, rooms, hearing, passing, clock } = await oneRoom()
  await using _ = slack
  await heard()
  for (const text of ['one', 'two']) say(text)
  slack.faults.slow('conversations.history', 5_000)
  const { hearing: ears, lines } = hearing(rooms)
  const caughtUp = ears.catchUp('breakroom', null)
  const live = { ...say('three'), channel_type: 'channel' }
  const taken = ears.onEvent('breakroom', { team_id: slack.team.id, retry: 0, event: live })
  await until('history is being waited for', () => clock.pending > 0)
  expect(lines).toEqual([])
  await passing(Promise.all([caughtUp, taken]))
  expect(lines.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
})

test('F37: it is tried until Slack answers', async () => {
  const { slack, say, heard, rooms, hearing, passing } = await oneRoom()
  await using _ = slack
  const parent = await heard()
  say('one')
  say('answer', { thread: parent })
  slack.faults.serverError('conversations.history', 3)
  slack.faults.refuse('conversations.replies', 2)
  slack.faults.serverError('users.conversations', 2)
  const { hearing: ears, lines } = hearing(rooms, { liveThreads: async () => [] })
  const took = await passing(ears.catchUp('breakroom', new Date(Number(parent.ts) * 1000 + 1)))
  expect(lines.map(({ text }) => text)).toEqual(['one', 'answer'])
  expect(took).toBeGreaterThan(0)
})

test('one that follows another takes over what that has not read', async () => {
  const { slack, clock, say, heard, rooms, hearing, passing, callsOf } = await oneRoom()
  await using _ = slack
  await heard()
  say('one')
  const { hearing: ears, lines } = hearing(rooms)
  const all = [null, clock.now(), clock.now(), clock.now()].map((since) => ears.catchUp('breakroom', since))
  say('two')
  await passing(Promise.all(all))
  expect(lines.map(({ text }) => text)).toEqual(['one', 'two'])
  expect(callsOf('conversations.history').length).toBeLessThanOrEqual(2)
})

test('of a room that was silent for long only what was missed is read, and our own lines are not heard', async () => {
  const { slack, clock, say, heard, rooms, hub, channel, hearing, passing, callsOf } = await oneRoom()
  await using _ = slack
  await heard()
  const { hearing: ears, lines } = hearing(rooms)
  await passing(ears.catchUp('breakroom', null))
  await clock.advance(60 * minute)
  const since = clock.now()
  await clock.advance(30 * minute)
  say('missed')
  await fetch(`${slack.url}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: channel.id, text: 'ours' }),
  })
  await passing(ears.catchUp('breakroom', since))
  expect(lines.map(({ text }) => text)).toEqual(['missed'])
  expect(Number(callsOf('conversations.history').at(-1)?.args.oldest)).toBe(since.getTime() / 1000 - 600)
})

test('more than one page is read, in order', async () => {
  const { slack, say, heard, rooms, hearing, passing, callsOf } = await oneRoom()
  await using _ = slack
  await heard()
  for (let index = 0; index < 450; index++) say(`line ${index}`)
  const { hearing: ears, lines } = hearing(rooms)
  await passing(ears.catchUp('breakroom', null))
  expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 450 }, (_, index) => `line ${index}`))
  expect(callsOf('conversations.history')).toHaveLength(3)
})

test('F41: an edit that was missed is told; a thread that was taken away is passed over', async () => {
  const { slack, clock, say, rooms, hearing, passing, threads, idOf, heardUntil } = await oneRoom()
  await using _ = slack
  const lost = say('to be taken away')
  const old = say('helo')
  heardUntil('breakroom', say('heard'))
  await clock.advance(minute)
  slack.edit(old, 'hello')
  slack.delete(lost)
  await clock.advance(minute)
  say('after')
  threads.set('breakroom', [{ thread: idOf({ ...lost, ts: '1600000000.000000' }), at: clock.now() }])
  const { hearing: ears, lines, gaps, signs } = hearing(rooms)
  await passing(ears.catchUp('breakroom', null))
  const edit = lines.find((line) => line.edit !== undefined)
  expect(edit).toMatchObject({ text: 'hello', edit: { of: idOf(old), before: null } })
  expect(lines.at(-1)).toMatchObject({ text: 'after' })
  expect(lines.indexOf(edit as (typeof lines)[0])).toBe(lines.length - 2)
  expect([gaps, signs]).toEqual([[], []])
})

test('somebody who writes to us for the first time while we are away is heard', async () => {
  const { slack, heard, rooms, hearing, passing, cto, hub, clock, alice } = await oneRoom()
  await using _ = slack
  await heard()
  const bob = slack.user('bob')
  slack.dm(bob, hub, 'hello?')
  const first = hearing(rooms)
  await passing(first.hearing.catchUp('breakroom', null))
  expect(first.lines.map(({ text, room }) => [text, room])).toEqual([['hello?', null]])
  const since = clock.now()
  await clock.advance(minute)
  slack.dm(alice, cto, 'are you there?')
  await passing(first.hearing.catchUp('cto', since))
  expect(first.lines.at(-1)).toMatchObject({ text: 'are you there?', heardBy: { kind: 'role', role: 'cto' } })
})

test("a DM's thread that began before is read on", async () => {
  const { slack, rooms, hearing, passing, hub, alice, heardUntil, clock } = await oneRoom()
  await using _ = slack
  const begun = slack.dm(alice, hub, 'a question')
  await clock.advance(24 * 60 * minute)
  const later = slack.dm(alice, hub, 'something else')
  heardUntil(`im:breakroom:${begun.channel}`, later)
  await clock.advance(60 * minute)
  slack.dm(alice, hub, 'well?', { thread: begun })
  const { hearing: ears, lines } = hearing(rooms)
  await passing(ears.catchUp('breakroom', null))
  expect(lines.map(({ text }) => text)).toEqual(['well?'])
})

describe('what cannot be read is a gap', () => {
  test.each([
    ['not_in_channel', 'the app is not in the channel'],
    ['missing_scope', 'the app may not read it'],
    ['some_new_word', 'Slack refuses to show it (some_new_word)'],
  ])('%s', async (word, reason) => {
    const { slack, heard, rooms, hearing, passing, clock } = await oneRoom()
    await using _ = slack
    const last = await heard()
    slack.faults.error('conversations.history', word)
    const { hearing: ears, lines, gaps } = hearing(rooms)
    await passing(ears.catchUp('breakroom', null))
    expect(lines).toEqual([])
    expect(gaps).toEqual([
      {
        network: 'slack',
        room: 'breakroom',
        from: new Date(Math.floor(Number(last.ts) * 1000)),
        to: clock.now(),
        reason,
      },
    ])
  })
})

test('a token that was revoked ends the reading, and its next connection reads what was owed', async () => {
  const { slack, hub, say, heard, rooms, hearing, passing, clock } = await oneRoom()
  await using _ = slack
  await heard()
  say('one')
  slack.faults.revoke(hub)
  const { hearing: ears, lines, gaps } = hearing(rooms)
  await passing(ears.catchUp('breakroom', null))
  expect([lines, gaps]).toEqual([[], []])
  slack.faults.restore(hub)
  await clock.advance(60 * minute)
  await passing(ears.catchUp('breakroom', clock.now()))
  expect(lines.map(({ text }) => text)).toEqual(['one'])
})

test('rooms are found by name, entered, and heard only then', async () => {
  const { slack, alice, hub, hearing, passing } = await workspaceWithAlice()
  await using _ = slack
  const open = slack.channel({ name: 'open', members: [alice] })
  const mine = slack.channel({ name: 'mine', members: [alice, hub], private: true })
  const { hearing: ears, lines } = hearing({ breakroom: '#open', war: '#mine', nowhere: '#nowhere' })
  const live = { ...slack.say(alice, open, 'hi'), channel_type: 'channel' }
  const taken = ears.onEvent('breakroom', { team_id: slack.team.id, retry: 0, event: live })
  expect(ears.channels.idOf('breakroom')).toBeNull()
  await passing(Promise.all([ears.catchUp('breakroom', null), taken]))
  expect(['breakroom', 'war', 'nowhere'].map(ears.channels.idOf)).toEqual([open.id, mine.id, null])
  expect(ears.channels.roomOf(mine.id)).toBe('war')
  expect(open.members.has(hub.botUserId)).toBe(true)
  expect(lines.map(({ text, room }) => [text, room])).toEqual([['hi', 'breakroom']])
})

test('stopping in the middle leaves nothing behind', async () => {
  const { slack, say, heard, rooms, hearing, passing } = await oneRoom()
  await using _ = slack
  await heard()
  say('one')
  slack.faults.down()
  const { hearing: ears, lines } = hearing(rooms)
  const caughtUp = ears.catchUp('breakroom', null)
  await passing(ears.stop())
  await passing(caughtUp)
  expect(lines).toEqual([])
})

async function workspaceWithAlice() {
  const place = await workspace()
  return { ...place, alice: place.slack.user('alice') }
}
