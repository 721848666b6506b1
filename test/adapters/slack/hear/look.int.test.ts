import { expect, test } from 'vitest'
import { workspace } from './workspace.ts'

const minute = 60_000

/** A room with thirty threads that began long ago, in which one answer and a line were missed. */
async function quietRoom() {
  const place = await workspace()
  const { slack, clock, hub, idOf, heardUntil, threads } = place
  const alice = slack.user('alice')
  const channel = slack.channel({ name: 'general', members: [alice, hub] })
  const say = (text: string, options = {}) => slack.say(alice, channel, text, options)
  const firsts = Array.from({ length: 30 }, () => say('a thread'))
  const at = (index: number) => new Date(clock.now().getTime() + index)
  threads.set(
    'breakroom',
    firsts.map((first, index) => ({ thread: idOf(first), at: at(index) })),
  )
  await clock.advance(30 * minute)
  heardUntil('breakroom', say('heard'))
  const direct = slack.dm(alice, hub, 'heard')
  heardUntil(`im:breakroom:${direct.channel}`, direct)
  const since = clock.now()
  await clock.advance(5 * minute)
  say('missed')
  say('missed answer', { thread: firsts[29] })
  slack.dm(alice, hub, 'missed alone')
  await clock.advance(minute)
  return { ...place, since, rooms: { breakroom: channel } }
}

test('F36: a look at what a silence may hide costs a call for the room and one each for three threads', async () => {
  const { slack, since, rooms, hearing, passing, callsOf } = await quietRoom()
  await using _ = slack
  const { hearing: ears, lines } = hearing(rooms)
  await passing(ears.look(since))
  expect(lines.map(({ text }) => text)).toEqual(['missed', 'missed answer'])
  expect(slack.calls.map(({ method }) => method).filter((method) => method.startsWith('conversations'))).toEqual([
    'conversations.history',
    ...Array(3).fill('conversations.replies'),
  ])
  await passing(ears.catchUp('breakroom', since))
  expect(lines.map(({ text }) => text)).toEqual(['missed', 'missed answer', 'missed alone'])
  expect(callsOf('conversations.replies').length).toBeGreaterThanOrEqual(23)
  await ears.stop()
})

test('F36: a look tells of no gap, and what it could not read is owed', async () => {
  const { slack, hub, since, rooms, hearing, passing, clock } = await quietRoom()
  await using _ = slack
  const { hearing: ears, lines, gaps } = hearing(rooms)
  slack.faults.error('conversations.history', 'not_in_channel')
  await passing(ears.look(since))
  expect([lines, gaps]).toEqual([[], []])
  slack.faults.revoke(hub)
  await passing(ears.look(since))
  slack.faults.restore(hub)
  await passing(ears.look(clock.now()))
  expect(lines.map(({ text }) => text)).toEqual(['missed', 'missed answer'])
})
