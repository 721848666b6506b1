import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hubManifest } from '../../adapters/slack/manifest.ts'
import { editYaml } from '../../adapters/yaml/edit-yaml.ts'
import { createTestFleet, type TestFleet } from '../support/fleet.ts'
import { cloneFolder, until } from '../support/process.ts'
import type { SlackApp } from '../support/slack/app.ts'
import type { SlackChannel } from '../support/slack/channel.ts'
import { type FakeSlack, startFakeSlack } from '../support/slack/fake-slack.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import { type SlackInit, startSlackInit } from '../support/slack-init.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'
import { cutAsShown, fencedBlocks, shownCommands, shownLine, withoutIds } from '../support/transcript.ts'

const [terminal = [], mention = [], task = []] = fencedBlocks('docs/slack.md', 'As it looks')

describe('the first five minutes in Slack, as docs/slack.md shows them', () => {
  let slack: FakeSlack
  let channel: SlackChannel
  let fleet: TestFleet
  let hub: SlackApp
  let cto: SlackApp
  let ada: SlackPerson
  let bob: SlackPerson

  beforeAll(async () => {
    slack = await startFakeSlack()
    channel = slack.channel('breakroom')
    const workspace = { slack, channel }
    ada = slackPerson(workspace, { name: 'Ada', realName: 'Ada Lovelace', email: 'ada@acme.example' })
    bob = slackPerson(workspace, { name: 'Bob', realName: 'Bob Baker', email: 'bob@acme.example' })
    fleet = createTestFleet()
    copyFileSync(join(cloneFolder, 'breakroom.yaml'), yaml())
  })

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await slack?.[Symbol.asyncDispose]()
  })

  const yaml = () => join(fleet.folder, 'breakroom.yaml')
  const atSlack = () => ({ BREAKROOM_SLACK_API_URL: slack.url })
  const printedBy = (command: string) =>
    shownCommands(terminal).find((shown) => shown.command === command)?.printed ?? []
  const isInForce = () => fleet.outputOf('up').split('is in force').length - 1

  /** Answers with the configuration token, then does at Slack what the answers to the next two questions need. */
  async function haveItMade(init: SlackInit, firstQuestion: number): Promise<SlackApp> {
    await init.when(`${firstQuestion}. An app configuration token`, slack.configurationToken)
    await init.when(`${firstQuestion + 1}. The bot token`)
    const app = slack.install(/Made the app (\w+)\./.exec(init.screen)?.[1] ?? '')
    await init.when('once the app is installed', app.botToken)
    await init.when(`${firstQuestion + 2}. An app-level token`, app.appToken)
    return app
  }

  test('set-up asks five questions; the app it has made is all that the house needs', async () => {
    const before = readFileSync(yaml(), 'utf8').split('\n')
    await using init = startSlackInit(fleet.folder, slack.url, [], { BREAKROOM_HOME: fleet.home })
    await init.when('1. A short name', '')
    hub = await haveItMade(init, 2)
    await init.when('5. The e-mail address', 'ada@acme.example')
    expect(await init.exited).toBe(0)
    const shown = printedBy('npx breakroom slack init')
    expect(cutAsShown(init.screen, shown)).toEqual(shown)
    // Nothing is left out there, and nothing came behind it.
    expect(withoutIds(init.screen).split('\n').filter(Boolean)).toHaveLength(shown.length)

    const manifest = hubManifest(null)
    expect([...hub.scopes].sort()).toEqual(manifest.oauth_config.scopes.bot.toSorted())
    expect([...hub.events].sort()).toEqual(manifest.settings.event_subscriptions.bot_events.toSorted())
    expect([hub.name, hub.mode, [...hub.commands], [...hub.shortcuts]]).toEqual([
      'breakroom',
      'socket',
      ['/br'],
      ['br_make_task'],
    ])
    expect(channel.members).toContain(hub.botUserId)
    const after = readFileSync(yaml(), 'utf8').split('\n')
    expect(before.filter((line) => !after.includes(line))).toEqual([])
    expect(after.join('\n')).not.toContain(hub.botToken)
  })

  test('the fleet starts with it and says where it is; doctor finds nothing wrong', async () => {
    await fleet.start('up', atSlack())
    const welcome = printedBy('npm start')
    expect(cutAsShown(fleet.outputOf('up'), welcome)).toEqual(welcome)
    const { code, stdout } = await fleet.command(['doctor'], atSlack())
    expect(code, stdout).toBe(0)
    const found = printedBy('npx breakroom doctor')
    expect(cutAsShown(stdout, found)).toEqual(found)
  })

  test('roles answer, and the house tells everybody who they are to it', async () => {
    await play(mention)
  })

  test('a colleague is one as soon as breakroom.yaml says so, while the fleet runs', async () => {
    const edit = { path: ['people', 'bob'], value: { name: 'Bob', tier: 'member', slack: { slack: bob.user.id } } }
    writeFileSync(yaml(), editYaml(readFileSync(yaml(), 'utf8'), edit))
    await until('it is in force', () => isInForce() === 1, 20_000)
    const before = bob.told
    await bob.slash('whoami')
    await bob.isTold(/you are human-bob, a member/, before)
  })

  test('a task goes from its command over its card and its thread to a yes', async () => {
    await play(task)
  })

  test('in all of that the house said nothing else', () => {
    const shown = [...mention, ...task].map(shownLine)
    const said = everything()
      .filter((message) => !isPerson(authorOf(message)) && message.ts !== card().ts)
      .flatMap((message) => linesOf(message).map((text) => `<${authorOf(message)}> ${text}`))
    const shownAsSaid = shown.filter(({ kind, who }) => kind === 'said' && !isPerson(who))
    expect(said.toSorted()).toEqual(shownAsSaid.map(({ who, text }) => `<${who}> ${withoutIds(text)}`).toSorted())
    const shownToAda = shown.filter(({ kind, who }) => kind === 'told' && who === 'Ada')
    expect(slack.ephemerals(ada.user, channel).flatMap(linesOf)).toEqual(shownToAda.map(({ text }) => withoutIds(text)))
  })

  test('a role that gets its own app while the fleet runs is mentioned and written to directly', async () => {
    await using init = startSlackInit(fleet.folder, slack.url, ['--role', 'cto'], { BREAKROOM_HOME: fleet.home })
    cto = await haveItMade(init, 1)
    expect(await init.exited).toBe(0)
    expect(init.stdout).toContain('The fleet that runs takes this up now.')
    expect(init.stdout).not.toContain('npm start')
    expect([...cto.events].sort()).toEqual(['app_mention', 'message.im'])
    await until('it is in force', () => isInForce() === 2, 20_000)

    const asked = ada.say('@cto ping')
    expect(await ada.seesIn(asked, /pong/)).toMatchObject({ app_id: cto.appId })
    slack.dm(ada.user, cto, 'ping')
    expect(await ada.reads(cto, /^pong/)).toMatchObject({ app_id: cto.appId })
    expect(fleet.outputOf('up')).not.toMatch(/is not set/)
  })

  test('with Slack away the fleet starts all the same, and says so', async () => {
    await fleet.stop('up')
    slack.faults.down()
    const begun = performance.now()
    await fleet.start('up', atSlack())
    expect(performance.now() - begun).toBeLessThan(15_000)
    expect(fleet.outputOf('up')).toMatch(
      /Degraded +2 of 2 connections to slack are down\. "npx breakroom doctor" says why/,
    )
    const { code, stdout } = await fleet.command(['doctor'], atSlack())
    expect(code).toBe(1)
    expect(stdout).toMatch(/failure slack: Slack cannot be asked at .*\n +fix: look at the network/)
  })

  /** Does what people do in these lines, and waits for what they are shown of it. */
  async function play(block: string[]): Promise<void> {
    const told = new Map([ada, bob].map((person) => [person, person.told]))
    let parent: SlackMessage | null = null
    for (const shown of block.map(shownLine)) {
      const { kind, who, text } = shown
      const thread: SlackMessage | undefined = shown.thread && parent !== null ? parent : undefined
      const person = who === 'Bob' ? bob : ada
      if (kind === 'pressed') await person.press(card(), idOf(card(), text))
      else if (kind === 'card')
        parent = await until(`the card says ${text}`, () => same(card(), 'breakroom', text) ?? fail([card()]))
      else if (kind === 'told') {
        const since = told.get(person) ?? 0
        await until(`${who} is told ${text}`, () => {
          const asides = slack.ephemerals(person.user, channel).slice(since)
          return asides.some((aside) => linesOf(aside).includes(withoutIds(text))) || fail(asides)
        })
      } else if (!isPerson(who)) {
        const where = () => (thread === undefined ? slack.messages(channel) : slack.thread(thread))
        await until(
          `${who} says ${text}`,
          () => where().some((message) => same(message, who, text)) || fail(where()),
          15_000,
        )
      } else if (text.startsWith('/br ')) await person.slash(text.slice('/br '.length))
      else {
        const said = person.say(text, thread)
        if (thread === undefined) parent = said
      }
    }
  }

  function everything(): SlackMessage[] {
    return slack.messages(channel).flatMap((message) => slack.thread(message))
  }

  function card(): SlackMessage {
    const found = slack.messages(channel).filter(({ text }) => text.startsWith('t-1 "'))
    if (found.length !== 1) throw new Error(`there are ${found.length} cards`)
    return found[0] as SlackMessage
  }

  function same(message: SlackMessage, who: string, text: string): SlackMessage | null {
    return authorOf(message) === who && linesOf(message).includes(withoutIds(text)) ? message : null
  }

  function authorOf({ username, user, app_id: app }: SlackMessage): string {
    if (username !== undefined) return username
    if (app !== undefined) return app === hub.appId ? 'breakroom' : 'cto'
    return user === bob.user.id ? 'Bob' : 'Ada'
  }
})

function isPerson(who: string): boolean {
  return who === 'Ada' || who === 'Bob'
}

/** The lines of a message as people read them. */
function linesOf({ text }: SlackMessage): string[] {
  const read = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return read.split('\n').map(withoutIds)
}

/** The action id of the button that says this. */
function idOf({ blocks = [] }: SlackMessage, label: string): string {
  const elements = blocks.flatMap(
    (block) => (block.elements ?? []) as { action_id?: string; text?: { text?: string } }[],
  )
  const found = elements.find(({ text }) => text?.text === label)?.action_id
  if (found === undefined) throw new Error(`there is no button ${label}`)
  return found
}

/** What is there instead belongs into the failure. */
function fail(messages: SlackMessage[]): never {
  throw new Error(JSON.stringify(messages.map(({ text }) => text)))
}
