import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hears, seesAll, textsFrom } from '../support/conversation.ts'
import { createTestFleet, type FleetPart, fleetRoom, type TestFleet } from '../support/fleet.ts'
import { hurriedClock } from '../support/hurried-clock.ts'
import { type InspIrcd, startInspIrcd } from '../support/inspircd.ts'
import { type IrcPerson, ircPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import type { SlackApp } from '../support/slack/app.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'
import { type SlackRecord, slackRecord } from '../support/slack-record.ts'

const patience = 30_000

describe('a fleet in Slack and on two IRC networks, while its parts are killed and Slack fails', () => {
  let workspace: TestWorkspace
  let foreign: InspIrcd
  let fleet: TestFleet
  let record: SlackRecord
  let ada: SlackPerson
  let alice: IrcPerson
  let bob: IrcPerson
  let cto: SlackApp
  let ceo: SlackApp
  /** Which of an app's sockets Slack uses, from 0 (the oldest) to below 1; any of them when it is null. */
  let socket: number | null = null

  beforeAll(async () => {
    workspace = await startWorkspace({ clock: hurriedClock, random: () => socket ?? Math.random() })
    foreign = await startInspIrcd()
    ada = slackPerson(workspace, 'Ada')
    cto = workspace.apps.cto as SlackApp
    ceo = workspace.apps.ceo as SlackApp
    const people = { ada: { name: 'Ada', tier: 'member' as const, member: ada.user.id } }
    fleet = createTestFleet({
      roles: ['ceo', 'cto', 'cso'],
      foreign: foreign.port,
      slack: { ...workspace, people },
    })
    record = slackRecord(fleet, workspace)
    await fleet.startParts()
    alice = await fleet.person('alice')
    bob = await ircPerson({ port: foreign.port, nick: 'bob' })
    await bob.join(fleetRoom)
    await seesAll(bob, ['breakroom', 'ceo', 'cto', 'cso'])
  }, 60_000)

  afterAll(async () => {
    await bob?.close()
    await fleet?.[Symbol.asyncDispose]()
    await foreign?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  const allApps = () => [workspace.hub, ...Object.values(workspace.apps)]

  test('F1: killed between hearing a mention and storing it, the bridge has it from Slack again, within 10 s and once', async () => {
    const { slack } = workspace
    // Whoever is new is asked about before a line is stored, and Slack is slow to tell.
    const newcomer = slackPerson(workspace, 'Newt')
    slack.faults.slow('users.info', 8_000)
    const asked = newcomer.say('@cto ping')
    await until('the bridge has heard it', () =>
      slack.calls.some(({ method, args }) => method === 'users.info' && args.user === newcomer.user.id),
    )
    expect(await record.linesOf(asked)).toEqual([])
    await fleet.kill('bridge')
    const restarted = performance.now()
    await fleet.start('bridge')
    await newcomer.seesIn(asked, /pong/)
    expect(performance.now() - restarted).toBeLessThan(10_000)
    await record.answeredOnce([asked], 'cto')
  })

  test('F2, F3: killed while NATS is away, the bridge loses nothing that Slack was told it has, and hears what came later', async () => {
    // Whoever watches the servers would start it again at once.
    await fleet.kill('servers')
    await fleet.killServer('nats')
    const kept = ada.say('@cto ping without a bus')
    await until('it is on disk', () => spooled().includes(kept.ts))
    await fleet.kill('bridge')
    const unheard = ada.say('@cto ping without a bridge')
    await fleet.start('servers')
    await fleet.start('bridge')
    await record.answeredOnce([kept, unheard], 'cto')
    const [first] = await record.linesOf(kept)
    const [second] = await record.linesOf(unheard)
    expect(first?.seq).toBeLessThan(second?.seq ?? 0)
  })

  test('F13: every part is ended with SIGTERM and started again under a steady load of mentions: none is lost, none comes twice', async () => {
    const ending = new AbortController()
    const asked: Record<'cto' | 'ceo', SlackMessage[]> = { cto: [], ceo: [] }
    const load = speak(ending.signal)
    for (const part of ['bridge', 'router', 'desk', 'bots', 'tasks'] satisfies FleetPart[]) {
      expect({ part, code: await fleet.stop(part) }).toEqual({ part, code: 0 })
      await fleet.start(part)
    }
    ending.abort()
    await load
    await record.answeredOnce(asked.cto, 'cto')
    await record.answeredOnce(asked.ceo, 'ceo')
    for (const person of [alice, bob]) {
      await hears(person, new RegExp(`last of ${asked.cto.length}`), 0, patience)
      const heard = textsFrom(person, 'breakroom', fleetRoom).filter((text) => text.includes('under load'))
      expect(heard.sort()).toEqual([...new Set(heard)])
      expect(heard).toHaveLength(asked.cto.length + asked.ceo.length)
    }

    async function speak(signal: AbortSignal): Promise<void> {
      for (let n = 0; !signal.aborted; n++) {
        const role = n % 2 === 0 ? 'cto' : 'ceo'
        asked[role].push(ada.say(`@${role} ping under load ${n}`))
        await pause(500)
      }
      asked.cto.push(ada.say(`@cto ping under load, last of ${asked.cto.length + 1}`))
    }
  })

  test('F34: what comes four times, out of order and long after it was taken, is one line and one answer', async () => {
    const { slack, hub } = workspace
    slack.faults.outOfOrder(true)
    const asked = [1, 2, 3].map((n) => ada.say(`@cto ping again ${n}`))
    await record.answeredOnce(asked, 'cto')
    for (let time = 0; time < 3; time++) for (const app of [hub, cto, ceo]) slack.faults.redeliver(app)
    slack.faults.outOfOrder(false)
    const last = ada.say('@cto ping after all of it')
    await record.answeredOnce([...asked, last], 'cto')
  })

  test('F36: with sockets half-open, about to be closed and cut, all that is said arrives once', async () => {
    const { slack } = workspace
    const dead = allApps().flatMap((app) => slack.sockets(app).slice(0, 1))
    for (const line of dead) line.freeze()
    socket = 0
    const asked = [ada.say('@cto ping into a dead socket'), ada.say('@ceo ping into a dead socket')]
    socket = 0.999
    // Slack waits for three seconds and tries another one.
    await record.stored(asked)
    socket = null
    for (const line of dead) line.cut()

    for (const app of allApps()) for (const line of slack.sockets(app)) line.disconnect('refresh_requested')
    asked.push(ada.say('@cto ping during a refresh'), ada.say('@ceo ping during a refresh'))
    await record.stored(asked)

    for (const app of allApps()) for (const line of slack.sockets(app)) line.cut()
    asked.push(ada.say('@cto ping without a socket'), ada.say('@ceo ping without a socket'))
    await record.stored(asked)
    const isFor = (app: SlackApp) => asked.filter(({ text }) => text.includes(app.botUserId))
    await record.answeredOnce(isFor(cto), 'cto')
    await record.answeredOnce(isFor(ceo), 'ceo')
  })

  /** All that lies in the bridge's spool. */
  function spooled(): string {
    const folder = join(fleet.home, 'spool')
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
    return files.map(({ name }) => readFileSync(join(folder, name), 'utf8')).join('')
  }
})
