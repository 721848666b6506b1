import { App, type BlockAction, SocketModeReceiver } from '@slack/bolt'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { until } from '../process.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { startFakeSlack } from './fake-slack.ts'

const form = {
  type: 'modal' as const,
  callback_id: 'assign',
  title: { type: 'plain_text' as const, text: 'Assign a task' },
  submit: { type: 'plain_text' as const, text: 'Assign' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'title',
      label: { type: 'plain_text' as const, text: 'Title' },
      element: { type: 'plain_text_input' as const, action_id: 'text', max_length: 20 },
    },
    {
      type: 'input' as const,
      block_id: 'who',
      label: { type: 'plain_text' as const, text: 'Who' },
      element: {
        type: 'static_select' as const,
        action_id: 'pick',
        options: [{ text: { type: 'plain_text' as const, text: 'cto' }, value: 'cto' }],
      },
    },
  ],
}

const card = [
  {
    type: 'actions' as const,
    block_id: 'card',
    elements: [
      { type: 'button' as const, action_id: 'done', text: { type: 'plain_text' as const, text: 'Done' }, value: 't-1' },
    ],
  },
]

async function boltHouse(set: (bolt: App) => void) {
  const clock = createVirtualClock()
  const slack = await startFakeSlack({ clock })
  const hub = slack.app({ name: 'breakroom', commands: ['/br'], shortcuts: ['make_task'] })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'general', members: [alice, hub] })
  const bolt = new App({
    receiver: new SocketModeReceiver({
      appToken: hub.appToken,
      logger: silentLogger,
      installerOptions: { clientOptions: { slackApiUrl: slack.url } },
    }),
    token: hub.botToken,
    botId: hub.botId,
    botUserId: hub.botUserId,
    logger: silentLogger,
    clientOptions: { slackApiUrl: slack.url, retryConfig: { retries: 0 } },
  })
  set(bolt)
  await bolt.start()
  return { clock, slack, hub, alice, room, bolt }
}

test('a command is answered with its acknowledgement and five times more through its response_url', async () => {
  const statuses: number[] = []
  const { slack, alice, room, bolt } = await boltHouse((bolt) => {
    bolt.command('/br', async ({ ack, command }) => {
      await ack({ text: `got ${command.text}` })
      for (let answer = 1; answer <= 6; answer++) {
        const body = JSON.stringify({
          text: `answer ${answer}`,
          response_type: answer === 1 ? 'in_channel' : 'ephemeral',
        })
        statuses.push((await fetch(command.response_url, { method: 'POST', body })).status)
      }
    })
  })
  await using _ = slack
  const outcome = await slack.slash(alice, room, '/br', 'tasks')
  expect(outcome).toMatchObject({ ok: true, payload: { text: 'got tasks' } })
  expect(outcome.ackMs).toBeLessThan(3_000)
  await until('all answers are sent', () => statuses.length === 6)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
  expect(slack.ephemerals(alice, room).map(({ text }) => text)).toEqual([
    'got tasks',
    ...[2, 3, 4, 5].map((n) => `answer ${n}`),
  ])
  expect(slack.messages(room)).toMatchObject([{ text: 'answer 1' }])
  await bolt.stop()
})

test('a form stays open with errors beside its fields, and closes when all is well', async () => {
  const submitted: unknown[] = []
  const { slack, alice, room, bolt } = await boltHouse((bolt) => {
    bolt.command('/br', async ({ ack, client, command }) => {
      await ack()
      await client.views.open({ trigger_id: command.trigger_id, view: form })
    })
    bolt.view('assign', async ({ ack, view }) => {
      const title = view.state.values.title?.text?.value
      if (title === 'bad') return ack({ response_action: 'errors', errors: { title: 'Too vague' } })
      submitted.push(title, view.state.values.who?.pick?.selected_option?.value)
      return ack()
    })
  })
  await using _ = slack
  await slack.slash(alice, room, '/br', 'assign')
  const view = await until('the form is open', () => slack.openView(alice))
  expect(await slack.submit(alice, view, { who: 'cto' })).toMatchObject({
    closed: false,
    errors: { title: 'Please complete this required field.' },
  })
  expect(await slack.submit(alice, view, { title: 'bad' })).toMatchObject({
    closed: false,
    errors: { title: 'Too vague' },
  })
  expect(await slack.submit(alice, view, { title: 'Fix it' })).toMatchObject({ closed: true, errors: {} })
  expect(slack.openView(alice)).toBeNull()
  expect(submitted).toEqual(['Fix it', 'cto'])
  await expect(slack.submit(alice, view)).rejects.toThrow('does not have the form')
  await bolt.stop()
})

test('a trigger opens one form within three seconds', async () => {
  const triggers: string[] = []
  const { clock, slack, alice, room, bolt } = await boltHouse((bolt) => {
    bolt.command('/br', async ({ ack, command }) => {
      triggers.push(command.trigger_id)
      await ack()
    })
  })
  await using _ = slack
  await slack.slash(alice, room, '/br')
  await slack.slash(alice, room, '/br')
  const open = (trigger = '') => bolt.client.views.open({ trigger_id: trigger, view: form })
  await open(triggers[0])
  await expect(open(triggers[0])).rejects.toMatchObject({ data: { error: 'exchanged_trigger_id' } })
  await expect(open('made up')).rejects.toMatchObject({ data: { error: 'invalid_trigger_id' } })
  await clock.advance(3_001)
  await expect(open(triggers[1])).rejects.toMatchObject({ data: { error: 'expired_trigger_id' } })
  await bolt.stop()
})

test('a button in a message, a message shortcut and the Home tab reach their app', async () => {
  const pressed: unknown[] = []
  const { slack, hub, alice, room, bolt } = await boltHouse((bolt) => {
    bolt.action<BlockAction>('done', async ({ ack, action, body, respond }) => {
      await ack()
      pressed.push(action.type === 'button' ? action.value : '', body.user.id)
      if (body.message !== undefined) await respond({ replace_original: true, text: 'done' })
    })
    bolt.shortcut('make_task', async ({ ack, shortcut }) => {
      await ack()
      pressed.push(shortcut.type === 'message_action' ? shortcut.message.text : '')
    })
    bolt.event('app_home_opened', async ({ client, event }) => {
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: card } })
    })
  })
  await using _ = slack
  const posted = await bolt.client.chat.postMessage({ channel: room.id, text: 'task', blocks: card })
  const place = { channel: room.id, ts: posted.ts ?? '' }
  expect(await slack.press(alice, place, 'done')).toMatchObject({ ok: true })
  await until('the card is replaced', () => slack.messages(room)[0]?.text === 'done')
  await slack.shortcut(alice, slack.say(alice, room, 'make this one'), 'make_task')
  slack.openHome(alice, hub)
  const home = await until('Home is published', () => slack.home(alice, hub))
  await slack.press(alice, home, 'done')
  expect(pressed).toEqual(['t-1', alice.id, 'make this one', 't-1', alice.id])
  expect(() => slack.press(alice, home, 'undone')).toThrow('There is no undone to press; there is done')
  await bolt.stop()
})
