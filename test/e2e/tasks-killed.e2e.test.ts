import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, type FleetPart, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

// Every part is a process of its own, and is killed while a task is on its way through it.

let fleet: TestFleet
let alice: IrcPerson

beforeAll(async () => {
  fleet = createTestFleet({
    roles: ['ceo', 'cto', 'devops', 'devops-director'],
    limits: { task_lease_seconds: 2 },
    checks: {
      work: [
        'sh',
        '-c',
        'test "$BREAKROOM_AGAIN" && AGAIN=again; echo $BREAKROOM_TASK $AGAIN >> began; sleep 1; echo "$BREAKROOM_TASK" >> ended; echo ok',
      ],
    },
    changes: { devops: { brain: { kind: 'command', command: 'work', minutes: 1 } } },
  })
  await fleet.startParts()
  alice = await fleet.person('alice')
}, 60_000)

afterAll(() => fleet?.[Symbol.asyncDispose]())

/** Labels that the program wrote down, once for each time. */
function noted(file: 'began' | 'ended', label: string): number {
  try {
    const lines = readFileSync(join(fleet.home, 'workspaces/devops', file), 'utf8').split('\n')
    return lines.filter((line) => line === label).length
  } catch {
    return 0
  }
}

async function killAndRestart(part: FleetPart): Promise<void> {
  await fleet.kill(part)
  await fleet.start(part)
}

test.each<[FleetPart, string]>([
  ['tasks', 'the service that decides'],
  ['desk', 'the desk that takes the command'],
  ['router', 'the router that hands it over'],
  ['bridge', 'the bridge that hears and tells'],
])('kill -9 of %s, %s, right after an assignment: one task, done once, told once', async (part) => {
  const title = `Survive the end of ${part}`
  const before = alice.heard.length
  alice.say(fleetRoom, `!assign devops "${title}" accept: it is done; verify: true`)
  await killAndRestart(part)
  const done = await hears(alice, new RegExp(`^t-\\d+ "${title}" is done`), before, 30_000)
  const label = /^t-\d+/.exec(done.text)?.[0] ?? ''
  const lines = (await fleet.lines()).filter(({ actor, data }) => actor === 'breakroom' && data.text.includes(title))
  expect(lines.filter(({ data }) => / is done/.test(data.text))).toHaveLength(1)
  expect(new Set(lines.map(({ data }) => /t-\d+/.exec(data.text)?.[0]))).toEqual(new Set([label]))
  expect(noted('ended', label)).toBe(1)
})

test('F5: kill -9 of the bots while the program works: it is handed out again, told so, and submitted once', async () => {
  const before = alice.heard.length
  const told = await ask(
    alice,
    fleetRoom,
    '!assign devops "Start again" accept: done; verify: true',
    /^alice: t-\d+ is with devops/,
    15_000,
  )
  const label = /t-\d+/.exec(told.text)?.[0] ?? ''
  await until('it runs', () => noted('began', label) === 1)
  await killAndRestart('bots')
  await hears(alice, new RegExp(`^${label} "Start again" is done`), before, 30_000)
  const verbs = (await fleet.record('events')).flatMap(({ subject, envelope }) =>
    'data' in envelope && envelope.data.task === label ? [subject.split('.')[3]] : [],
  )
  expect(verbs.filter((verb) => verb === 'submitted')).toHaveLength(1)
  // It may have got to its end while nobody was there to see it; the second run is told.
  expect([noted('began', label), noted('began', `${label} again`)]).toEqual([1, 1])
})
