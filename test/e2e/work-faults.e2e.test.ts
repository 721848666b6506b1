import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

// Every part is a process of its own; what is broken while work is under way is a real server or a real part.

let fleet: TestFleet
let alice: IrcPerson
let bob: IrcPerson
let carol: IrcPerson

beforeAll(async () => {
  const program = { brain: { kind: 'command', command: 'work', minutes: 1 } }
  fleet = createTestFleet({
    roles: ['ceo', 'cto', 'cso', 'devops', 'devops-director'],
    limits: { task_lease_seconds: 2, tasks_waiting: 6 },
    checks: { work: ['sh', '-c', 'cat > /dev/null; echo "$BREAKROOM_TASK" >> ended; echo ok'] },
    changes: { devops: program, 'devops-director': program },
    people: { bob: { name: 'Bob', tier: 'member' } },
  })
  await fleet.startParts()
  alice = await fleet.person('alice')
  bob = await fleet.person('bob')
  carol = await fleet.person('carol')
}, 60_000)

afterAll(() => fleet?.[Symbol.asyncDispose]())

const assignment = (role: string, title: string, more = '') =>
  `!assign ${role} "${title}" accept: it is done; verify: true${more}`

/** Assigns a task in the room and resolves with its label. */
async function assign(person: IrcPerson, role: string, title: string, more = ''): Promise<string> {
  const told = await ask(
    person,
    fleetRoom,
    assignment(role, title, more),
    new RegExp(`^${person.nick}: t-\\d+ is with ${role}: "${title}"`),
    20_000,
  )
  return /t-\d+/.exec(told.text)?.[0] ?? ''
}

/** What happened to a task, on the public record. */
async function verbsOf(label: string): Promise<string[]> {
  return (await fleet.record('events')).flatMap(({ subject, envelope }) =>
    'data' in envelope && envelope.data.task === label && subject.includes('.task.')
      ? [subject.split('.')[3] ?? '']
      : [],
  )
}

/** How often a deadline of a task was said to have passed, in the room and on the record. */
async function rings(label: string): Promise<{ said: number; recorded: number }> {
  return {
    said: carol.heard.filter(({ text }) => text.startsWith(`ceo: ${label} `) || text.startsWith(`cto: ${label} `))
      .length,
    recorded: (await verbsOf(label)).filter((verb) => verb === 'breached').length,
  }
}

describe.concurrent('while others work', () => {
  test('F29: FLUSHALL with deadlines pending: each still rings, once', async () => {
    await ask(carol, fleetRoom, '!stop cto', /^cto is stopped/)
    const before = carol.heard.length
    const labels = [
      await assign(carol, 'cto', 'Read the log', '; ack: 3s'),
      await assign(carol, 'cto', 'Read the mail', '; ack: 4s'),
    ]
    const redis = new Redis(fleet.ready.redis ?? '', { lazyConnect: true })
    await until('Redis holds the deadlines', async () =>
      (await redis.keys('*')).some((key) => key.includes('acknowledge')),
    )
    await redis.flushall()
    redis.disconnect()
    for (const label of labels) {
      await hears(
        carol,
        new RegExp(`^ceo: ${label} .* needs you: "cto did not acknowledge it within \\d s"`),
        before,
        60_000,
      )
    }
    for (const label of labels) expect(await rings(label)).toEqual({ said: 1, recorded: 1 })
    await ask(carol, fleetRoom, '!resume cto', /cto/)
    await hears(carol, new RegExp(`^${labels[0]} is here`), before)
  }, 90_000)

  test('F53: what cannot follow because its role is full goes to the dead letters, is said, and is tried again once', async () => {
    await ask(bob, fleetRoom, '!stop cso', /^cso is stopped/)
    const waiting: string[] = []
    for (const n of [1, 2, 3]) waiting.push(await assign(alice, 'cso', `Wait ${n}`))
    for (const n of [4, 5, 6]) waiting.push(await assign(bob, 'cso', `Wait ${n}`))
    const before = bob.heard.length
    const first = await assign(alice, 'devops-director', 'Ship it', '; then: cso "Review {task_id}" (accept: no risk)')
    await hears(bob, new RegExp(`^${first} "Ship it" is done`), before, 30_000)
    await hears(
      bob,
      new RegExp(
        `^d-1: what was to follow ${first} did not come \\(transient\\): "cso has 6 tasks waiting, .*!dlq retry d-1`,
      ),
      before,
      60_000,
    )
    await ask(bob, fleetRoom, '!dlq', new RegExp(`^bob: d-1 to follow ${first}, transient, .*"cso has 6 tasks`))

    await ask(alice, fleetRoom, `!cancel ${waiting[0]} not needed`, /is cancelled/)
    await ask(bob, fleetRoom, '!dlq retry d-1', /^bob: d-1 is tried again: it is t-\d+ now/)
    await ask(bob, fleetRoom, '!dlq retry d-1', /^bob: d-1 is tried again by bob already/)
    await ask(bob, fleetRoom, '!dlq', /^bob: No dead letter waits/)
    await ask(bob, fleetRoom, '!resume cso', /cso/)
    await hears(bob, new RegExp(`^t-\\d+ is here: "Review ${first}"`), before, 30_000)
    const reviews = (await fleet.lines()).filter(
      ({ actor, data }) => actor === 'cso' && data.text.includes(`"Review ${first}"`),
    )
    expect(reviews).toHaveLength(1)
  }, 90_000)

  test('F55: of 200 assigned at once by one, those beyond the limit are refused in words, and another is served', async () => {
    await ask(alice, fleetRoom, '!stop devops', /^devops is stopped/)
    const before = alice.heard.length
    for (let n = 1; n <= 200; n++) alice.say(fleetRoom, assignment('devops', `Burst ${n}`))
    // The places of others are kept: this one is behind three, not behind 200.
    const mine = await assign(bob, 'devops', 'Not a burst')
    const heard = (what: RegExp) => alice.heard.slice(before).filter(({ text }) => what.test(text)).length
    const refused = /^alice: 3 of the \d tasks that wait for devops are yours, and nobody may have more than 3, so that/
    await until('all are answered', () => heard(refused) === 197, 40_000)
    expect(heard(/^alice: t-\d+ is with devops: "Burst/)).toBe(3)
    // There is nothing in it to be mended.
    expect(heard(/Nothing is filed yet/)).toBe(0)
    await ask(alice, fleetRoom, '!resume devops', /devops/, 20_000)
    await hears(bob, new RegExp(`^${mine} "Not a burst" is done`), 0, 20_000)
  }, 90_000)
})

test('F30: Redis is away: work goes on, the room and !status say it, deadlines ring, and its return is said once', async () => {
  const before = carol.heard.length
  // Whoever watches the servers would start it again at once.
  await fleet.kill('servers')
  await fleet.killServer('redis')
  await ask(carol, fleetRoom, '!stop cto', /^cto is stopped/)
  const late = await assign(carol, 'cto', 'Nobody looks', '; ack: 2s')
  const done = await assign(carol, 'devops', 'Without Redis')
  await hears(carol, new RegExp(`^${done} "Without Redis" is done`), before, 20_000)
  await hears(carol, /^Redis is away: .* deadlines are looked at every 15 s\. Nothing is lost\.$/, before, 20_000)
  await hears(carol, new RegExp(`^ceo: ${late} `), before, 40_000)
  await ask(carol, fleetRoom, '!status', /degraded: .*redis is away, deadlines are looked at every 15 s/, 30_000)
  await fleet.start('servers')
  await hears(carol, /^Redis is back/, before, 30_000)
  await ask(carol, fleetRoom, '!resume cto', /cto/)
  expect(await rings(late)).toEqual({ said: 1, recorded: 1 })
  const said = carol.heard.slice(before).filter(({ text }) => /^Redis is/.test(text))
  expect(said).toHaveLength(2)
}, 120_000)

test('agents that are dead lose nothing: what they do not acknowledge goes one step up, once, though the task service is killed; they do it when they are back', async () => {
  const before = carol.heard.length
  await fleet.kill('bots')
  const label = await assign(carol, 'devops', 'Wait for the dead', '; ack: 2s')
  await fleet.kill('tasks')
  await fleet.start('tasks')
  await hears(carol, new RegExp(`^devops-director: ${label} `), before, 30_000)
  await fleet.start('bots')
  await hears(carol, new RegExp(`^${label} "Wait for the dead" is done`), before, 30_000)
  const verbs = await verbsOf(label)
  expect(verbs.filter((verb) => verb === 'breached' || verb === 'escalated' || verb === 'completed')).toEqual([
    'breached',
    'escalated',
    'completed',
  ])
  const ended = readFileSync(join(fleet.home, 'workspaces/devops/ended'), 'utf8').split('\n')
  expect(ended.filter((line) => line === label)).toHaveLength(1)
}, 90_000)
