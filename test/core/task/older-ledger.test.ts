import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { decodeEnvelope } from '../../../core/envelope.ts'
import { asCommit, type TaskCommit } from '../../../core/task/commit.ts'
import { timersOf } from '../../../core/task/deadlines.ts'
import { decide } from '../../../core/task/decide.ts'
import { evolve } from '../../../core/task/evolve.ts'
import { type Task, taskSchema } from '../../../core/task/task.ts'
import { timelineLines } from '../../../core/task/timeline.ts'
import { ada, approve, refit, seat, start, sweep, watch, world } from '../../support/task-story.ts'

/** As a ledger has it from before there were stages, deadlines that are watched, and evidence that tells of files. */
const entries = readFileSync(new URL('../../fixtures/older-ledger.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const commits = entries.map((line) => asCommit(decodeEnvelope(Buffer.from(line))))
const after = (count: number) => commits.slice(0, count).reduce<Task | null>(evolve, null) as Task

function goesOn(
  task: Task,
  ...[command, doer]: Parameters<typeof decide> extends [Task, infer C, infer D, unknown] ? [C, D] : never
): Task {
  const { key, version } = task
  const events = decide(task, command, doer, world)
  const at = '2026-11-21T12:00:00.000Z'
  return evolve(task, {
    id: `next-${version}`,
    key,
    version: version + 1,
    by: doer.actor,
    at,
    trace: '',
    cause: null,
    events,
  })
}

it('F58: an older ledger tells of the same tasks, and each is whole', () => {
  expect(commits.map(({ events }) => events.map(({ type }) => type))).toEqual([
    ['created'],
    ['claimed', 'started'],
    ['submitted'],
    ['step_failed', 'returned'],
    ['reassigned'],
    ['claimed'],
    ['submitted'],
    ['step_passed'],
  ])
  for (const count of commits.keys()) {
    const task = after(count + 1)
    expect(taskSchema.parse(task)).toEqual(task)
    expect(timelineLines({ task, commits }).join('\n')).not.toMatch(/undefined|null/)
  }
  expect(after(1)).toMatchObject({ stage: 'ready-for-dev', builder: 'backend', prep: null, on_fail: [], had: [] })
  expect(after(8)).toMatchObject({ status: 'verifying', stage: 'review', role: 'cto', builder: 'cto', attempts: 1 })
})

it('F58: what was begun before goes on: it is judged, watched over, and late', () => {
  expect(goesOn(after(8), approve, ada)).toMatchObject({ status: 'done' })
  const held = after(6)
  expect(goesOn(goesOn(held, watch('take_back', 2, 1), sweep), start, seat('cto', 2))).toMatchObject({
    status: 'working',
    claim: { epoch: 2 },
  })
  expect(goesOn(held, refit(2, 1), sweep)).toMatchObject({ role: 'backend', had: ['cto'] })
  expect(timersOf(after(1), world).map(({ kind }) => kind)).toEqual(['complete'])
  const late = goesOn(
    held,
    { type: 'time_came', timer: `${held.key}.complete` },
    { actor: 'breakroom', tier: 'none', epoch: null },
  )
  expect(late).toMatchObject({ breached: ['complete'], escalation: { to: 'ceo', rung: 1 } })
})

it('a task that was stored before it knew of all this is whole when it is read', () => {
  const {
    builder,
    opened_at,
    plan,
    base,
    breached,
    escalation,
    watched,
    suspended,
    had,
    rounds,
    on_fail,
    prep,
    ...older
  } = after(6)
  const read = taskSchema.parse(JSON.parse(JSON.stringify(older)))
  expect(read).toMatchObject({
    prep: null,
    on_fail: [],
    breached: [],
    escalation: null,
    watched: null,
    rounds: 0,
    had: [],
  })
  expect(decide(read, start, seat('cto', 2), world)).toEqual([{ type: 'started' }])
  expect(
    timersOf({ ...read, sla: { ack_within_seconds: 60 }, status: 'open', acknowledged: null }, world)[0]?.due,
  ).toEqual(new Date(Date.parse(read.created_at) + 60_000))
})

it('F58: a commit that it cannot read is said to be one, not taken for another', () => {
  const [first] = commits as [TaskCommit]
  expect(() => evolve(null, { ...first, events: [{ type: 'resumed', epoch: 1 }] })).toThrow(
    'resumed before it was created',
  )
})
