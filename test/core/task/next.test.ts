import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { byUrgency, createOpenTasks, nextTask } from '../../../core/task/next.ts'
import { priorities, type Task } from '../../../core/task/task.ts'
import { taskAt } from '../../support/tasks.ts'

const open = (...tasks: Task[]) => {
  const list = createOpenTasks()
  for (const task of tasks) list.add(task)
  return list
}
const waitingFor = (number: number, ...blockers: number[]) =>
  taskAt(number, 1, { status: 'waiting', waits_for: blockers.map((one) => ({ key: `k${one}`, label: `t-${one}` })) })
const inHand = (number: number, status: Task['status'] = 'working') => taskAt(number, 1, { status })

/** What is offered, by its label, or the hint. */
function offered(tasks: Task[]): string {
  const next = nextTask(open(...tasks.filter(({ status }) => status === 'open')), tasks)
  return next.task === null ? next.hint : next.task.label
}

describe('the next task', () => {
  const urgent = { priority: 'urgent' } as const
  const cases: [string, Task[], string][] = [
    ['the only one', [taskAt(3, 1)], 't-3'],
    [
      'the one with the highest priority',
      [taskAt(1, 1), taskAt(3, 1, urgent), taskAt(2, 1, { priority: 'high' })],
      't-3',
    ],
    ['of two as urgent the older', [taskAt(10, 1, urgent), taskAt(9, 1, urgent)], 't-9'],
    ['one of low priority when there is no other', [taskAt(4, 1, { priority: 'low' })], 't-4'],
    ['never one that is blocked, however urgent', [{ ...waitingFor(1, 7), ...urgent }, taskAt(5, 1)], 't-5'],
    ['never one that somebody has', [{ ...inHand(1), ...urgent }, taskAt(5, 1)], 't-5'],
  ]
  test.each(cases)('is %s', (_, tasks, label) => {
    expect(offered(tasks)).toBe(label)
    expect(offered([...tasks].reverse())).toBe(label)
  })
})

describe('when there is none, the hint says why', () => {
  const cases: [string, Task[]][] = [
    ['there is nothing to do', []],
    ['there is nothing to do', [inHand(1, 'done'), inHand(2, 'failed'), inHand(3, 'cancelled')]],
    ['your only task is blocked by t-7', [waitingFor(9, 7)]],
    ['all your tasks are blocked by t-7', [waitingFor(8, 7), waitingFor(9, 7)]],
    ['all your tasks are blocked by t-7 and t-10', [waitingFor(11, 10, 7), waitingFor(12, 7)]],
    ['your only task is blocked by t-1, t-2 and t-3', [waitingFor(8, 3, 2, 1)]],
    ['all your tasks are blocked by t-1, t-2, t-3 and 2 more', [waitingFor(8, 5, 4, 3), waitingFor(9, 2, 1)]],
    ['t-4 is in hand already', [inHand(4)]],
    ['t-4 and t-5 are in hand already', [inHand(5, 'blocked'), inHand(4, 'verifying')]],
    ['t-4 is in hand already; another is blocked by t-7', [inHand(4, 'claimed'), waitingFor(8, 7)]],
    ['t-4 is in hand already; 2 others are blocked by t-7', [waitingFor(8, 7), inHand(4), waitingFor(9, 7)]],
    ['your only task is blocked by t-7', [waitingFor(8, 7), inHand(1, 'done')]],
  ]
  test.each(cases)('%s', (hint, tasks) => {
    expect(offered(tasks)).toBe(hint)
  })
})

const anyTask = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.constantFrom(...priorities))
  .map(([number, priority]) => taskAt(number, 1, { priority }))
const unique = fc.uniqueArray(anyTask, { selector: ({ key }) => key, maxLength: 40 })

/** Written down a second time, in the plainest way. */
function sorted(tasks: Task[]): Task[] {
  return [...priorities]
    .reverse()
    .flatMap((priority) =>
      tasks
        .filter((task) => task.priority === priority)
        .sort((a, b) => Number(a.label.slice(2)) - Number(b.label.slice(2))),
    )
}

/** Takes one after another. */
function drained(list: ReturnType<typeof createOpenTasks>): Task[] {
  const { first } = list
  if (first === undefined) return []
  list.remove(first)
  return [first, ...drained(list)]
}

it('highest priority, then oldest: in whatever order tasks come and go', () => {
  fc.assert(
    fc.property(unique, fc.func(fc.boolean()), (tasks, leaves) => {
      const list = open(...tasks)
      expect(list.size).toBe(tasks.length)
      const gone = tasks.filter(leaves)
      for (const task of gone) list.remove(task)
      const left = sorted(tasks.filter((task) => !gone.includes(task)))
      expect(list.size).toBe(left.length)
      expect(drained(list).map(({ label }) => label)).toEqual(left.map(({ label }) => label))
      expect([...tasks].sort(byUrgency)).toEqual(sorted(tasks))
    }),
  )
})

it('tells two tasks with one label apart', () => {
  const [one, two] = [taskAt(1, 1), taskAt(1, 1, { key: 'another' })]
  for (const [first, second] of [
    [one, two],
    [two, one],
  ] as const) {
    const list = open(first, second)
    list.remove(first)
    expect(list.first).toBe(second)
    list.remove(second)
    expect(list.size).toBe(0)
  }
})

it('forgets nothing else when one is removed that is not there', () => {
  const list = open(taskAt(1, 1), taskAt(2, 1))
  list.remove(taskAt(3, 1))
  expect(list.size).toBe(2)
})

it('looks at few tasks for each that comes or goes, however many there are', () => {
  let looks = 0
  const counted = (number: number): Task =>
    Object.defineProperty(taskAt(number, 1), 'priority', {
      get() {
        looks++
        return 'normal'
      },
    })
  const tasks = Array.from({ length: 4_096 }, (_, index) => counted(((index * 1_237) % 4_096) + 1))
  const list = open(...tasks)
  for (const task of tasks) list.remove(task)
  expect(list.size).toBe(0)
  // Two tasks are looked at in each comparison, and twelve comparisons find a place among 4,096.
  expect(looks / (2 * tasks.length)).toBeLessThanOrEqual(2 * 13)
})
