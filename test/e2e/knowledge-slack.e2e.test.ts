import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerTo } from '../support/answers.ts'
import { createTestFleet, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import type { SlackApp } from '../support/slack/app.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'

const handbook = `---
date: 2026-03-01
---
# Shop

## Refunds

Refunds are given within 30 days of the purchase.

They are paid to the card that was used.
`
const board = `---
access: [board]
---
# Board

The zebra committee of the house meets on Wednesday, regularly.
`

describe('the knowledge proxy in Slack', () => {
  const refunds = 'Within how many days of the purchase are refunds given?'
  let workspace: TestWorkspace
  let knowledge: SlackApp
  let fleet: TestFleet
  let ada: SlackPerson
  let grace: SlackPerson
  let guest: SlackPerson
  let bob: IrcPerson
  /** What ada asked in the channel first, and what it was answered. */
  let asked: SlackMessage
  let answer: SlackMessage

  beforeAll(async () => {
    workspace = await startWorkspace({ roles: ['knowledge'] })
    // What is shown here is not about how fast Slack lets us post.
    workspace.slack.faults.rateLimits(false)
    knowledge = workspace.apps.knowledge as SlackApp
    ada = slackPerson(workspace, 'Ada')
    grace = slackPerson(workspace, 'Grace')
    guest = slackPerson(workspace, { name: 'Gus', kind: 'guest' })
    const people = {
      ada: { name: 'Ada', tier: 'member' as const, member: ada.user.id },
      grace: { name: 'Grace', tier: 'member' as const, member: grace.user.id },
      // Whatever is written about a guest of the workspace, they only read and ask.
      gus: { name: 'Gus', tier: 'founder' as const, member: guest.user.id },
    }
    fleet = createTestFleet({
      roles: ['ceo', 'cto', 'knowledge', 'org-agent'],
      slack: { ...workspace, people },
      rooms: { board: { visibility: 'private', members: ['ada', 'gus'] } },
      changes: { knowledge: { rooms: ['breakroom', 'board'] } },
      knowledge: {
        corpus: [{ name: 'shop', folder: 'shop' }],
        owners: [{ topics: ['rhododendrons'], person: 'grace' }],
      },
      files: { 'shop/handbook.md': handbook, 'shop/board.md': board },
    })
    await fleet.start('up')
    await fleet.corpusRead()
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  test('answers a mention in its thread, with buttons for what can be said of the answer', async () => {
    asked = ada.say(`@knowledge ${refunds}`)
    answer = await ada.seesIn(asked, /Refunds are given within 30 days of the purchase\./)
    expect(answer.bot_id).toBe(knowledge.botId)
    expect(answer.text.split('\n')).toEqual([
      expect.stringMatching(/^Ada: "Refunds are given within 30 days of the purchase\./),
      expect.stringMatching(/^HIGH: .+ · q-1$/),
      expect.stringMatching(/^from "Shop › Refunds" \(2026-03-01\)/),
    ])
    expect(buttonsOf(answer).map(({ label }) => label)).toEqual(['Helped', 'Wrong', 'Ask a human'])
    // On IRC the same answer stands in words.
    await bob.waitForText(/"Refunds are given within 30 days of the purchase\./)
  })

  test('understands a follow-up in the thread from what was asked in it, whoever asks', async () => {
    grace.say('@knowledge and to which card are they paid?', asked)
    const next = await grace.seesIn(asked, /^Grace: /)
    expect(next.text).toMatch(/They are paid to the card that was used\..*\n.* I read: ".*asked after: .*refunds/s)
  })

  test('answers who writes to its app alone, and a /br ask, for their eyes only', async () => {
    const { slack, channel } = workspace
    const question = 'Within how many days exactly of the purchase are refunds given?'
    slack.dm(ada.user, knowledge, question)
    const alone = await ada.reads(knowledge, /Refunds are given within 30 days/)
    expect(alone.text).toMatch(/^"Refunds/)
    await ada.slash(`ask ${question}`)
    const told = await ada.isTold(/Refunds are given within 30 days/)
    expect(told.text).toMatch(/^"Refunds .*\nHIGH: /s)
    expect(grace.told).toBe(0)
    const seen = slack.messages(channel).flatMap((message) => slack.thread(message))
    expect(JSON.stringify([seen, bob.heard, await fleet.lines()])).not.toContain('days exactly')
  })

  test('S22: a member of a private room is told alone what is for its members; the channel, others and guests are not', async () => {
    const { slack, channel } = workspace
    const question = 'On which weekday does the zebra committee of the house meet regularly?'
    const told = { ada: ada.told, grace: grace.told, guest: guest.told }
    for (const person of [ada, grace, guest]) await person.slash(`ask ${question}`)
    await ada.isTold(/The zebra committee of the house meets on Wednesday/, told.ada)
    for (const [person, before] of [[grace, told.grace] as const, [guest, told.guest] as const]) {
      expect((await person.isTold(/q-\d+/, before)).text).not.toMatch(/Wednesday|Board/)
    }
    slack.dm(ada.user, knowledge, question)
    await ada.reads(knowledge, /Wednesday/)
    const inChannel = ada.say(`@knowledge ${question}`)
    await ada.seesIn(inChannel, /^Ada: (?!@).* · q-\d+/s)
    const seen = slack.messages(channel).flatMap((message) => slack.thread(message))
    expect(JSON.stringify([seen, bob.heard, await fleet.record('events')])).not.toContain('Wednesday')
  })

  test('S9: a press says what it says, with the rights of who pressed', async () => {
    const press = async (person: SlackPerson, label: string, at: SlackMessage, told: RegExp) => {
      const before = person.told
      await person.press(at, actionOf(at, label))
      return person.isTold(told, before)
    }
    await press(grace, 'Helped', answer, /^Noted: q-1 helped\.$/)
    await press(guest, 'Wrong', answer, /^Noted: q-1 did not help\./)
    await press(ada, 'Ask a human', answer, /^Founder is asked .* \(q-1\)\.$/)
    await ada.seesIn(asked, /^Founder, can you answer q-1\?/)
    await press(grace, 'Ask a human', answer, /^Founder was asked already \(q-1\)\.$/)
    await guest.slash('answer q-1 Within a thousand days.')
    await guest.isTold(/^Only a member or a founder may say what the answer is; you are a guest \(rule: tier\)/)
    expect((await answerTo(bob, 'knowledge', refunds))[0]).toMatch(/30 days/)
  })

  test('what nobody wrote down rings who should know, whose reply in the thread is remembered when they press for it', async () => {
    const question = 'Who prunes gnarled overgrown rhododendrons, mossy hydrangeas?'
    const open = ada.say(`@knowledge ${question}`)
    const ring = await ada.seesIn(open, /I don't know: nothing here speaks of/)
    expect(ring.text).toContain(`<@${grace.user.id}>`)
    grace.say('The gardener does, each March.', open)
    const offer = await grace.seesIn(open, /^Grace answered q-\d+: "The gardener does, each March\."/)
    const { told } = guest
    await guest.press(offer, actionOf(offer, 'Remember it'))
    await guest.isTold(/^Only a member or a founder may say what the answer is/, told)
    expect((await answerTo(bob, 'knowledge', question)).join('\n')).not.toMatch(/gardener/)
    const before = grace.told
    await grace.press(offer, actionOf(offer, 'Remember it'))
    await grace.isTold(/^Remembered as the answer to q-\d+, from Grace, /, before)
    expect(await answerTo(bob, 'knowledge', question)).toEqual([
      '"The gardener does, each March."',
      expect.stringMatching(/^HIGH: Grace answered this on /),
      expect.stringMatching(/\(confirmed by Grace, /),
    ])
  })

  test('answers 39,000 characters in one message', async () => {
    const { slack } = workspace
    const long = ada.say(`@knowledge zyzzyva ${'quixotry '.repeat(4_300)}`)
    await until('it is answered', () => slack.thread(long).length === 2)
    const [, said] = slack.thread(long)
    expect(said?.text).toMatch(/^Ada: I don't know: nothing here speaks of "zyzzyva", "quixotry"/)
    expect(said?.text.length).toBeLessThan(1_000)
  })
})

/** The buttons of a message, in order. */
function buttonsOf({ blocks = [] }: SlackMessage): { label: string; action: string }[] {
  const elements = blocks.flatMap((block) => (block.elements ?? []) as { text: { text: string }; action_id: string }[])
  return elements.map(({ text, action_id }) => ({ label: text.text, action: action_id }))
}

function actionOf(message: SlackMessage, label: string): string {
  const button = buttonsOf(message).find((one) => one.label === label)
  if (button === undefined) throw new Error(`there is no button "${label}" under ${message.text}`)
  return button.action
}
