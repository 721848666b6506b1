import { expect, test } from 'vitest'
import { hearingHouse, refusal, scriptedWeb, team } from './house.ts'

test('a message that mentions thousands of nobodies costs few calls, and each nobody one', async () => {
  const calls: { method: string; args: Record<string, unknown> }[] = []
  const web = scriptedWeb(
    {
      'users.info': ({ user }) => {
        if (user === 'U0ALICE') return { user: { id: 'U0ALICE', team_id: team, name: 'alice' } }
        throw refusal('user_not_found')
      },
    },
    calls,
  )
  const { hearing, heard } = hearingHouse({ webOf: () => web })
  const text = Array.from({ length: 2_000 }, (_, n) => `<@U7${n}>`).join(' ')
  for (const ts of ['1767268800.000100', '1767268801.000100']) {
    const event = { type: 'message', channel: 'C1', channel_type: 'channel', user: 'U0ALICE', text, ts }
    await hearing.onEvent('breakroom', { team_id: team, event, retry: 0 })
  }

  expect(heard.lines).toHaveLength(2)
  expect(heard.lines[0]?.text).toMatch(/^@U70 @U71 .* @U71999$/)
  expect(calls.filter(({ method }) => method === 'users.info').length).toBeLessThanOrEqual(51)
})
