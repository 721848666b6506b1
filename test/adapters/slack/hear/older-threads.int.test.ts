import { expect, test } from 'vitest'
import { until } from '../../../support/process.ts'
import { workspace } from './workspace.ts'

const minute = 60_000
const mostThreads = 500

/** A room with 500 threads of the last week that began before what is read back, each answered once while we were away. */
async function manyThreads() {
  const place = await workspace()
  const { slack, clock, hub, idOf, heardUntil, threads } = place
  const alice = slack.user('alice')
  const channel = slack.channel({ name: 'general', members: [alice, hub] })
  const say = (text: string, options = {}) => slack.say(alice, channel, text, options)
  const firsts = Array.from({ length: mostThreads }, (_, index) => say(`thread ${index}`))
  const at = (index: number) => new Date(clock.now().getTime() + index)
  threads.set(
    'breakroom',
    firsts.map((first, index) => ({ thread: idOf(first), at: at(index), heard: at(index) })),
  )
  await clock.advance(60 * minute)
  heardUntil('breakroom', say('heard'))
  await clock.advance(30 * minute)
  for (const [index, first] of firsts.entries()) say(`missed ${index}`, { thread: first })
  await clock.advance(5 * minute)
  say('missed')
  await clock.advance(minute)
  const event = (text: string, options = {}) => ({
    team_id: slack.team.id,
    retry: 0,
    event: { ...say(text, options), channel_type: 'channel' },
  })
  return { ...place, firsts, say, event, rooms: { breakroom: channel } }
}

/** Lets time pass in small steps until it is so; resolves with how much that was, in seconds. */
async function waiting(clock: Awaited<ReturnType<typeof manyThreads>>['clock'], isSo: () => boolean): Promise<number> {
  const begun = clock.monotonic()
  while (!isSo()) {
    await until('somebody sleeps, or it is so', () => isSo() || clock.pending > 0)
    if (!isSo()) await clock.advance(250)
  }
  return (clock.monotonic() - begun) / 1000
}

test('F37: what is said now waits for no more than the twenty threads that spoke last, of five hundred', async () => {
  const { slack, clock, firsts, event, rooms, hearing, passing, callsOf } = await manyThreads()
  await using _ = slack
  const { hearing: ears, lines } = hearing(rooms)
  const caughtUp = ears.catchUp('breakroom', null)
  const took = await passing(ears.onEvent('breakroom', event('live')))
  await caughtUp
  expect(took).toBeLessThan(5_000)
  const heard = lines.map(({ text }) => text).slice(0, 22)
  expect(heard).toEqual([...Array.from({ length: 20 }, (_, index) => `missed ${480 + index}`), 'missed', 'live'])

  const answered = await passing(ears.onEvent('breakroom', event('live, in the thread', { thread: firsts[0] })))
  expect(answered).toBeLessThan(5_000)
  const first = lines.filter(({ thread }) => thread?.endsWith(firsts[0]?.ts ?? '-'))
  expect(first.map(({ text }) => text)).toEqual(['missed 0', 'live, in the thread'])

  const all = await waiting(clock, () => lines.length === mostThreads + 3)
  process.stdout.write(
    `F37: of 500 older threads: live after ${took / 1000}, an answer after ${answered / 1000}, all after ${all} virtual s\n`,
  )
  const late = lines.slice(lines.findIndex(({ text }) => text === 'live, in the thread') + 1).map(({ text }) => text)
  expect(late.slice(-3)).toEqual(['missed 3', 'missed 2', 'missed 1'])
  expect(lines.every(({ text, replayed }) => text.startsWith('live') || replayed)).toBe(true)
  expect(callsOf('conversations.replies').filter(({ answer }) => answer === 'ratelimited')).toEqual([])
  await ears.stop()
})

test('F37: whoever is killed while older threads are read reads the rest of them at the next start', async () => {
  const { slack, clock, firsts, event, rooms, hearing, passing } = await manyThreads()
  await using _ = slack
  const before = hearing(rooms)
  await passing(before.hearing.catchUp('breakroom', null))
  await passing(before.hearing.onEvent('breakroom', event('live')))
  await passing(before.hearing.onEvent('breakroom', event('live, in the thread', { thread: firsts[7] })))
  await waiting(clock, () => before.lines.length > 60)
  await passing(before.hearing.stop())
  await clock.advance(minute)

  const after = hearing(rooms)
  await passing(after.hearing.catchUp('breakroom', null))
  await waiting(clock, () => before.lines.length + after.lines.length === mostThreads + 3)
  const texts = new Set([...before.lines, ...after.lines].map(({ text }) => text))
  expect(texts.size).toBe(mostThreads + 3)
  await after.hearing.stop()
})

test('F37: an answer in a thread that cannot be read is heard, and hides nothing from the next start', async () => {
  const { slack, hub, clock, firsts, event, rooms, hearing, passing } = await manyThreads()
  await using _ = slack
  const before = hearing(rooms)
  await passing(before.hearing.catchUp('breakroom', null))
  slack.faults.revoke(hub)
  await passing(before.hearing.onEvent('breakroom', event('live, in the thread', { thread: firsts[7] })))
  expect(before.lines.at(-1)).toMatchObject({ text: 'live, in the thread', replayed: false, cursor: null })
  await passing(before.hearing.stop())
  slack.faults.restore(hub)

  const after = hearing(rooms)
  await passing(after.hearing.catchUp('breakroom', null))
  await waiting(clock, () => after.lines.some(({ text }) => text === 'missed 7'))
  await after.hearing.stop()
})
