import { expect, test } from 'vitest'
import { eventOf, hearingHouse, said, scriptedWeb, team } from './house.ts'

test('F37: a mention that a role’s app hears while the house’s is away does not hide what was said before it', async () => {
  const user = { id: 'U0ALICE', team_id: team, name: 'alice' }
  const web = scriptedWeb({ 'users.info': () => ({ user }) })
  const asked: string[] = []
  const heardUpTo = async (cursor: string) => {
    asked.push(cursor)
    return null
  }
  const { hearing, heard } = hearingHouse({ webOf: () => web, heardUpTo })

  await hearing.onEvent('cto', eventOf({ ...said('<@U0CTO> are you there?'), type: 'app_mention' }))
  await hearing.onEvent('breakroom', eventOf(said('hello', { ts: '1700000001.000100' })))

  expect(heard.lines.map(({ text, room }) => [text, room])).toEqual([
    ['@cto are you there?', 'breakroom'],
    ['hello', 'breakroom'],
  ])
  // Where the record of the room ends is what the house's own app heard: at the next start the past is read from there.
  expect(heard.lines.map(({ cursor, room }) => (cursor ?? room) === 'breakroom')).toEqual([false, true])
  expect(asked).toEqual(['breakroom'])
})
