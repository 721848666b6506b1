import { expect, test } from 'vitest'
import { workspace } from './workspace.ts'

const minute = 60_000
const mostPeople = 500

test('F37: of five hundred DMs those that somebody writes in are read at once, the others in the order of their last use', async () => {
  const { slack, clock, hub, heardUntil, hearing, passing, callsOf } = await workspace()
  await using _ = slack
  const people = Array.from({ length: mostPeople }, (_, index) => slack.user(`person-${index}`))
  for (const person of people) {
    const heard = slack.dm(person, hub, 'heard')
    heardUntil(`im:breakroom:${heard.channel}`, heard)
    await clock.advance(1_000)
  }
  await clock.advance(30 * minute)
  for (const [index, person] of people.entries()) slack.dm(person, hub, `missed ${index}`)
  await clock.advance(minute)

  const { hearing: ears, lines } = hearing({})
  const ready = Promise.withResolvers<void>()
  const caughtUp = ears.catchUp('breakroom', null, ready.resolve)
  expect(await passing(ready.promise)).toBeLessThan(1_000)
  const live = async (index: number) => {
    const event = { ...slack.dm(people[index] as (typeof people)[0], hub, `live ${index}`), channel_type: 'im' }
    const took = await passing(ears.onEvent('breakroom', { team_id: slack.team.id, retry: 0, event }))
    expect(lines.slice(-2).map(({ text }) => text)).toEqual([`missed ${index}`, `live ${index}`])
    return took / 1_000
  }
  const first = await live(3)
  await clock.advance(100_000)
  const second = await live(4)
  const all = (await passing(caughtUp)) / 1_000
  process.stdout.write(`F37: of 500 DMs live after ${first} and ${second}, all after ${100 + all} virtual s\n`)
  expect(Math.max(first, second)).toBeLessThan(1)
  expect(lines).toHaveLength(mostPeople + 2)
  const others = lines.flatMap(({ text }) => (/^(live \d+|missed [34])$/.test(text) ? [] : [text]))
  expect(others).toEqual(
    people
      .map((_, index) => `missed ${index}`)
      .filter((text) => !/ [34]$/.test(text))
      .reverse(),
  )
  expect(callsOf('conversations.history').filter(({ answer }) => answer === 'ratelimited')).toEqual([])
})
