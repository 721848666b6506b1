import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Answers, away, cto, eventOf, hearingHouse, hub, refusal, scriptedWeb, team } from './house.ts'

const user = (id: string, more: object = {}) => ({ id, team_id: team, name: id.toLowerCase(), profile: {}, ...more })

function asking(answers: Answers) {
  const calls: { method: string; args: Record<string, unknown> }[] = []
  const { hearing } = hearingHouse({ webOf: () => scriptedWeb(answers, calls) })
  return { hearing, asked: (method: string) => calls.filter((call) => call.method === method).length }
}

describe('a person', () => {
  test('is called by their display name and proved by their id', async () => {
    const alice = user('U1', { real_name: 'Alice Liddell', profile: { display_name: 'alice' } })
    const { hearing } = asking({ 'users.info': () => ({ user: alice }) })
    expect(await hearing.personOf('U1', team)).toEqual({
      nick: 'U1',
      name: 'alice',
      account: 'U1',
      host: `U1@${team}`,
      bot: false,
      outsider: false,
    })
  })

  test.each([
    ['a guest', { is_restricted: true }],
    ['a guest of one channel', { is_ultra_restricted: true }],
    ['somebody who has left', { deleted: true }],
  ])('S12: who is %s is an outsider', async (_, more) => {
    const { hearing } = asking({ 'users.info': () => ({ user: user('U1', more) }) })
    expect(await hearing.personOf('U1')).toMatchObject({ account: 'U1', outsider: true })
  })

  test('S12: of another workspace is never one of ours, whichever side says so', async () => {
    const stranger = asking({ 'users.info': () => ({ user: user('U1', { team_id: 'T9', is_stranger: true }) }) })
    expect(await stranger.hearing.personOf('U1')).toMatchObject({ account: 'T9/U1', outsider: true })
    expect(await stranger.hearing.personOf('U1', team)).toMatchObject({ account: 'T9/U1', outsider: true })
    const local = asking({ 'users.info': () => ({ user: user('U1') }) })
    expect(await local.hearing.personOf('U1', 'T9')).toMatchObject({ account: 'T9/U1', outsider: true })
  })

  test('whom Slack does not tell us about is an outsider, for now', async () => {
    let answer: () => unknown = () => {
      throw away()
    }
    const { hearing } = asking({ 'users.info': () => answer() })
    expect(await hearing.personOf('U1', team)).toMatchObject({ nick: 'U1', name: 'U1', account: 'U1', outsider: true })
    answer = () => ({ user: user('U1') })
    expect(await hearing.personOf('U1', team)).toMatchObject({ name: 'u1', outsider: false })
  })

  test('is asked for once', async () => {
    const { hearing, asked } = asking({ 'users.info': () => ({ user: user('U1') }) })
    await Promise.all([hearing.personOf('U1'), hearing.personOf('U1')])
    await hearing.personOf('U1')
    expect(asked('users.info')).toBe(1)
  })

  test('is a bot when Slack says so, and our own are none', async () => {
    const { hearing } = asking({ 'users.info': ({ user: id }) => ({ user: user(String(id), { is_bot: true }) }) })
    expect(await hearing.personOf('U1')).toMatchObject({ bot: true })
    expect(await hearing.personOf(cto.user)).toMatchObject({ bot: false })
  })
})

test('the list is read page by page at the beginning, and nobody on it is asked for', async () => {
  const pages = [
    { members: [user('U1')], response_metadata: { next_cursor: 'more' } },
    { members: [user('U2'), { nonsense: true }], response_metadata: { next_cursor: '' } },
  ]
  const { hearing, asked } = asking({
    'users.list': ({ cursor }) => pages[cursor === 'more' ? 1 : 0],
    'users.conversations': () => ({ channels: [] }),
    'conversations.join': () => ({}),
  })
  await hearing.catchUp('breakroom', null)
  // What the table answers is all there after one turn of the event loop.
  await turn()
  expect(await hearing.personOf('U1')).toMatchObject({ name: 'u1' })
  expect(await hearing.personOf('U2')).toMatchObject({ name: 'u2' })
  expect(asked('users.info')).toBe(0)
})

test('S12: somebody who becomes a guest is one at once', async () => {
  const { hearing } = asking({ 'users.info': () => ({ user: user('U1') }) })
  expect(await hearing.personOf('U1')).toMatchObject({ outsider: false })
  await hearing.onEvent('breakroom', eventOf({ type: 'user_change', user: user('U1', { is_restricted: true }) }))
  expect(await hearing.personOf('U1')).toMatchObject({ outsider: true })
  await hearing.onEvent('breakroom', eventOf({ type: 'team_join', user: user('U2') }))
  expect(await hearing.personOf('U2')).toMatchObject({ name: 'u2', outsider: false })
})

test('a list that may not be read leaves people to be asked for one by one', async () => {
  const { hearing } = asking({
    'users.list': () => {
      throw refusal('missing_scope')
    },
    'users.conversations': () => ({ channels: [{ id: 'C1' }, { id: 'C2' }] }),
    'users.info': () => ({ user: user('U1') }),
  })
  await hearing.catchUp('breakroom', null)
  expect(await hearing.personOf('U1')).toMatchObject({ name: 'u1', outsider: false })
  expect(await hearing.personOf(hub.user)).toMatchObject({ bot: false })
})
