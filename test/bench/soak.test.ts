import { expect, test } from 'vitest'
import { type Facts, judge, type Promised, workedOnBeside } from '../../bench/soak/judge.ts'
import { lineOf, planWishes, readEffects, titleIn, titleOf } from '../../bench/soak/plan.ts'
import { seededRandom } from '../../bench/soak/random.ts'
import type { TaskCommit, TaskEvent } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import { taskAt, taskCommit } from '../support/tasks.ts'

const done = taskAt(1, 4, {
  title: 'Soak 1',
  status: 'done',
  epoch: 1,
  result: { by: 'cto', at: '2026-11-21T12:00:00.000Z', text: 'made', epoch: 1 },
})

function commit(version: number, events: TaskEvent[]): TaskCommit {
  return taskCommit({ ...done, version }, { events })
}

const created = taskCommit({ ...done, version: 1 })
const claimed = commit(2, [{ type: 'claimed', epoch: 1, doorbell: 'bell' }])
const submitted = commit(3, [{ type: 'submitted', epoch: 1, result: 'made' }])
const completed = commit(4, [{ type: 'completed' }])

/** What is known of one task that was asked for, done once and told of. */
function factsWith(changes: Partial<Facts> = {}): Facts {
  const tasks = changes.tasks ?? new Map([[done.key, done]])
  const commits = changes.commits ?? [created, claimed, submitted, completed]
  return {
    said: [{ title: 'Soak 1', speaker: 'ann', saidAt: 0, answer: 't-1', stayed: true }],
    recorded: [{ id: 'line', title: 'Soak 1', answer: 't-1', kept: false }],
    unmet: [],
    commits,
    impossible: [],
    tasks,
    store: tasks,
    service: tasks,
    announced: commits.map(({ key, version }) => `task:${key}:${version}:0`),
    bells: [],
    letters: [],
    effects: new Map([['cto', readEffects('begin work t-1 1\nend work t-1 1\ncheck check t-1 0\n')]]),
    ...changes,
  }
}

function brokenBy(changes: Partial<Facts>): Promised[] {
  const verdict = judge(factsWith(changes))
  return (Object.keys(verdict) as Promised[]).filter((promise) => verdict[promise].length > 0)
}

function withTask(changes: Partial<Task>): Partial<Facts> {
  return { tasks: new Map([[done.key, { ...done, ...changes }]]) }
}

test('where all went well, no promise is broken', () => {
  expect(brokenBy({})).toEqual([])
})

test.each<[string, Partial<Facts>, Promised]>([
  ['a wish that nobody has', { unmet: ['Soak 2'] }, 'lost'],
  [
    'a line in the record that was never answered',
    { recorded: [{ id: 'l', title: 'Soak 1', answer: null, kept: false }] },
    'lost',
  ],
  [
    'an answer whose task is not there',
    { recorded: [{ id: 'l', title: 'Soak 1', answer: 't-9', kept: false }] },
    'lost',
  ],
  ['a line that never came to the record', { recorded: [] }, 'lost'],
  [
    'a line that became two tasks',
    {
      tasks: new Map([
        ['a', done],
        ['b', { ...done, key: 'b', label: 't-2' }],
      ]),
    },
    'done twice',
  ],
  ['a task that was completed twice', { commits: [created, claimed, submitted, completed, completed] }, 'done twice'],
  [
    'an epoch that was worked on twice',
    { effects: new Map([['cto', readEffects('begin work t-1 1\nbegin work t-1 1\nend work t-1 1')]]) },
    'done twice',
  ],
  ['a task that no program did', { effects: new Map([['cto', []]]) }, 'done twice'],
  ['a store that is behind', { store: new Map([[done.key, { ...done, version: 3 }]]) }, 'in two states'],
  ['a service that does not know it', { service: new Map() }, 'in two states'],
  ['an open task that nobody rings for', withTask({ status: 'open' }), 'without an owner'],
  ['a claim whose doorbell is gone', withTask({ status: 'claimed' }), 'without an owner'],
  ['an entry that cannot be', { impossible: ['entry 7: started while done'] }, 'against the rules'],
  [
    'an epoch that was given twice',
    { commits: [created, claimed, commit(3, [{ type: 'claimed', epoch: 1, doorbell: 'bell' }]), completed] },
    'against the rules',
  ],
  ['a doorbell that is left', { bells: [{ subject: 'x.tasks', key: done.key }] }, 'doorbells nobody took'],
  ['an event that is not in the record', { announced: [] }, 'events missing or doubled'],
])('%s is seen', (_, changes, promise) => {
  expect(brokenBy(changes)).toContain(promise)
})

test('a task that is not over has an owner while its doorbell is on a queue, or what it waits for is not over', () => {
  const bells = [{ subject: 'breakroom.agents.cto.tasks', key: done.key }]
  expect(brokenBy({ ...withTask({ status: 'open' }), bells })).not.toContain('without an owner')
  const other = { ...done, key: 'other', label: 't-2', title: 'Soak 2', status: 'open' as const }
  const waiting = { ...done, status: 'waiting' as const, waits_for: [{ key: 'other', label: 't-2' }] }
  const tasks = new Map<string, Task>([
    [done.key, waiting],
    ['other', other],
  ])
  expect(judge(factsWith({ tasks }))['without an owner']).toEqual(['t-2: open with cto, epoch 1'])
})

test('an old epoch that goes on beside a newer one is told of', () => {
  const beside = (text: string) => workedOnBeside({ effects: new Map([['cto', readEffects(text)]]) })
  expect(beside('begin work t-1 1\nbegin work t-1 2\nend work t-1 1\nend work t-1 2')).toEqual(['t-1'])
  expect(beside('begin work t-1 1\nend work t-1 1\nbegin work t-1 2')).toEqual([])
})

test('the same seed plans the same, and each line can be found again by its title', () => {
  const plan = () => planWishes(seededRandom(7), 200)
  expect(plan()).toEqual(plan())
  expect(planWishes(seededRandom(8), 200)).not.toEqual(plan())
  const lines = plan().flatMap((wish) => [lineOf(wish, 0, null), lineOf(wish, 1, 't-1')])
  expect(new Set(lines.map(titleIn)).size).toBe(400)
  for (const wish of plan()) expect(titleIn(lineOf(wish, 2, null))).toBe(titleOf(wish, 2))
})
