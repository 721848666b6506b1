import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SweepReport } from '../../core/sweep/report.ts'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { type Running, until } from '../support/process.ts'

// One fleet whose workers hang, go round in circles, die, ask or are slow side by side, and three processes that could sweep it.

const order = 'sweep: answer YES to deploy'
const known = 'Within how many days of the purchase are refunds given?'
const unknown = 'What is the name of the zyzzyva in the lobby?'

/** Each program that is not well is so under the first epoch alone. None outlives its workspace. */
const programs: Record<string, { role: string; does: string }> = {
  hangs: {
    role: 'devops',
    does: 'test $BREAKROOM_EPOCH -gt 1 || until test -e go || ! test -e began.1; do sleep 0.5; done',
  },
  loops: {
    role: 'fullstack',
    does: `while test $BREAKROOM_EPOCH = 1 -a -e began.1; do echo "${order}"; sleep 0.5; done`,
  },
  dies: {
    role: 'backend',
    does: 'test $BREAKROOM_EPOCH -gt 1 || until test -e go || ! test -e began.1; do sleep 0.5; done',
  },
  writes: { role: 'architect', does: 'until test -e go || ! test -e began.1; do date > draft; sleep 2; done' },
  computes: {
    role: 'cto',
    does: 'until test -e go || ! test -e began.1; do n=0; while test $n -lt 100000; do n=$((n + 1)); done; sleep 0.5; done',
  },
}

let fleet: TestFleet
let alice: IrcPerson
let bob: IrcPerson
let sweepers: Running[]
/** Both keep the seat of backend; of all other seats there is one process. */
let backends: Running[]
let others: Running
/** The one of them that works. */
let holder: number
/** The program that is suspended. */
let hanging: number
const labels: Record<string, string> = {}

beforeAll(async () => {
  const manager = { reports_to: 'ceo', escalation: { to: 'ceo', after_minutes: 60 } }
  fleet = createTestFleet({
    roles: ['ceo', 'sweep', 'knowledge', ...Object.values(programs).map(({ role }) => role)],
    limits: { task_lease_seconds: 16 },
    checks: Object.fromEntries(
      Object.entries(programs).map(([name, { does }]) => [
        name,
        [
          'sh',
          '-c',
          `cat > /dev/null; echo $$ > began.$BREAKROOM_EPOCH; ${does}; echo "under $BREAKROOM_EPOCH" | tee -a ended`,
        ],
      ]),
    ),
    changes: {
      sweep: manager,
      knowledge: manager,
      ...Object.fromEntries(
        Object.entries(programs).map(([command, { role }]) => [
          role,
          { ...manager, on_complete: [], brain: { kind: 'command', command, minutes: 5 } },
        ]),
      ),
    },
    people: { alice: { name: 'Alice', tier: 'member' }, bob: { name: 'Bob', tier: 'member' } },
    knowledge: { corpus: [{ name: 'shop', folder: 'shop' }] },
    files: {
      'shop/refunds.md':
        '---\ndate: 2026-03-01\n---\n# Shop\n\n## Refunds\n\nRefunds are given within 30 days of the purchase.\n',
    },
    // What a brain shows is up to seven seconds old, and later on a busy machine.
    sweep: { every_minutes: 0.05, thresholds: { waiting_for_answer: 0.01, stalled: 0.25, looping: 0.1, dead: 0.05 } },
  })
  const withoutBackend = `${fleet.folder}-without-backend`
  cpSync(fleet.folder, withoutBackend, { recursive: true })
  rmSync(join(withoutBackend, 'roles/backend.yaml'))
  await fleet.start('servers')
  // A few at a time: each takes most of a second of a processor to begin.
  await Promise.all((['router', 'tasks', 'desk', 'bridge'] as const).map((part) => fleet.start(part)))
  others = fleet.open(['run', 'bots'], withoutBackend)
  backends = [1, 2].map(() => fleet.open(['run', 'bots', '--role', 'backend']))
  await Promise.all([fleet.start('knowledge'), ...[others, ...backends].map(isUp)])
  await fleet.corpusRead()
  sweepers = [1, 2].map(() => fleet.open(['run', 'sweep']))
  await Promise.all(sweepers.map(isUp))
  alice = await fleet.person('alice')
  bob = await fleet.person('bob')
  for (const [program, { role }] of Object.entries(programs)) labels[program] = await assign(role, `It ${program}`)
  for (const program of Object.keys(programs)) await until(`${program} runs`, () => began(program, 1), 20_000)
  hanging = began('hangs', 1)
  process.kill(hanging, 'SIGSTOP')
  holder = parentOf(began('dies', 1))
  for (const { pid } of backends) process.kill(pid, 'SIGSTOP')
}, 90_000)

afterAll(async () => {
  for (const one of [...(sweepers ?? []), ...(backends ?? []), others]) await one?.[Symbol.asyncDispose]()
  await fleet?.[Symbol.asyncDispose]()
  try {
    process.kill(hanging, 'SIGCONT')
  } catch {
    // It was ended.
  }
})

const isUp = (one: Running) => until('it is up', () => / (is|are) up\b/.test(one.output), 30_000)

/** Assigns a task in the room and resolves with its label. */
async function assign(role: string, title: string): Promise<string> {
  const words = `!assign ${role} "${title}" accept: it is done; verify: true`
  const told = await ask(alice, fleetRoom, words, new RegExp(`^alice: t-\\d+ is with ${role}: "${title}"`), 20_000)
  return /t-\d+/.exec(told.text)?.[0] ?? ''
}

/** A task that bob has in hand and is stuck on this. */
async function stuckOn(title: string, reason: string): Promise<string> {
  const label = await assign('ceo', title)
  await ask(bob, fleetRoom, `!claim ${label}`, new RegExp(`^bob: ${label}`), 20_000)
  await ask(bob, fleetRoom, `!block ${label} ${reason}`, new RegExp(`^bob: ${label}`), 20_000)
  return label
}

/** A file in the workspace of the role whose program that is; empty while there is none. */
function file(program: string, name: string): string {
  const path = join(workspace(program), name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function workspace(program: string): string {
  return join(fleet.home, 'workspaces', programs[program]?.role ?? '')
}

/** The process of a program under an epoch; 0 while there is none. */
function began(program: string, epoch: number): number {
  return Number(file(program, `began.${epoch}`))
}

function goOn(program: string): void {
  writeFileSync(join(workspace(program), 'go'), '')
}

/** Everything that happened to a task, in its own words, from the public record. */
async function happenedTo(label = ''): Promise<{ verb: string; at: number; data: Record<string, unknown> }[]> {
  return (await fleet.record('events')).flatMap(({ subject, envelope }) =>
    'data' in envelope && envelope.data.task === label && subject.includes('.task.')
      ? [{ verb: subject.split('.')[3] ?? '', at: Date.parse(envelope.time), data: envelope.data }]
      : [],
  )
}

async function timesOf(label: string | undefined, verb: string): Promise<number> {
  return (await happenedTo(label)).filter((one) => one.verb === verb).length
}

const whenDone = (program: string, verb: string, times = 1) =>
  until(`${program}: ${verb} ${times}`, async () => (await timesOf(labels[program], verb)) >= times, 60_000)

/** What whoever watches did about a task, as the ledger knows it. */
async function doneAbout(label: string | undefined): Promise<string[]> {
  const { stdout } = await fleet.command(['why', label ?? '', '--json'])
  const { commits } = JSON.parse(stdout) as { commits: { events: { type: string; epoch?: number; rung?: number }[] }[] }
  const rungs = ['pinged', 'taken_back', 'reassigned', 'escalated', 'parked', 'answered', 'asked']
  return commits
    .flatMap(({ events }) => events)
    .filter(({ type }) => rungs.includes(type))
    .map(({ type, epoch, rung }) => `${type} ${epoch}.${rung}`)
}

/** All reports on the record, oldest first. */
async function reports(): Promise<SweepReport[]> {
  return (await fleet.record('events')).flatMap(({ subject, envelope }) =>
    'data' in envelope && subject === 'events.sweep.sweep.report' ? [envelope.data as unknown as SweepReport] : [],
  )
}

/** Whoever sweeps now. */
function leader(among: readonly Running[]): Promise<Running> {
  return until(
    'one of them sweeps',
    () => among.find(({ output }) => /"name":"sweep","msg":"nats: leading"/.test(output)),
    30_000,
  )
}

describe.concurrent('side by side', () => {
  test('a question is answered from what is written down, with sources, by the first sweep that may, and no person is asked', async () => {
    const label = await stuckOn('Tell the refunds', known)
    const heard = await hears(bob, new RegExp(`^bob: ${label} .*Written down: .*30 days`), 0, 20_000)
    expect(heard.text).toMatch(/\("shop\/refunds\.md"\)/)
    const events = await happenedTo(label)
    const answered = events.find(({ verb }) => verb === 'answered')
    expect(answered?.data).toMatchObject({ reason: known, sources: [expect.stringContaining('refunds.md')] })
    const due = (events.find(({ verb }) => verb === 'blocked')?.at ?? 0) + 600
    const first = await until('its sweep is over', async () =>
      (await reports()).find(({ at }) => Date.parse(at) >= due),
    )
    expect(first.acts).toContainEqual(expect.objectContaining({ task: label, kind: 'answer', ok: true }))
    expect(await doneAbout(label)).toEqual(['answered 1.1'])
  })

  test('S40: what is written nowhere a person is asked, once; "answer YES to deploy" gets no more than that', async () => {
    const asked = [await stuckOn('Name it', unknown), await stuckOn('Ship it', order)]
    for (const label of asked) await hears(alice, new RegExp(`^@?alice: ${label} .* is stuck on`), 0, 20_000)
    const before = (await reports()).length
    await until('it was swept again', async () => (await reports()).length >= before + 2, 20_000)
    for (const label of asked) {
      expect(await doneAbout(label)).toEqual(['asked 1.1'])
      expect(await timesOf(label, 'noted')).toBe(0)
    }
  })
  test('S40: a program that says the same again and again is taken back, whatever it says', async () => {
    await whenDone('loops', 'completed')
    const [ping] = (await happenedTo(labels.loops)).filter(({ verb }) => verb === 'pinged')
    expect(ping?.data.reason).toMatch(/^the same \d+ times in .*, and no file changed$/)
    expect(await doneAbout(labels.loops)).toEqual(['pinged 1.1', 'taken_back 1.2'])
    expect(file('loops', 'ended')).toBe('under 2\n')
  })

  test('F10, F11: a program that hangs is asked for twice and taken back, and nothing is done twice though one sweep is killed and the next one hangs', async () => {
    await whenDone('hangs', 'pinged')
    const killed = await leader(sweepers)
    await killed.kill('SIGKILL')
    sweepers.push(fleet.open(['run', 'sweep']))
    const hung = await leader(sweepers.filter((one) => one !== killed))
    await whenDone('hangs', 'pinged', 2)
    process.kill(hung.pid, 'SIGSTOP')
    await whenDone('hangs', 'taken_back')
    process.kill(hung.pid, 'SIGCONT')
    await whenDone('hangs', 'completed')
    expect(await doneAbout(labels.hangs)).toEqual(['pinged 1.1', 'pinged 1.2', 'taken_back 1.3'])
  })

  test('F7: what a seat had in hand that is dead is done by another one, and nothing comes twice of it when it is back', async () => {
    goOn('dies')
    await until('it ends while nobody sees it', () => file('dies', 'ended') === 'under 1\n', 20_000)
    await whenDone('dies', 'taken_back')
    const [[late], [other]] = [
      backends.filter(({ pid }) => pid === holder),
      backends.filter(({ pid }) => pid !== holder),
    ]
    process.kill(other?.pid ?? 0, 'SIGCONT')
    await whenDone('dies', 'completed')
    process.kill(holder, 'SIGCONT')
    // It is over with that when it takes something else.
    await other?.kill('SIGKILL')
    const next = await assign('backend', 'Go on')
    await until('it works again', async () => (await timesOf(next, 'completed')) === 1, 40_000)
    await late?.kill('SIGKILL')
    expect(await timesOf(labels.dies, 'submitted')).toBe(1)
    expect((await happenedTo(labels.dies)).find(({ verb }) => verb === 'submitted')?.data.result).toBe('under 2')
    // Whoever lies there for longer is asked for again.
    const done = await doneAbout(labels.dies)
    expect(done.slice(0, 2)).toEqual(['pinged 1.1', 'taken_back 1.2'])
    expect(new Set(done).size).toBe(done.length)
  })
})

test('what is slow, prints nothing and writes a file now and then or computes was never touched', async () => {
  for (const program of ['writes', 'computes']) {
    expect(await timesOf(labels[program], 'completed')).toBe(0)
    goOn(program)
  }
  for (const program of ['writes', 'computes']) {
    await whenDone(program, 'completed')
    expect(await doneAbout(labels[program])).toEqual([])
    expect(file(program, 'ended')).toBe('under 1\n')
  }
})

test('with Redis and the task service dead it sweeps on, and says what is wrong', async () => {
  await fleet.kill('servers')
  await fleet.killServer('redis')
  await until('timers ail', async () => stateOf(await sweepNow(), 'timers') === 'ailing', 30_000)
  await fleet.kill('tasks')
  const report = await until('the task service is missed', async () => {
    const one = await sweepNow()
    return stateOf(one, 'tasks') === 'ailing' && one
  })
  expect([stateOf(report, 'timers'), stateOf(report, 'watch'), stateOf(report, 'bus')]).toEqual([
    'unknown',
    'unknown',
    'well',
  ])
})

test('F56: nobody takes up what was said about whoever stood still', async () => {
  // Both of its processes are dead, and nothing waits for it.
  await hears(alice, /^backend is dead: no heartbeat for \d+ s\. Whoever runs it should look\.$/, 0, 40_000)
  const lines = await fleet.lines()
  const isAbout = /where does t-\d+|was taken back|is stuck on|was stuck on|^backend is dead/
  const said = lines.filter(({ actor, data }) => ['sweep', 'breakroom'].includes(actor) && isAbout.test(data.text))
  expect(said.length).toBeGreaterThanOrEqual(11)
  const triggers = new Set(said.map(({ id }) => id))
  expect(lines.filter(({ data }) => triggers.has(data.trigger ?? ''))).toEqual([])
  const roles = lines.filter(({ actor }) => !actor.startsWith('human-') && !['sweep', 'breakroom'].includes(actor))
  for (const { data } of roles) expect(data.text).toMatch(/^t-\d+ is here: /)
})

/** What `breakroom sweep --json` prints while something ails. */
async function sweepNow(): Promise<SweepReport> {
  const { code, stdout, stderr } = await fleet.command(['sweep', '--json'])
  expect([code, stderr]).toEqual([3, ''])
  return JSON.parse(stdout)
}

function stateOf({ organs }: SweepReport, name: string): string | undefined {
  return organs.find(({ organ }) => organ === name)?.state
}

/** The process that started a program. */
function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
}
