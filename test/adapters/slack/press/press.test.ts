import { expect, test } from 'vitest'
import { type PressValue, pressValue } from '../../../../adapters/slack/draw/press-value.ts'
import { BreakroomError } from '../../../../core/errors.ts'
import { elsewhere, pressBody, pressDesk, room } from './press-desk.ts'

function value(given: Partial<PressValue> = {}): string {
  return pressValue({ command: 'ack t-13', asks: null, until: null, ...given }) ?? ''
}

test('a press is heard as the command it stands for, from whoever pressed it', async () => {
  const { act, lines, remembered } = pressDesk()
  const body = pressBody(value())
  expect(await act(body)).toEqual([undefined])
  expect(lines).toMatchObject([
    {
      id: `press:${body.trigger_id}`,
      text: 'ack t-13',
      room: null,
      aside: { room: 'breakroom' },
      speaker: { account: 'U0ALICE' },
    },
  ])
  expect(remembered).toEqual([{ user: 'U0ALICE', room: 'breakroom', url: 'https://hooks.slack.test/actions/1' }])
})

test('S9: whoever presses, it is their own name that goes up', async () => {
  const { act, lines } = pressDesk()
  await act(pressBody(value({ command: 'approve t-13' }), { user: { id: 'U0MALLORY', team_id: 'T2' } }))
  expect(lines).toMatchObject([{ text: 'approve t-13', speaker: { account: 'U0MALLORY', host: 'T2' } }])
})

test('a press in a channel that is no room stands in none', async () => {
  const { act, lines } = pressDesk()
  await act(pressBody(value(), { channel: { id: elsewhere } }))
  expect(lines.map(({ aside }) => aside)).toEqual([{ room: null }])
})

test('every press is one of its own, and one that comes twice is one', async () => {
  const { act, lines } = pressDesk()
  const body = pressBody(value())
  await act(body)
  await act(body)
  await act(pressBody(value()))
  expect(new Set(lines.map(({ id }) => id)).size).toBe(2)
})

test('any button of a message is heard, whatever its place', async () => {
  const { act, lines } = pressDesk()
  for (const action_id of ['br_press', 'br_press:ack', 'br_press:t-13:1']) {
    await act(pressBody(value(), { actions: [{ type: 'button', action_id, value: value() }] }))
  }
  expect(lines).toHaveLength(3)
})

test('S9: what a button carries is believed only as we draw it', async () => {
  const { act, lines, denied, slack } = pressDesk()
  const forged = [
    'stop',
    '{"command":"stop"}',
    JSON.stringify({ command: 'stop', asks: null, until: null, as: 'U0BOSS' }),
    JSON.stringify({ command: 'stop', asks: 'password', until: null }),
    'x'.repeat(5_000),
  ]
  for (const text of forged) expect(await act(pressBody(text))).toEqual([undefined])
  await act(pressBody(value(), { actions: [] }))
  expect(lines).toEqual([])
  expect(slack.calls).toEqual([])
  expect(denied.filter((rule) => rule === 'press-not-ours')).toHaveLength(forged.length)
})

test('other buttons, links among them, are taken and counted', async () => {
  const { act, lines, denied } = pressDesk()
  for (const action_id of ['link', 'br_pressure', 'xbr_press', '']) {
    expect(await act(pressBody(value(), { actions: [{ type: 'button', action_id, value: value() }] }))).toEqual([
      undefined,
    ])
  }
  expect(lines).toEqual([])
  expect(denied).toEqual(Array(4).fill('interaction-not-ours'))
})

test('a press after its time is said to be too late', async () => {
  const { act, lines, slack, clock } = pressDesk()
  const until = new Date(clock.now().getTime() + 30_000).toISOString()
  await act(pressBody(value({ command: 'cancel t-13', until })))
  await clock.advance(30_000)
  expect(await act(pressBody(value({ command: 'cancel t-13', until })))).toEqual([undefined])
  expect(lines).toHaveLength(1)
  expect(slack.calls).toEqual([
    {
      method: 'chat.postEphemeral',
      args: { channel: room, user: 'U0ALICE', text: expect.stringMatching(/^Too late.*nothing was done/) },
    },
  ])
})

test('a press that cannot be stored is said to be not done, to whoever pressed', async () => {
  const { act, house, slack } = pressDesk()
  house.onLine = async () => {
    throw new BreakroomError('unavailable', 'full')
  }
  expect(await act(pressBody(value()))).toEqual([undefined])
  expect(slack.calls).toMatchObject([
    { method: 'chat.postEphemeral', args: { user: 'U0ALICE', text: expect.stringContaining('nothing was done') } },
  ])
})

test('on the home page, where there is no channel, it is said in a direct message', async () => {
  const { act, house, slack } = pressDesk()
  house.onLine = async () => {
    throw new BreakroomError('unavailable', 'full')
  }
  const home = { channel: undefined, container: { type: 'view', view_id: 'V1' }, view: { id: 'V1', type: 'home' } }
  await act(pressBody(value(), home))
  expect(slack.calls.map(({ method, args }) => [method, args.channel])).toEqual([['chat.postMessage', 'U0ALICE']])
})
