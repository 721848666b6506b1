import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'

describe('one room in Slack and on IRC', () => {
  let workspace: TestWorkspace
  let fleet: TestFleet
  let ada: SlackPerson
  let bob: IrcPerson

  beforeAll(async () => {
    workspace = await startWorkspace()
    ada = slackPerson(workspace, 'Ada')
    const people = { ada: { name: 'Ada', tier: 'member' as const, member: ada.user.id } }
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'], slack: { ...workspace, people } })
    await fleet.start('up')
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  const everything = () =>
    workspace.slack.messages(workspace.channel).flatMap((message) => workspace.slack.thread(message))

  test('a line in Slack appears on IRC once, and one on IRC in Slack', async () => {
    const before = bob.heard.length
    ada.say('good morning *everybody*')
    const heard = await hears(bob, /good morning/, before)
    expect(heard).toMatchObject({ nick: 'breakroom', target: fleetRoom, text: '<Ada> good morning \x02everybody\x02' })

    bob.say(fleetRoom, 'hello from IRC')
    const seen = await ada.sees(/hello from IRC/)
    expect(seen).toMatchObject({ text: '&lt;bob&gt; hello from IRC', app_id: workspace.hub.appId })
    await ask(bob, fleetRoom, '!whoami', /you are human-/)
    expect(bob.heard.filter(({ text }) => text.includes('good morning'))).toHaveLength(1)
    expect(everything().filter(({ text }) => text.includes('hello from IRC'))).toHaveLength(1)
  })

  test('a mention is answered in its thread, and on IRC with its code; IRC answers into the thread', async () => {
    const before = bob.heard.length
    const asked = ada.say('@cto ping')
    const pong = await ada.seesIn(asked, /pong/)
    expect(pong).toMatchObject({ app_id: workspace.apps.cto?.appId, thread_ts: asked.ts })

    ada.say('thank you, see you at nine', asked)
    const relayed = await hears(bob, /see you at nine/, before)
    const code = /^<Ada> \[([a-z0-9]{4})\] thank you/.exec(relayed.text)?.[1]
    expect(code).toBeDefined()

    bob.say(fleetRoom, `[${code}] me too`)
    const answered = await ada.seesIn(asked, /me too/)
    expect(answered).toMatchObject({ text: '&lt;bob&gt; me too', thread_ts: asked.ts })
  })

  test('an edit is a short correction on IRC, and wakes nobody twice', async () => {
    const before = bob.heard.length
    const said = ada.say('we meet at nine')
    await hears(bob, /we meet at nine/, before)
    workspace.slack.edit(said, 'we meet at ten')
    const corrected = await hears(bob, /edited/, before)
    expect(corrected.text).toBe('<Ada> (edited) "at nine" is now "at ten"')
  })

  test('a slash command is answered for the eyes of who gave it alone, with its task and Undo', async () => {
    const { slack, channel, hub } = workspace
    await ada.slash('assign cto "Say what is new" accept: a line about it')
    const receipt = await ada.isTold(/t-\d+ is with cto/)
    expect(JSON.stringify(receipt.blocks)).toContain('Undo')
    expect(everything().some(({ text }) => text.includes('assign cto'))).toBe(false)

    const card = await ada.sees(/^t-\d+ "Say what is new" for cto/)
    expect(card).toMatchObject({ app_id: hub.appId })
    await ada.seesIn(card, /is here: "Say what is new"/)

    await ada.press(receipt, undoOf(receipt))
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
