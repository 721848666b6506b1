import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Task } from '../../core/task/task.ts'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

/** A task as the command line tells of it. */
async function taskOf(fleet: TestFleet, label: string): Promise<Task> {
  const { stdout, stderr } = await fleet.command(['task', label, '--json'])
  if (stdout === '') throw new Error(stderr)
  const told = JSON.parse(stdout)
  return told.task ?? told
}

/** The label that an answer to `!assign` gives. */
function labelIn(text: string): string {
  return /\bt-\d+\b/.exec(text)?.[0] ?? ''
}

describe('the story of a task', () => {
  let fleet: TestFleet
  let alice: IrcPerson
  let bob: IrcPerson

  beforeAll(async () => {
    fleet = createTestFleet({
      roles: ['ceo', 'cto', 'cso', 'devops', 'devops-director'],
      limits: { task_lease_seconds: 2 },
      checks: {
        deploy: ['sh', '-c', 'cat > order.json; echo "deployed $BREAKROOM_TASK under epoch $BREAKROOM_EPOCH"'],
        refuse: ['sh', '-c', 'echo "cannot reach the registry"; exit 7'],
      },
      changes: {
        devops: { brain: { kind: 'command', command: 'deploy', minutes: 1 } },
        'devops-director': { brain: { kind: 'command', command: 'refuse', minutes: 1 } },
      },
    })
    // What `npm test` finds where the cto works.
    const workspace = join(fleet.home, 'workspaces/cto')
    mkdirSync(workspace, { recursive: true })
    const test = 'node -e "console.log(\'12 passed\')"'
    writeFileSync(join(workspace, 'package.json'), JSON.stringify({ name: 'gateway', scripts: { test } }))
    await fleet.start('up')
    alice = await fleet.person('alice')
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(() => fleet?.[Symbol.asyncDispose]())

  test('a person assigns it in the room, another works on it, the system checks it, and everybody sees it done', async () => {
    const before = bob.heard.length
    const said = await ask(
      alice,
      fleetRoom,
      '!assign cto "Add rate limiting to the gateway" accept: 429 after 100 requests a minute; verify: `npm test`; priority: high; ack: 60s; due: 60m',
      /^alice: t-1 is with cto: "Add rate limiting to the gateway"\. Done when `npm test` passes\./,
    )
    expect(said.nick).toBe('breakroom')
    const acknowledged = await hears(bob, /^t-1 is here: "Add rate limiting to the gateway"\..*!claim t-1/, before)
    expect(acknowledged.nick).toBe('cto')

    await ask(bob, fleetRoom, '!claim t-1', /^bob: t-1 "Add rate limiting to the gateway" is yours\./)
    await ask(bob, fleetRoom, '!start', /^bob: t-1 .* is being worked on\./)
    await ask(
      alice,
      fleetRoom,
      '!tasks cto',
      /^alice: t-1 cto: "Add rate limiting to the gateway", worked on by bob-via-local, high, due in/,
    )
    const done = hears(
      alice,
      /^t-1 "Add rate limiting to the gateway" is done \(`npm test` passed\)\. Result: "merged as 4f2a"/,
      alice.heard.length,
      20_000,
    )
    await ask(bob, fleetRoom, '!done merged as 4f2a', /^bob: t-1 .* is handed in\. Now `npm test` runs\./)
    expect((await done).nick).toBe('breakroom')

    const task = await taskOf(fleet, 't-1')
    expect(task.status).toBe('done')
    expect(task.evidence.at(-1)?.run).toMatchObject({ check: 'npm test', exit_code: 0 })
    expect(task.evidence.at(-1)?.run?.output_tail).toContain('12 passed')
  })

  test('one line in the room for acknowledged and one for done, whatever else happened', async () => {
    const lines = (await fleet.lines()).filter(
      ({ data, actor }) => /\bt-1\b/.test(data.text) && !actor.startsWith('human-'),
    )
    const unasked = lines.filter(({ data }) => data.in_reply_to === undefined)
    expect(unasked.map(({ actor, data }) => `${actor}: ${data.text.slice(0, 12)}`)).toEqual([
      'cto: t-1 is here:',
      'breakroom: t-1 "Add rat',
    ])
  })

  test('every change is on the public record as events.<role>.task.<verb>', async () => {
    const verbs = (await fleet.record('events')).flatMap(({ subject }) =>
      subject.startsWith('events.cto.task.') ? [subject.split('.')[3]] : [],
    )
    expect(verbs).toEqual(['created', 'acknowledged', 'claimed', 'started', 'submitted', 'step_passed', 'completed'])
  })

  test('a program does the work of its seat, and what follows it begins', async () => {
    const before = alice.heard.length
    await ask(
      alice,
      fleetRoom,
      '!assign devops "Deploy the gateway" accept: it answers; verify: true; then: cso "Review {task_id}: {title}" (accept: no secret in the configuration)',
      /^alice: t-2 is with devops/,
    )
    await hears(
      alice,
      /^t-2 "Deploy the gateway" is done \(`true` passed\)\. Result: "deployed t-2 under epoch 1"/,
      before,
      20_000,
    )
    const review = await hears(alice, /^t-3 is here: "Review t-2: Deploy the gateway"/, before)
    expect(review.nick).toBe('cso')
    const order = JSON.parse(readFileSync(join(fleet.home, 'workspaces/devops/order.json'), 'utf8'))
    expect(order).toMatchObject({
      task: 't-2',
      title: 'Deploy the gateway',
      acceptance_criteria: ['it answers'],
      epoch: 1,
    })
  })

  test('a program that fails again and again fails its task, which says why and how to go on', async () => {
    const before = alice.heard.length
    await ask(
      alice,
      fleetRoom,
      '!assign devops-director "Publish the image" accept: it is there; verify: true; budget: 2 attempts',
      /^alice: t-4 is with devops-director/,
    )
    await hears(
      alice,
      /^t-4 "Publish the image" failed: ".*7.*cannot reach the registry.*"\. !reassign t-4/,
      before,
      20_000,
    )
    await ask(alice, fleetRoom, '!reassign t-4 devops', /^alice: t-4 .* is with devops now/)
    await hears(alice, /^t-4 "Publish the image" is done/, before, 20_000)
  })

  test('what waits for another begins when that is done, and !claim says what it waits for', async () => {
    const before = alice.heard.length
    await ask(alice, fleetRoom, '!assign cto "Write it down" accept: a page; verify: true', /^alice: t-5 is with cto/)
    await ask(
      alice,
      fleetRoom,
      '!assign devops "Announce it" accept: said; verify: true; after: t-5',
      /^alice: t-6 .*It waits for t-5\./,
    )
    await ask(bob, fleetRoom, '!claim devops', /^bob: .*your only task is blocked by t-5/i)
    await ask(bob, fleetRoom, '!claim t-5', /^bob: t-5 .* is yours/)
    await ask(bob, fleetRoom, '!done t-5 on the wiki', /^bob: t-5 .* is handed in/)
    await hears(alice, /^t-6 "Announce it" is done/, before, 20_000)
    const why = await fleet.command(['why', 't-6'])
    expect(why.stdout).toMatch(/t-5 done/)
  })

  test('without acceptance criteria the house asks, and files nothing until it has them', async () => {
    const question = await ask(alice, fleetRoom, '!assign cto "Make it faster"', /^alice: .*(true|accept)/)
    expect(labelIn(question.text)).toBe('')
    const answer = await ask(
      alice,
      fleetRoom,
      'breakroom: a page loads within 200 ms',
      /^alice: t-7 is with cto: "Make it faster"/,
    )
    expect(answer.nick).toBe('breakroom')
    expect((await taskOf(fleet, 't-7')).acceptance_criteria).toEqual(['a page loads within 200 ms'])
  })

  test('S12: nobody without an account says yes; a founder who logged in does, but never to their own work', async () => {
    await ask(bob, fleetRoom, '!claim t-7', /^bob: t-7 .* is yours/)
    await ask(bob, fleetRoom, '!done it does', /^bob: t-7 .* is handed in\. Now it waits for/)
    await ask(alice, fleetRoom, '!approve t-7', /^(alice: )?Only .*log/)
    const word = /!login (\S+)/.exec(fleet.outputOf('up'))?.[1] ?? ''
    await ask(alice, 'breakroom', `!login ${word}`, /founder/)
    await ask(alice, fleetRoom, '!reject t-7 300 ms from here', /^alice: t-7 .* is back with cto/)
    await ask(alice, fleetRoom, '!done t-7 I did it myself', /^alice: t-7 .* is handed in/)
    await ask(alice, fleetRoom, '!approve t-7', /^(alice: )?You cannot judge t-7: whoever did the work/)
    await ask(alice, fleetRoom, '!cancel t-7 not needed', /^alice: t-7 .* is cancelled/)
  })

  test('what is assigned in a DM stays there: the public record has its label and what happened', async () => {
    const told = await ask(
      bob,
      'breakroom',
      '!assign cto "Look for the xylophone" accept: found; verify: true',
      /^t-8 is with cto/,
    )
    expect(told.target).toBe('bob')
    await until('the seat has told of it', () =>
      bob.heard.some(({ text, target }) => /^t-8 is here/.test(text) && target === 'bob'),
    )
    await ask(alice, fleetRoom, '!task t-8', /There is no task t-8 that you can see/)
    await ask(bob, fleetRoom, '!task t-8', /There is no task t-8 that you can see/)
    await ask(bob, 'breakroom', '!task t-8', /^t-8 "Look for the xylophone"/)
    const record = JSON.stringify((await fleet.record('events')).map(({ envelope }) => envelope))
    expect(record).toContain('"t-8"')
    expect(record).not.toContain('xylophone')
  })

  test('the command line assigns and shows as the room does', async () => {
    const assigned = await fleet.command([
      'assign',
      'devops',
      'Rotate the logs',
      '--accept',
      'a week is kept',
      '--verify',
      'true',
    ])
    expect(assigned).toMatchObject({ code: 0, stdout: expect.stringMatching(/^t-9 is with devops/) })
    await until('t-9 is done', async () => (await taskOf(fleet, 't-9')).status === 'done')
    const tasks = await fleet.command(['tasks', '--all'])
    expect(tasks.stdout).toMatch(/t-9 devops: "Rotate the logs", done/)
    const rebuilt = await fleet.command(['state', 'rebuild'])
    expect(rebuilt).toMatchObject({ code: 0 })
    expect((await taskOf(fleet, 't-1')).status).toBe('done')
  })
})
