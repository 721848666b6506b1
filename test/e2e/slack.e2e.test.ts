import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import type { SlackUser } from '../support/slack/user.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'

describe('one room in Slack and on IRC', () => {
  let workspace: TestWorkspace
  let fleet: TestFleet
  let ada: SlackUser
  let bob: IrcPerson

  beforeAll(async () => {
    workspace = await startWorkspace()
    const { slack, channel } = workspace
    ada = slack.user('Ada')
    slack.join(ada, channel)
    const people = { ada: { name: 'Ada', tier: 'member' as const, member: ada.id } }
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'], slack: { ...workspace, people } })
    await fleet.start('up')
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  /** Resolves with the first message in the channel or one of its threads that matches. */
  function sees(text: RegExp, within: () => SlackMessage[] = everything): Promise<SlackMessage> {
    return until(
      `Ada sees ${text}`,
      () => {
        const found = within().find((message) => text.test(message.text))
        if (found === undefined) throw new Error(JSON.stringify(within().map((message) => message.text)))
        return found
      },
      15_000,
    )
  }
  const channelMessages = () => workspace.slack.messages(workspace.channel)
  const everything = () => channelMessages().flatMap((message) => workspace.slack.thread(message))

  test('a line in Slack appears on IRC once, and one on IRC in Slack', async () => {
    const before = bob.heard.length
    workspace.slack.say(ada, workspace.channel, 'good morning *everybody*')
    const heard = await hears(bob, /good morning/, before)
    expect(heard).toMatchObject({ nick: 'breakroom', target: fleetRoom, text: '<Ada> good morning \x02everybody\x02' })

    bob.say(fleetRoom, 'hello from IRC')
    const seen = await sees(/hello from IRC/)
    expect(seen).toMatchObject({ text: '&lt;bob&gt; hello from IRC', app_id: workspace.hub.appId })
    await ask(bob, fleetRoom, '!whoami', /you are human-/)
    expect(bob.heard.filter(({ text }) => text.includes('good morning'))).toHaveLength(1)
    expect(everything().filter(({ text }) => text.includes('hello from IRC'))).toHaveLength(1)
  })

  test('a mention is answered in its thread, and on IRC with its code; IRC answers into the thread', async () => {
    const { slack, channel, apps } = workspace
    const before = bob.heard.length
    const asked = slack.say(ada, channel, '@cto ping')
    const pong = await sees(/pong/, () => slack.thread(asked))
    expect(pong).toMatchObject({ app_id: apps.cto?.appId, thread_ts: asked.ts })

    slack.say(ada, channel, 'thank you, see you at nine', { thread: asked })
    const relayed = await hears(bob, /see you at nine/, before)
    const code = /^<Ada> \[([a-z0-9]{4})\] thank you/.exec(relayed.text)?.[1]
    expect(code).toBeDefined()

    bob.say(fleetRoom, `[${code}] me too`)
    const answered = await sees(/me too/, () => slack.thread(asked))
    expect(answered).toMatchObject({ text: '&lt;bob&gt; me too', thread_ts: asked.ts })
  })

  test('an edit is a short correction on IRC, and wakes nobody twice', async () => {
    const { slack, channel } = workspace
    const before = bob.heard.length
    const said = slack.say(ada, channel, 'we meet at nine')
    await hears(bob, /we meet at nine/, before)
    slack.edit(said, 'we meet at ten')
    const corrected = await hears(bob, /edited/, before)
    expect(corrected.text).toBe('<Ada> (edited) "at nine" is now "at ten"')
  })

  test('a slash command is answered for the eyes of who gave it alone, with its task and Undo', async () => {
    const { slack, channel } = workspace
    const outcome = await slack.slash(ada, channel, '/br', 'assign cto "Say what is new" accept: a line about it')
    expect(outcome).toMatchObject({ ok: true })
    const receipt = await until('Ada has her receipt', () =>
      slack.ephemerals(ada, channel).find(({ text }) => /t-\d+ is with cto/.test(text)),
    )
    expect(JSON.stringify(receipt.blocks)).toContain('Undo')
    expect(channelMessages().some(({ text }) => text.includes('assign cto'))).toBe(false)

    const card = await sees(/Say what is new/, channelMessages)
    expect(card).toMatchObject({ app_id: workspace.hub.appId })
    await until('people of the room hear of it on its card', () => slack.thread(card).length > 1)

    const pressed = await slack.press(ada, receipt, undoOf(receipt))
    expect(pressed).toMatchObject({ ok: true })
    await until('the card says that it is over', () => {
      const now = slack.messages(channel).find(({ ts }) => ts === card.ts)
      return /cancelled/.test(now?.text ?? '')
    })
  })
})

/** The action id of a receipt's button. */
function undoOf({ blocks = [] }: SlackMessage): string {
  const found = /"action_id":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1]
  if (found === undefined) throw new Error('the receipt has no button')
  return found
}
