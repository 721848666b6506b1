import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPerson } from '../../../core/person.ts'
import type { TaskCommit } from '../../../core/task/commit.ts'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { evolve } from '../../../core/task/evolve.ts'
import { type Step, type Task, type TaskStatus, taskStatuses } from '../../../core/task/task.ts'
import { type Doer, system } from '../../../core/task/world.ts'
import {
  ada,
  approve,
  asked,
  block,
  bob,
  cancel,
  claim,
  grace,
  note,
  ran,
  reassign,
  refusalOf,
  reject,
  ring,
  type Story,
  seat,
  start,
  submit,
} from '../../support/task-story.ts'

/** One command by somebody, about the task as it stands then. */
type Attempt = (task: Task) => readonly [TaskCommand, Doer]

const older = asked({}, { label: 't-7' }).task
const steps: Step[] = [
  { kind: 'check', check: 'tests' },
  { kind: 'check', check: 'lint' },
  { kind: 'review', by: null },
  { kind: 'review', by: 'devops' },
  { kind: 'approval' },
]

const creations = fc.record({
  verification: fc.array(fc.constantFrom(...steps), { maxLength: 3 }),
  attempts: fc.integer({ min: 1, max: 3 }),
  waits: fc.boolean(),
})

/** Everybody, the seat that has the task twice, once with the newest epoch and once with the one before. */
const somebody = fc.constantFrom<((task: Task) => Doer)[]>(
  ({ role, epoch }) => seat(role, epoch),
  ({ role, epoch }) => seat(role, epoch - 1),
  ...[ada, bob, grace, system, seat('ceo'), seat('cso', 1), seat('devops')].map((doer) => () => doer),
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
  ...['cto', 'cso', 'devops', 'marketing'].map(reassign),
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
  () => [{ type: 'release', dependency: older.key }, system],
)

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
  })
  .map(({ back, exit_code, ended, other, flagged }) => (task) => {
    const step = task.verification[task.passed]
    const check = step?.kind === 'check' && !other ? step.check : 'tests'
    const about = { step: task.passed, epoch: Math.max(1, task.epoch - back), passed: flagged }
    return [ran(about, { check, exit_code, ended }), system] as const
  })

const attempts = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: commanded },
    { weight: 20, arbitrary: helpful },
    { weight: 12, arbitrary: checked },
    { weight: 1, arbitrary: ending },
  ),
  { maxLength: 60, size: 'max' },
)

const held: TaskStatus[] = ['claimed', 'working', 'blocked', 'verifying']

it('whatever anybody commands, in any order, a task keeps its promises', () => {
  const reached = new Set<TaskStatus>()
  fc.assert(
    fc.property(creations, attempts, ({ verification, attempts: most, waits }, tries) => {
      const draft = { verification, budget: { attempts: most }, after: waits ? ['t-7'] : [] }
      let story = asked(draft, { dependencies: [older] })
      for (const attempt of tries) {
        const [command, doer] = attempt(story.task)
        const before = story
        refusalOf(() => {
          story = before.and([command, doer])
        })
        if (story === before) continue
        reached.add(story.task.status)
        keepsItsPromises(before.task, story.task, story.commits.at(-1) as TaskCommit)
      }
      endedAsPromised(story)
    }),
    { numRuns: 300 },
  )
  // Else the property would hold because nothing happens.
  expect([...reached].sort()).toEqual([...taskStatuses].sort())
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
}

/** All steps passed, in their order, for the submission that counts, and none by who made it. */
function isProven({ result, role, verification, evidence }: Task): void {
  const proof = evidence.slice(-verification.length)
  expect(proof.map(({ step, epoch, passed }) => ({ step, epoch, passed }))).toEqual(
    verification.map((_, step) => ({ step, epoch: result?.epoch, passed: true })),
  )
  proof.forEach(({ by, run }, index) => {
    const step = verification[index]
    if (step?.kind === 'check') {
      expect([by, run?.check, run?.exit_code, run?.ended]).toEqual([null, step.check, 0, null])
    } else {
      expect([null, result?.by, role]).not.toContain(by)
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
}
