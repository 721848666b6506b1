import { expect, test } from 'vitest'
import { BreakroomError } from '../../../../core/errors.ts'
import { commandBody, elsewhere, pressDesk, room } from './press-desk.ts'

const whole = 'assign cto "Limit the gateway" accept: 429 after 100 a minute'

test('a command is heard as an aside of whoever typed it, and Slack is told nothing but that it was taken', async () => {
  const { act, lines, clock } = pressDesk()
  const body = commandBody(whole)
  expect(await act(body)).toEqual([undefined])
  expect(lines).toEqual([
    {
      network: 'slack',
      room: null,
      heardBy: { kind: 'ear' },
      id: `slash:${body.trigger_id}`,
      speaker: { nick: 'U0ALICE', name: 'alice', account: 'U0ALICE', host: 'T1', bot: false },
      kind: 'say',
      text: whole,
      at: clock.now(),
      replayed: false,
      aside: { room: 'breakroom' },
    },
  ])
})

test('Slack is told only when the command is stored', async () => {
  const { act, house } = pressDesk()
  let store = () => {}
  house.onLine = () => new Promise((resolve) => (store = resolve))
  let acked = false
  const acting = act(commandBody('status')).then(() => (acked = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(acked).toBe(false)
  store()
  await acting
  expect(acked).toBe(true)
})

test('where its answers can go is known before the command is heard', async () => {
  const { act, remembered, house } = pressDesk()
  let known = 0
  house.onLine = async () => {
    known = remembered.length
  }
  await act(commandBody('help'))
  expect(known).toBe(1)
  expect(remembered).toEqual([{ user: 'U0ALICE', room: 'breakroom', url: 'https://hooks.slack.test/commands/1' }])
})

test('a command that cannot be stored is said to be not done', async () => {
  const { act, house } = pressDesk()
  house.onLine = async () => {
    throw new BreakroomError('unavailable', 'full')
  }
  expect(await act(commandBody(whole))).toEqual([
    { response_type: 'ephemeral', text: expect.stringMatching(/nothing was done\. Try again/) },
  ])
})

test('F35: a record that is slow does not keep Slack waiting, and nobody is told more than is known', async () => {
  const { act, house, clock } = pressDesk()
  house.onLine = () => new Promise(() => {})
  const acting = act(commandBody(whole))
  await clock.advance(2_500)
  const [ack] = await acting
  expect(ack).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('do not know yet') })
})

test('while Slack does not say who somebody is, nothing is done for them', async () => {
  const asked: string[] = []
  const { act, lines, clock } = pressDesk({
    personOf: (user) => {
      asked.push(user)
      return new Promise(() => {})
    },
  })
  const acting = act(commandBody(whole))
  await clock.advance(2_500)
  const [ack] = await acting
  expect(ack).toMatchObject({ text: expect.stringContaining('nothing was done') })
  expect(asked).toEqual(['U0ALICE'])
  expect(lines).toEqual([])
})

test('in a channel that is no room of ours an assignment is not filed, and help is given', async () => {
  const { act, lines } = pressDesk()
  const [refusal] = await act(commandBody(whole, { channel_id: elsewhere }))
  expect(refusal).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(`<#${room}>`) })
  expect(lines).toEqual([])
  expect(await act(commandBody('help', { channel_id: elsewhere }))).toEqual([undefined])
  expect(lines).toMatchObject([{ text: 'help', aside: { room: null } }])
})

test('alone with the house a task can be filed', async () => {
  const { act, lines } = pressDesk()
  await act(commandBody(whole, { channel_id: 'D0ALICE' }))
  expect(lines).toMatchObject([{ text: whole, aside: { room: null } }])
})

test('S12: whoever is of another team is asked about under that team', async () => {
  const { act, lines } = pressDesk()
  await act(commandBody('status', { team_id: 'T2' }))
  expect(lines[0]?.speaker.host).toBe('T2')
})

test('two commands are two, and one that Slack tells of twice is one', async () => {
  const { act, lines } = pressDesk()
  const body = commandBody('status')
  await act(body)
  await act(body)
  await act(commandBody('status'))
  const [first, again, other] = lines.map(({ id }) => id)
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

test('an acknowledgement that Slack does not hear does not undo what was stored', async () => {
  const { presses, lines, logged } = pressDesk()
  const ack = () => Promise.reject(new Error('socket is closing'))
  await presses.onInteraction('breakroom', { body: commandBody('status'), ack })
  expect(lines).toHaveLength(1)
  expect(logged.join()).toContain('could not be told')
})

test('a fault of ours is told in a sentence and logged without what was typed', async () => {
  const { act, logged } = pressDesk({
    roomOf: (channel) => {
      throw new TypeError(`no ${channel} for the hidden words`)
    },
  })
  expect(await act(commandBody('status hidden words'))).toEqual([
    { response_type: 'ephemeral', text: expect.stringContaining('went wrong') },
  ])
  expect(logged).toHaveLength(1)
  expect(logged.join()).toContain('TypeError')
  expect(logged.join()).not.toContain('hidden words')
})

test('another command is taken and counted, and nothing is done', async () => {
  const { act, lines, denied } = pressDesk()
  expect(await act(commandBody('x', { command: '/other' }))).toEqual([undefined])
  expect(lines).toEqual([])
  expect(denied).toEqual(['interaction-not-ours'])
})

test.each([
  {},
  { command: '/br' },
  { command: '/br', text: 7, user_id: 9 },
  { type: 'block_actions', user: null },
  { type: 'view_submission', user: { id: 'U1' }, team: { id: 'T1' } },
  { type: 'message_action', user: { id: 'U1' }, team: { id: 'T1' }, callback_id: 'br_make_task' },
  { event: { type: 'app_home_opened', user: 'U1' }, user: { id: 'U1', team_id: 'T1' } },
  { type: 'something_new', user: { id: 'U1', team_id: 'T1' } },
])('a body that is not as Slack sends it does nothing: %j', async (body) => {
  const { act, lines } = pressDesk()
  expect(await act(body)).toHaveLength(1)
  expect(lines).toEqual([])
})

test('Slack is asked nothing about who we are, however many commands there are', async () => {
  const { act, slack, lines } = pressDesk()
  for (let turn = 0; turn < 20; turn++) await act(commandBody('status'))
  expect(lines).toHaveLength(20)
  expect(slack.calls).toEqual([])
})

test('after a stop nothing is taken, and what was under way is waited for', async () => {
  const { presses, act, house, lines } = pressDesk()
  let store = () => {}
  house.onLine = () => new Promise((resolve) => (store = resolve))
  const acting = act(commandBody('status'))
  let stopped = false
  const stopping = presses.stop().then(() => (stopped = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(stopped).toBe(false)
  store()
  expect(await acting).toEqual([undefined])
  await stopping
  expect(await act(commandBody('status'))).toEqual([])
  expect(lines).toEqual([])
})

test('a command is acknowledged within 100 ms in 99 of 100 times', async () => {
  const { act } = pressDesk()
  await act(commandBody('status'))
  const times: number[] = []
  for (let turn = 0; turn < 200; turn++) {
    const began = performance.now()
    await act(commandBody(whole))
    times.push(performance.now() - began)
  }
  const p99 = times.toSorted((a, b) => a - b)[197] ?? Number.POSITIVE_INFINITY
  expect(p99).toBeLessThan(100)
})
