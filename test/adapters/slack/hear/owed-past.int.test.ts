import { expect, test } from 'vitest'
import { workspace } from './workspace.ts'

const minute = 60_000

/** A room and a DM that were heard a while ago, and in which something was missed since. */
async function missedPlaces() {
  const place = await workspace()
  const { slack, clock, hub, heardUntil } = place
  const alice = slack.user('alice')
  const channel = slack.channel({ name: 'general', members: [alice, hub] })
  heardUntil('breakroom', slack.say(alice, channel, 'heard'))
  const direct = slack.dm(alice, hub, 'heard')
  const cursor = `im:breakroom:${direct.channel}`
  heardUntil(cursor, direct)
  await clock.advance(30 * minute)
  slack.say(alice, channel, 'missed')
  slack.dm(alice, hub, 'missed')
  await clock.advance(minute)
  const speak = (text: string) => [
    { ...slack.say(alice, channel, text), channel_type: 'channel' },
    { ...slack.dm(alice, hub, text), channel_type: 'im' },
  ]
  return { ...place, speak, cursor, rooms: { breakroom: channel } }
}

test.each([
  ['all is denied', null],
  ['only histories are denied', 'conversations.history'],
])('F37: what is heard while %s does not hide the past from the next start', async (_how, method) => {
  const { slack, hub, hearing, passing, record, speak, rooms, cursor } = await missedPlaces()
  await using _ = slack
  const before = [record.get('breakroom'), record.get(cursor)]
  const first = hearing(rooms)
  if (method === null) slack.faults.revoke(hub)
  else slack.faults.error(method, 'token_revoked', 2)
  await passing(first.hearing.catchUp('breakroom', null))
  for (const event of speak('live'))
    await passing(first.hearing.onEvent('breakroom', { team_id: slack.team.id, retry: 0, event }))
  expect(first.lines.map(({ text }) => text)).toEqual(['live', 'live'])
  expect([record.get('breakroom'), record.get(cursor)]).toEqual(before)

  slack.faults.restore(hub)
  const next = hearing(rooms)
  await passing(next.hearing.catchUp('breakroom', null))
  expect(next.lines.map(({ text, room }) => [text, room])).toEqual([
    ['missed', 'breakroom'],
    ['missed', null],
  ])
})

test('F37: when a past that was owed is read, the record ends with what was heard meanwhile', async () => {
  const { slack, hub, hearing, passing, record, speak, rooms, cursor, idOf, clock } = await missedPlaces()
  await using _ = slack
  const { hearing: ears } = hearing(rooms)
  slack.faults.revoke(hub)
  await passing(ears.catchUp('breakroom', null))
  slack.faults.restore(hub)
  const live = speak('live')
  for (const event of live) await passing(ears.onEvent('breakroom', { team_id: slack.team.id, retry: 0, event }))
  await passing(ears.catchUp('breakroom', clock.now()))
  expect([record.get('breakroom')?.id, record.get(cursor)?.id]).toEqual(live.map(idOf))
})
