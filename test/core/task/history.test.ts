import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPerson } from '../../../core/person.ts'
import type { TaskCommit } from '../../../core/task/commit.ts'
import { timersOf } from '../../../core/task/deadlines.ts'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { evolve } from '../../../core/task/evolve.ts'
import { moves } from '../../../core/task/moves.ts'
import { isQa } from '../../../core/task/steps.ts'
import { isOver, type Step, stages, type Task, type TaskStatus, taskStatuses } from '../../../core/task/task.ts'
import { type Doer, system } from '../../../core/task/world.ts'
import {
  ada,
  answer,
  approve,
  ask,
  asked,
  block,
  bob,
  cancel,
  claim,
  everyStatus,
  grace,
  note,
  ran,
  reassign,
  refit,
  refusalOf,
  reject,
  ring,
  type Story,
  seat,
  start,
  submit,
  sweep,
  watch,
  world,
} from '../../support/task-story.ts'

/** One command by somebody, about the task as it stands then. */
type Attempt = (task: Task) => readonly [TaskCommand, Doer]

const older = asked({}, { label: 't-7' }).task
const qa: Step = { kind: 'review', by: 'fullstack', stage: 'qa' }
const steps: Step[] = [
  { kind: 'check', check: 'tests' },
  { kind: 'check', check: 'lint' },
  { kind: 'review', by: null },
  { kind: 'review', by: 'devops' },
  { kind: 'approval' },
  { kind: 'artifact', path: 'report.md' },
]

const creations = fc.record({
  verification: fc
    .tuple(fc.array(fc.constantFrom(...steps), { maxLength: 3 }), fc.boolean())
    .map(([steps, isTried]) => (isTried ? [...steps, qa] : steps)),
  attempts: fc.integer({ min: 1, max: 3 }),
  waits: fc.boolean(),
  prep: fc.constantFrom(null, 'ceo'),
  /** Where it stands when this begins: right after it was asked for, or anywhere. */
  from: fc.option(fc.constantFrom(...(Object.keys(everyStatus) as (keyof typeof everyStatus)[])), { freq: 2 }),
  sla: fc.constantFrom({}, { ack_within_seconds: 60, complete_within_minutes: 60 }),
})

/** Everybody, the seat that has the task twice, once with the newest epoch and once with the one before. */
const somebody = fc.constantFrom<((task: Task) => Doer)[]>(
  ({ role, epoch }) => seat(role, epoch),
  ({ role, epoch }) => seat(role, epoch - 1),
  ...[ada, bob, grace, system, sweep, seat('ceo'), seat('cso', 1), seat('devops'), seat('fullstack')].map(
    (doer) => () => doer,
  ),
)

const simple = fc.constantFrom<TaskCommand[]>(
  ...[claim, ring('one'), ring('two'), start, note, block, submit, approve, reject],
  { type: 'acknowledge' },
  { type: 'submit', result: 'another' },
  { type: 'release', dependency: older.key },
  { type: 'hand_back', reason: 'crashed', counted: true },
  { type: 'hand_back', reason: 'stopped', counted: false },
  { type: 'give_up', doorbell: 'one', reason: 'five deliveries' },
  { type: 'follow', index: 0, label: 't-10', reason: null },
  { type: 'follow', index: 0, label: null, reason: 'it failed' },
  { type: 'recheck', reason: 'its files changed' },
  ...['cto', 'cso', 'devops', 'fullstack', 'ceo', 'marketing'].map(reassign),
)

const commanded: fc.Arbitrary<Attempt> = fc.tuple(simple, somebody).map(([command, who]) => (task) => [
  command,
  who(task),
])

/** What brings a task on: random commands alone hardly ever finish one. */
const helpful = fc.constantFrom<Attempt[]>(
  ({ role }) => [ring('one'), seat(role)],
  ({ role, epoch }) => [start, seat(role, epoch)],
  ({ role, epoch }) => [block, seat(role, epoch)],
  ({ role, epoch }) => [submit, seat(role, epoch)],
  () => [submit, bob],
  () => [approve, ada],
  () => [approve, grace],
  () => [approve, seat('fullstack')],
  ({ role, epoch }) => [reject, seat(role, epoch)],
  ({ role, epoch }) => [start, seat(role, epoch)],
  () => [{ type: 'recheck', reason: 'its files changed' }, system],
  () => [reject, seat('cso')],
  () => [{ type: 'follow', index: 0, label: 't-10', reason: null }, system],
  () => [{ type: 'release', dependency: older.key }, system],
)

/** What whoever watches has done, about the stall as it is and as it was, over and over. */
const watched: fc.Arbitrary<Attempt> = fc
  .record({
    type: fc.constantFrom('ping', 'take_back', 'escalate', 'reassign_fit', 'answer', 'ask'),
    back: fc.constantFrom(0, 0, 0, 1),
    rung: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ type, back, rung }) => ({ epoch }) => {
    const about = Math.max(0, epoch - back)
    if (type === 'reassign_fit') return [refit(about, rung), sweep]
    if (type === 'answer') return [answer(about, rung, 'Which limit?'), sweep]
    return [type === 'ask' ? ask(about, rung) : watch(type, about, rung), sweep]
  })

/** One of its timers comes, or one that is long gone. */
const timed: fc.Arbitrary<Attempt> = fc.nat({ max: 3 }).map((index) => (task) => {
  const timer = timersOf(task, world)[index]?.id ?? `${task.key}.complete`
  return [{ type: 'time_came', timer }, system] as const
})

/** What ends it before its time, so that it stays rare. */
const ending: fc.Arbitrary<Attempt> = somebody.map((who) => (task) => [cancel, who(task)])

/** Runs of the pending check and of others, for the submission that waits and for older ones, well and badly ended. */
const checked: fc.Arbitrary<Attempt> = fc
  .record({
    back: fc.nat({ max: 1 }),
    exit_code: fc.constantFrom(0, 0, 0, 1),
    ended: fc.constantFrom(null, null, null, 'took too long'),
    other: fc.boolean(),
    flagged: fc.boolean(),
    odd: fc.boolean(),
  })
  .map(({ back, exit_code, ended, other, flagged, odd }) => (task) => {
    const step = task.verification[task.passed]
    const check = step?.kind === 'check' && !other ? step.check : 'tests'
    const about = { step: task.passed, epoch: Math.max(1, task.epoch - back), passed: flagged }
    if (step?.kind === 'artifact' && !other) {
      const artifact = { path: step.path, bytes: 3, sha256: 'e'.repeat(64) }
      const evidence = { ...about, by: null, comment: '', ...(flagged ? { artifact } : {}) }
      return [{ type: 'record_check', evidence }, system] as const
    }
    return [ran(about, { check, exit_code, ended, doubts: odd ? ['3 tests fewer.'] : [] }), system] as const
  })

const attempts = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: commanded },
    { weight: 20, arbitrary: helpful },
    { weight: 12, arbitrary: checked },
    { weight: 8, arbitrary: watched },
    { weight: 8, arbitrary: timed },
    { weight: 1, arbitrary: ending },
  ),
  { maxLength: 60, size: 'max' },
)

const held: TaskStatus[] = ['claimed', 'working', 'blocked', 'verifying']

it('whatever anybody commands, in any order, a task keeps its promises', () => {
  const reached = new Set<TaskStatus>()
  const happened = new Set<string>()
  fc.assert(
    fc.property(creations, attempts, ({ verification, attempts: most, waits, prep, sla, from }, tries) => {
      const draft = { verification, budget: { attempts: most }, after: waits ? ['t-7'] : [], prep, sla }
      let story = from === null ? asked(draft, { dependencies: [older] }) : everyStatus[from]()
      for (const attempt of tries) {
        const [command, doer] = attempt(story.task)
        const before = story
        refusalOf(() => {
          story = before.and([command, doer])
        })
        if (story === before) continue
        reached.add(story.task.status)
        for (const { type } of story.commits.at(-1)?.events ?? []) happened.add(type)
        keepsItsPromises(before.task, story.task, story.commits.at(-1) as TaskCommit)
      }
      endedAsPromised(story)
    }),
    { numRuns: 400 },
  )
  // Else the property would hold because nothing happens.
  expect([...reached].sort()).toEqual([...taskStatuses].sort())
  expect([...happened].sort()).toEqual(Object.keys(moves.open).sort())
})

function keepsItsPromises(before: Task, after: Task, { events }: TaskCommit): void {
  const types = events.map(({ type }) => type)
  expect(after.version).toBe(before.version + 1)
  expect(after.epoch).toBe(before.epoch + (types.includes('claimed') ? 1 : 0))
  expect(after.claim !== null, `a claim while ${after.status}`).toBe(held.includes(after.status))
  expect(after.attempts).toBeLessThanOrEqual(after.budget.attempts)
  expect([...before.evidence, ...after.evidence.slice(before.evidence.length)]).toEqual(after.evidence)

  if (before.status === 'waiting') expect(['waiting', 'open', 'cancelled']).toContain(after.status)
  if (after.waits_for.length > 0) expect(['waiting', 'cancelled']).toContain(after.status)
  if (before.status === 'done' || before.status === 'cancelled') expect(after.status).toBe(before.status)
  if (before.status === 'failed' && after.status !== 'failed') {
    expect(types).toEqual([after.status === 'cancelled' ? 'cancelled' : 'reassigned'])
  }

  if (before.result === null) expect(after.result !== null).toBe(types.includes('submitted'))
  else if (types.includes('returned') || types.includes('reassigned')) expect(after.result).toBeNull()
  else expect(after.result).toEqual(before.result)
  if (after.status === 'done' && before.status !== 'done') isProven(after)
  isInOneStage(after)
  isWatchedAsPromised(before, after)
}

/** Whose turn it is fits what they do with it. */
function isInOneStage({ status, stage, role, prep, builder, plan, verification, passed }: Task): void {
  expect(stages).toContain(stage)
  const step = verification[passed]
  if (status === 'done') expect(stage).toBe('review')
  else if (status !== 'verifying') expect(stage).toMatch(/^ready-for-/)
  else
    expect(stage).toBe(
      step?.kind === 'approval' || (step?.kind === 'review' && step !== qa && step.stage !== 'qa') ? 'review' : 'qa',
    )
  if (stage === 'ready-for-prep') expect([role, prep]).toEqual([prep, role])
  else expect(role).toBe(builder)
  if (prep !== null && stage !== 'ready-for-prep') expect(plan).not.toBeNull()
  // Nobody has two parts in it.
  const parts = [builder, prep, ...verification.map((step) => (step.kind === 'review' ? step.by : null))]
  const named = parts.filter((part) => part !== null && part !== undefined)
  expect(named.slice(2)).not.toContain(builder)
  if (prep !== null) expect([builder, ...named.slice(2)]).not.toContain(prep)
}

function isWatchedAsPromised(before: Task, after: Task): void {
  const timers = timersOf(after, world)
  expect(timers.length).toBeLessThanOrEqual(3)
  expect(new Set(timers.map(({ id }) => id)).size).toBe(timers.length)
  for (const { id, key, due } of timers) {
    expect(id.startsWith(`${key}.`)).toBe(true)
    expect(due.getTime()).not.toBeNaN()
  }
  if (isOver(after)) expect([timers, after.escalation]).toEqual([[], null])
  // Parked is where it ends, until somebody looks.
  if (before.escalation?.parked === true && after.escalation !== null) expect(after.escalation.parked).toBe(true)
  const { suspended } = after
  if (suspended !== null) expect([after.status, after.claim, after.epoch]).toEqual(['open', null, suspended.epoch])
}

/** All steps passed, in their order, for the submission that counts, and none by who made it. */
function isProven({ result, role, prep, plan, verification, evidence }: Task): void {
  const epoch = result?.epoch
  const proof = verification.flatMap(
    (_, index) => evidence.findLast((one) => one.step === index && one.epoch === epoch) ?? [],
  )
  expect(proof.map(({ step, passed }) => ({ step, passed }))).toEqual(
    verification.map((_, step) => ({ step, passed: true })),
  )
  const testers = evidence.filter((one) => one.epoch === epoch && one.tried === true).map(({ by }) => by)
  proof.forEach(({ by, run }, index) => {
    const step = verification[index]
    if (step?.kind === 'check') {
      expect([by, run?.check, run?.exit_code, run?.ended]).toEqual([null, step.check, 0, null])
    } else if (step?.kind === 'artifact') {
      expect(by).toBeNull()
    } else {
      expect([null, result?.by, role, prep]).not.toContain(by)
      if (by !== grace.actor) expect(by).not.toBe(plan?.by)
      // Whoever looks at doubts may try it after that, too.
      if (index > verification.findIndex(isQa)) expect(testers).not.toContain(by)
      if (step?.kind === 'approval') expect(isPerson(by as string)).toBe(true)
    }
  })
}

function endedAsPromised({ task, commits }: Story): void {
  expect(commits.map(({ version }) => version)).toEqual(commits.map((_, index) => index + 1))
  expect(commits.reduce<Task | null>(evolve, null)).toEqual(task)
  const happened = commits.flatMap(({ events }) => events)
  const epochs = happened.flatMap((event) => (event.type === 'submitted' ? [event.epoch] : []))
  // A check that ran for one submission can never count for another.
  expect(new Set(epochs).size).toBe(epochs.length)
  expect(happened.filter(({ type }) => type === 'completed').length).toBeLessThanOrEqual(1)
  const rungs = rungsOf(commits)
  expect(new Set(rungs).size, rungs.join(', ')).toBe(rungs.length)
}

/** What whoever watches did, each as epoch and rung. */
function rungsOf(commits: readonly TaskCommit[]): string[] {
  let task: Task | null = null
  const rungs: string[] = []
  for (const commit of commits) {
    const epoch: number = task?.epoch ?? 0
    for (const event of commit.events) {
      if (event.type === 'pinged' || event.type === 'taken_back') rungs.push(`${event.epoch}.${event.rung}`)
      if (event.type === 'answered' || event.type === 'asked') rungs.push(`${event.epoch}.${event.rung}`)
      if (event.type === 'reassigned' && event.rung !== undefined) rungs.push(`${event.epoch}.${event.rung}`)
      if ((event.type === 'escalated' || event.type === 'parked') && event.watch_rung !== undefined) {
        rungs.push(`${epoch}.${event.watch_rung}`)
      }
    }
    task = evolve(task, commit)
  }
  return rungs
}

it('however often whoever plans, builds, tries, reviews or doubts says no, a task ends', () => {
  const choices = fc.infiniteStream(fc.nat({ max: 5 }))
  const ends = new Set<TaskStatus>()
  fc.assert(
    fc.property(creations, choices, ({ verification, attempts: most, prep }, stream) => {
      let story = asked({ verification, prep, budget: { attempts: most } })
      let commits = 0
      for (const choice of stream) {
        if (isOver(story.task)) break
        story = story.and(unkind(story.task, choice))
        commits++
        expect(commits, 'it never ends').toBeLessThan(most * 80)
      }
      ends.add(story.task.status)
    }),
    { numRuns: 200 },
  )
  expect([...ends].sort()).toEqual(['done', 'failed'])
})

/** What somebody does next who is hard to please: mostly a no. */
function unkind(task: Task, choice: number): readonly [TaskCommand, Doer] {
  const { status, role, epoch, stage, prep, verification, passed } = task
  const worker = seat(role, epoch)
  if (status === 'open') return [ring(`bell-${epoch}`), seat(role)]
  if (status !== 'verifying') {
    const fails: TaskCommand = { type: 'hand_back', reason: 'crashed', counted: true }
    if (choice === 0) return [fails, worker]
    return [prep !== null && stage === 'ready-for-dev' && choice < 3 ? reject : submit, worker]
  }
  if (passed > 0 && choice === 0) return [{ type: 'recheck', reason: 'its files changed' }, system]
  const step = verification[passed]
  if (step?.kind === 'check') {
    const run = { check: step.check, exit_code: choice === 1 ? 1 : 0, doubts: choice === 2 ? ['odd'] : [] }
    return [ran({ step: passed, epoch }, run), system]
  }
  if (step?.kind === 'artifact') {
    const artifact = { path: step.path, bytes: 3, sha256: 'e'.repeat(64) }
    const evidence = { step: passed, epoch, passed: choice !== 1, by: null, comment: '', artifact }
    return [{ type: 'record_check', evidence }, system]
  }
  const tester = step?.kind === 'review' && step.stage === 'qa'
  return [choice < 3 ? reject : approve, tester ? seat('fullstack') : grace]
}
