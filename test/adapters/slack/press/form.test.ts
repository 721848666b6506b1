import { expect, test } from 'vitest'
import { pressValue } from '../../../../adapters/slack/draw/press-value.ts'
import { commandBody, elsewhere, pressBody, pressDesk } from './press-desk.ts'

const asking = pressValue({ command: 'reject t-13', asks: 'reason', until: null }) ?? ''

function submission(callback_id: string, private_metadata: string, values: Record<string, unknown>) {
  return {
    type: 'view_submission',
    user: { id: 'U0ALICE', name: 'alice', team_id: 'T1' },
    team: { id: 'T1', domain: 'acme' },
    trigger_id: '1.2.form',
    view: { id: 'V1', type: 'modal', callback_id, private_metadata, state: { values } },
  }
}

const meta = { room: 'breakroom', channel: 'C0ROOM' }
const ask = JSON.stringify({ ...meta, command: 'reject t-13', asks: 'reason' })
const said = { br_said: { said: { type: 'plain_text_input', value: 'no tests' } } }

test('a form goes up from the room that it was asked for in', async () => {
  const { act, lines } = pressDesk()
  expect(await act(submission('br_ask', ask, said))).toEqual([{ response_action: 'clear' }])
  expect(lines).toMatchObject([
    { id: expect.stringMatching(/^form:V1:/), text: 'reject t-13 no tests', room: null, aside: { room: 'breakroom' } },
  ])
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['more than we write', JSON.stringify({ ...meta, command: 'stop', asks: 'reason', as: 'U0BOSS' })],
  ['less than we write', JSON.stringify(meta)],
  ['too much', JSON.stringify({ ...meta, command: 'x'.repeat(4_000), asks: 'reason' })],
])('S9: a form that carries %s unseen is none of ours', async (_what, metadata) => {
  const { act, lines, denied } = pressDesk()
  expect(await act(submission('br_ask', metadata, said))).toEqual([undefined])
  expect(lines).toEqual([])
  expect(denied).toEqual(['form-not-ours'])
})

test('the form of somebody else is taken and counted', async () => {
  const { act, lines, denied } = pressDesk()
  expect(await act(submission('their_form', ask, said))).toEqual([undefined])
  expect(lines).toEqual([])
  expect(denied).toEqual(['interaction-not-ours'])
})

test('F35: a form whose words may be kept says so and stays open', async () => {
  const { act, house, clock } = pressDesk()
  house.onLine = () => new Promise(() => {})
  const acting = act(submission('br_ask', ask, said))
  await clock.advance(2_500)
  expect(await acting).toEqual([
    { response_action: 'errors', errors: { br_said: expect.stringContaining('do not know yet') } },
  ])
})

test('a form is asked for with the trigger of the act, and Slack hears of it when it is open', async () => {
  const { act, slack } = pressDesk()
  const body = commandBody('assign')
  expect(await act(body)).toEqual([undefined])
  expect(slack.calls).toMatchObject([{ method: 'views.open', args: { trigger_id: body.trigger_id } }])
})

test('a form that takes too long gives way to the words, still in time for Slack', async () => {
  const { act, slack, lines, clock } = pressDesk()
  slack.answers.set('views.open', () => new Promise(() => {}))
  const began = clock.monotonic()
  let ackedAt: number | null = null
  const acting = act(commandBody('assign cto "Limit the gateway"')).then(() => (ackedAt = clock.monotonic()))
  for (let passed = 0; passed < 3_000 && ackedAt === null; passed += 100) await clock.advance(100)
  await acting
  expect((ackedAt ?? Number.POSITIVE_INFINITY) - began).toBeLessThanOrEqual(2_500)
  expect(lines).toMatchObject([{ text: 'assign cto "Limit the gateway"' }])
})

test('in a channel that is no room of ours no form opens', async () => {
  const { act, slack } = pressDesk()
  await act(commandBody('', { channel_id: elsewhere }))
  expect(slack.calls).toEqual([])
})

test("a press that asks for something in a role's own app says what to type: its form is not ours to open", async () => {
  const { act, slack, lines } = pressDesk()
  expect(await act(pressBody(asking), 'cto')).toEqual([undefined])
  expect(lines).toEqual([])
  expect(slack.calls).toMatchObject([
    { method: 'chat.postEphemeral', args: { text: expect.stringContaining('`/br reject t-13` and the reason') } },
  ])
})

test('a form that was opened on the home page draws it anew', async () => {
  const { act, slack, clock } = pressDesk()
  const onHome = JSON.stringify({ room: null, channel: null, command: 'reject t-13', asks: 'reason' })
  await act(submission('br_ask', onHome, said))
  await clock.advance(2_000)
  expect(slack.calls.map(({ method }) => method)).toEqual(['views.publish'])
})

test('the button for a new task opens the form', async () => {
  const { act, slack } = pressDesk()
  const home = { channel: undefined, container: { type: 'view' }, view: { id: 'V1', type: 'home' } }
  await act(pressBody('', { ...home, actions: [{ type: 'button', action_id: 'br_new_task' }] }))
  expect(slack.calls.map(({ method }) => method)).toEqual(['views.open'])
})
