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
const outageMs = 12_000

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
        await pause(250)
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

  test('a role whose token was revoked speaks through the house, and everybody else as before', async () => {
    const { slack, hub } = workspace
    slack.faults.revoke(ceo)
    const asked = { ceo: ada.say('@ceo ping without a token'), cto: ada.say('@cto ping beside it') }
    await record.answeredOnce([asked.ceo], 'ceo')
    await record.answeredOnce([asked.cto], 'cto')
    expect(slack.thread(asked.ceo)[1]).toMatchObject({ app_id: hub.appId, username: 'ceo' })
    expect(slack.thread(asked.cto)[1]).toMatchObject({ app_id: cto.appId })
  })

  test('F39: when the answer of Slack is lost, what was posted stands there once', async () => {
    const { slack, channel } = workspace
    const lost = () => slack.calls.filter(({ answer }) => answer === 'lost')
    slack.faults.loseAnswer('chat.postMessage')
    const asked = ada.say('@cto ping, and nobody learns that you answered')
    await record.answeredOnce([asked], 'cto')
    slack.faults.loseAnswer('chat.postMessage')
    alice.say(fleetRoom, 'shown once')
    await ada.sees(/shown once/)
    alice.say(fleetRoom, 'and this behind it')
    await ada.sees(/and this behind it/)
    expect(slack.messages(channel).filter(({ text }) => text.includes('shown once'))).toHaveLength(1)
    expect(lost().map(({ method }) => method)).toEqual(['chat.postMessage', 'chat.postMessage'])
    await record.answeredOnce([asked], 'cto')
  })

  test('F41: lines that are edited and deleted while a role answers, and commands, do nothing twice and stop nobody', async () => {
    const { slack, channel } = workspace
    const edited = ada.say('@cto ping, and then')
    slack.edit(edited, '@cto ping, and now')
    const deleted = ada.say('@cto ping, or rather not')
    slack.delete(deleted)
    const command = ada.say('!assign cto "Write it down" accept: a page; verify: `true`')
    await ada.seesIn(command, /t-1 is with cto/)
    slack.edit(command, '!assign cto "Write it up" accept: a page; verify: `true`')
    await ada.seesIn(command, /edit/)
    slack.delete(command)
    await record.answeredOnce([edited], 'cto')
    await record.answeredOnce([ada.say('@cto ping after all of that')], 'cto')
    expect(await record.linesOf(deleted)).toHaveLength(1)
    const { stdout } = await fleet.command(['tasks', '--json'])
    expect(JSON.parse(stdout).tasks).toMatchObject([{ label: 't-1', title: 'Write it down' }])
    expect(slack.messages(channel).filter(({ text }) => /^t-\d+ "Write it/.test(text))).toHaveLength(1)
  })

  test('F44: a line crosses each edge once, from any of three networks to the two others', async () => {
    const { slack, channel } = workspace
    const looks = ['round and round', '<bob> as if relayed', 'cto: ping']
    const speakers = { Ada: ada, alice: { say: inRoom(alice) }, bob: { say: inRoom(bob) } }
    for (const [name, speaker] of Object.entries(speakers)) for (const look of looks) speaker.say(`${look} by ${name}`)
    const edges = {
      Ada: () => slack.messages(channel).map(({ text }) => text),
      alice: () => alice.heard.map(({ text }) => text),
      bob: () => bob.heard.map(({ text }) => text),
    }
    const count = () =>
      Object.keys(speakers).flatMap((name) =>
        looks.flatMap((look) =>
          Object.entries(edges).flatMap(([edge, texts]) => {
            if (edge === name) return []
            const shown = texts().filter((text) => text.includes(slackOr(edge, `${look} by ${name}`)))
            return [{ look, name, edge, shown: shown.length }]
          }),
        ),
      )
    await until('all of it is everywhere', () => count().every(({ shown }) => shown > 0), patience)
    // Whatever goes round passes by once more before these are answered everywhere.
    const last = ada.say('@cto ping at last')
    await record.answeredOnce([last], 'cto')
    expect(count().filter(({ shown }) => shown !== 1)).toEqual([])
    const said = (await fleet.lines()).filter(({ data }) => / by (Ada|alice|bob)$/.test(data.text))
    expect(said).toHaveLength(looks.length * 3)
  })

  test('that the app of a role is away is said in the room, on every network', async () => {
    const away =
      /^ceo's own app on acme is away \(.*\): it speaks through mine, and cannot be written to alone\. "npx breakroom slack init --role ceo" mends it\.$/m
    // In Slack lines of the house share a message.
    await ada.sees(away)
    for (const person of [alice, bob]) await hears(person, away, 0)
  })

  test("F37: while the house's token is refused and Slack is down for long, nothing is lost in either direction", async () => {
    const { slack, hub, channel } = workspace
    const before = alice.heard.length
    const thread = ada.say('where a thread begins')
    await record.stored([thread])
    slack.faults.revoke(hub, 'invalid_auth')
    const unheard = ada.say('a line that the house cannot hear')
    // A role's own app hears where it is named.
    await record.answeredOnce([ada.say('@cto ping without the house')], 'cto')
    await hears(alice, /^I cannot reach acme: what is said here is kept for it\.$/, before, 15_000)
    expect(alice.heard.slice(before).filter(({ text }) => /ceo's own app/.test(text))).toEqual([])

    slack.faults.down({ replay: false })
    slack.faults.restore(hub)
    slack.faults.restore(ceo)
    const asked = [
      ada.say('@cto ping in the dark'),
      ada.say('@cto ping in the dark, in a thread', thread),
      ada.say('@cto ping in the dark again'),
    ]
    const toCeo = ada.say('@ceo ping in the dark')
    const direct = slack.dm(ada.user, cto, 'ping')
    alice.say(fleetRoom, 'kept for Slack, from here')
    bob.say(fleetRoom, 'kept for Slack, from there')
    await pause(outageMs)
    slack.faults.up()

    await hears(alice, /^acme is back; what was kept is on its way\.$/, before, patience)
    await record.stored([unheard, ...asked, toCeo])
    const lines = (await fleet.lines()).map(({ data }) => data.origin?.id?.split(':')[2])
    const places = [unheard, ...asked, toCeo].map(({ ts }) => lines.indexOf(ts))
    expect(places).toEqual([...places].sort((one, other) => one - other))
    await record.answeredOnce(asked, 'cto')
    await record.answeredOnce([toCeo], 'ceo')
    await ada.reads(cto, /^pong/)
    const alone = (await fleet.lines('private')).filter(({ data }) => data.origin?.id?.endsWith(direct.ts))
    expect(alone).toHaveLength(1)
    const kept = ['kept for Slack, from here', 'kept for Slack, from there']
    for (const text of kept) await ada.sees(new RegExp(text))
    const shown = slack.messages(channel).map(({ text }) => text)
    for (const text of kept) expect(shown.join('\n').split(text)).toHaveLength(2)
  })

  test('F37: what cannot be read back is said in the room, and stands on the record as a gap', async () => {
    const { slack, hub } = workspace
    const before = alice.heard.length
    const { scopes } = hub
    hub.scopes = new Set([...scopes].filter((scope) => scope !== 'channels:history'))
    for (const line of slack.sockets(hub)) line.cut()
    const lost = ada.say('nobody may read this')
    const said =
      /^I could not hear acme from [\d:]+ to [\d:]+ UTC: the app may not read it \(it lacks channels:history\)\. .*not in the record\.$/m
    await hears(alice, said, before)
    await ada.sees(said)
    hub.scopes = scopes
    await record.answeredOnce([ada.say('@cto ping after a gap')], 'cto')
    expect(await record.linesOf(lost)).toEqual([])
    const gaps = (await fleet.record('events')).filter(({ subject }) => subject.includes('.gap.'))
    expect(gaps).toMatchObject([{ subject: 'events.breakroom.gap.breakroom', envelope: { data: { network: 'acme' } } }])
  })

  test('I1, I2: in all of this no id stands twice in the record, nothing was given up, and no answer came twice', async () => {
    const { slack, channel } = workspace
    const lines = await fleet.lines()
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    expect(lines.filter(({ data }) => /given up|passed over/i.test(data.text))).toEqual([])
    const asked = slack.messages(channel).filter(({ user, text }) => user === ada.user.id && / ping /.test(text))
    for (const app of [cto, ceo]) {
      const toApp = asked.filter(({ text }) => text.includes(app.botUserId))
      expect(toApp.length).toBeGreaterThan(5)
      await record.answeredOnce(toApp, app.name)
    }
    for (const person of [alice, bob]) await hears(person, /^ceo's own app on acme is back\.$/, 0, patience)
    await ada.sees(/^ceo's own app on acme is back\.$/m)
  })

  /** All that lies in the bridge's spool. */
  function spooled(): string {
    const folder = join(fleet.home, 'spool')
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
    return files.map(({ name }) => readFileSync(join(folder, name), 'utf8')).join('')
  }
})

function inRoom(person: IrcPerson): (text: string) => void {
  return (text) => person.say(fleetRoom, text)
}

/** A text as it is shown there: in Slack `<` and `>` are entities. */
function slackOr(edge: string, text: string): string {
  return edge === 'Ada' ? text.replace('<', '&lt;').replace('>', '&gt;') : text
}
