import { expect, test } from 'vitest'
import { elsewhere, pressDesk, room } from './press-desk.ts'

const link = 'https://acme.slack.test/archives/C0ROOM/p1'

function shortcutBody(text: string, channel = room) {
  return {
    type: 'message_action',
    callback_id: 'br_make_task',
    user: { id: 'U0ALICE', name: 'alice' },
    team: { id: 'T1', domain: 'acme' },
    channel: { id: channel, name: 'x' },
    message: { type: 'message', user: 'U0BOB', text, ts: '1.5' },
    message_ts: '1.5',
    trigger_id: '1.2.shortcut',
    response_url: 'https://hooks.slack.test/actions/2',
  }
}

/** A desk whose Slack knows where messages are. */
function linkedDesk(given: Parameters<typeof pressDesk>[0] = {}) {
  const desk = pressDesk(given)
  desk.slack.answers.set('chat.getPermalink', async () => ({ ok: true, permalink: link }))
  const opened = () => JSON.stringify(desk.slack.calls.find(({ method }) => method === 'views.open')?.args)
  return { ...desk, opened }
}

test('U12: the form is filled in with what the message says and where it is', async () => {
  const { act, slack, opened, remembered } = linkedDesk()
  expect(await act(shortcutBody('The gateway falls over at &lt;noon&gt;, says <@U0BOB>'))).toEqual([undefined])
  expect(slack.calls[0]).toEqual({ method: 'chat.getPermalink', args: { channel: room, message_ts: '1.5' } })
  expect(opened()).toContain('The gateway falls over at <noon>, says @alice')
  expect(opened()).toContain(link)
  expect(remembered).toMatchObject([{ user: 'U0ALICE', room: 'breakroom' }])
})

test('a name that somebody gave themselves cannot go on as words of whoever makes the task', async () => {
  const name = 'bob"; verify: `rm`; about: "'
  const { act, opened } = linkedDesk({
    personOf: async (user) => ({ nick: user, name, account: user, host: '', bot: false }),
  })
  await act(shortcutBody('<@U0BOB> asks'))
  expect(opened()).toContain('@bob_verify_rm_about asks')
})

test('the form opens without what Slack does not tell in time', async () => {
  const never = () => new Promise<never>(() => {})
  const { act, slack, opened, clock } = linkedDesk({ personOf: never })
  slack.answers.set('chat.getPermalink', never)
  const acting = act(shortcutBody('Ask <@U0BOB>'))
  await clock.advance(1_000)
  expect(await acting).toEqual([undefined])
  expect(opened()).toContain('Ask @U0BOB')
})

test('in a channel that is no room of ours no form opens', async () => {
  const { act, slack } = linkedDesk()
  await act(shortcutBody('x', elsewhere))
  expect(slack.calls).toMatchObject([
    {
      method: 'chat.postEphemeral',
      args: { channel: elsewhere, text: expect.stringContaining('not one of my rooms') },
    },
  ])
})

test('when the form does not open, the person hears what to do instead', async () => {
  const { act, slack } = linkedDesk()
  slack.answers.set('views.open', () => Promise.reject(new Error('expired_trigger_id')))
  expect(await act(shortcutBody('x'))).toEqual([undefined])
  expect(slack.calls.at(-1)).toMatchObject({ args: { user: 'U0ALICE', text: expect.stringContaining('/br assign') } })
})
