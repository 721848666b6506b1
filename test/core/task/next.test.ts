import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { byUrgency, nextTask } from '../../../core/task/next.ts'
import { createOpenTasks, type OpenTasks } from '../../../core/task/open-tasks.ts'
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

const by = (requester: string): Partial<Task> => ({
  authority: { requester, tier: 'member', name: requester, chain: [] },
})
/** What is given out, one after another, in the order in which it is. */
function givenOut(list: OpenTasks, most = Number.POSITIVE_INFINITY): Task[] {
  const given: Task[] = []
  for (let task = list.first; task !== undefined && given.length < most; task = list.first) {
    list.remove(task)
    list.served(task.authority.requester)
    given.push(task)
  }
  return given
}
const labels = (tasks: Task[]) => tasks.map(({ label }) => label).join(' ')

describe('F55: requesters of one role take turns', () => {
  it('so that one with many does not keep the others waiting', () => {
    const many = Array.from({ length: 500 }, (_, index) => taskAt(index + 1, 1, by('human-ada')))
    const list = open(...many, taskAt(600, 1, by('human-bob')), taskAt(601, 1, by('human-eve')))
    expect(labels(givenOut(list, 5))).toBe('t-1 t-600 t-601 t-2 t-3')
  })

  it('of one priority, never before what is more urgent', () => {
    const list = open(
      taskAt(1, 1, { ...by('human-ada'), priority: 'high' }),
      taskAt(2, 1, { ...by('human-ada'), priority: 'high' }),
      taskAt(3, 1, by('human-ada')),
      taskAt(4, 1, by('human-bob')),
    )
    expect(labels(givenOut(list))).toBe('t-1 t-2 t-4 t-3')
  })

  it('by who was served least recently, also when nothing of theirs was open meanwhile', () => {
    const list = createOpenTasks()
    for (const requester of ['human-bob', 'human-eve', 'human-ada']) list.served(requester)
    for (const [number, requester] of [
      [1, 'human-ada'],
      [2, 'human-bob'],
      [3, 'human-eve'],
      [4, 'human-new'],
    ] as const) {
      list.add(taskAt(number, 1, by(requester)))
    }
    expect(labels(givenOut(list))).toBe('t-4 t-2 t-3 t-1')
  })

  it('and have the turn back that came to nothing', () => {
    const list = open(taskAt(1, 1, by('human-ada')), taskAt(2, 1, by('human-bob')), taskAt(3, 1, by('human-ada')))
    const takeBack = list.served('human-ada')
    expect(list.first?.label).toBe('t-2')
    takeBack()
    expect(list.first?.label).toBe('t-1')
    list.served('human-ada')
    takeBack()
    expect(list.first?.label).toBe('t-2')
  })

  it('among what a reader may know of, in the order of the whole', () => {
    const list = open(...[1, 2, 3, 4].map((number) => taskAt(number, 1, by(number % 2 ? 'human-ada' : 'human-bob'))))
    list.served('human-ada')
    const known = list.among(({ label }) => label !== 't-2')
    expect(labels(givenOut(known))).toBe('t-4 t-1 t-3')
    expect([list.size, list.first?.label]).toEqual([4, 't-2'])
  })

  it('and forgets those who were served longest ago before it remembers too many', () => {
    const list = open(taskAt(1, 1, by('human-0')), taskAt(2, 1, by('human-1')))
    for (let turn = 0; turn < 2_000; turn++) list.served(`human-${turn}`)
    expect(labels(givenOut(list))).toBe('t-1 t-2')
    // Nobody remembers their turn, and they are as good as new.
    list.add(taskAt(9, 1, by('human-1999')))
    list.add(taskAt(8, 1, by('human-2')))
    expect(labels(givenOut(list))).toBe('t-8 t-9')
  })
})

const people = ['human-ada', 'human-bob', 'human-eve']
const anyTask = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.constantFrom(...priorities), fc.constantFrom(...people))
  .map(([number, priority, requester]) => taskAt(number, 1, { priority, ...by(requester) }))
const unique = fc.uniqueArray(anyTask, { selector: ({ key }) => key, maxLength: 40 })

/** Written down a second time, in the plainest way: looks at all of them for each that is given out. */
function plainly(tasks: readonly Task[], served: readonly string[]): Task[] {
  const turns = [...served]
  const left = [...tasks]
  const given: Task[] = []
  const age = (task: Task) => Number(task.label.slice(2))
  while (left.length > 0) {
    const urgency = Math.max(...left.map(({ priority }) => priorities.indexOf(priority)))
    const next = left
      .filter(({ priority }) => priorities.indexOf(priority) === urgency)
      .sort((a, b) => {
        const [mine, theirs] = [a, b].map((task) => turns.lastIndexOf(task.authority.requester))
        return (mine ?? 0) - (theirs ?? 0) || age(a) - age(b)
      })[0] as Task
    left.splice(left.indexOf(next), 1)
    turns.push(next.authority.requester)
    given.push(next)
  }
  return given
}

it('priority, then turns, then age: in whatever order tasks come and go, and each knows its place', () => {
  fc.assert(
    fc.property(unique, fc.func(fc.boolean()), fc.array(fc.constantFrom(...people)), (tasks, leaves, served) => {
      const list = createOpenTasks()
      const [early, late] = [tasks.slice(0, tasks.length >> 1), tasks.slice(tasks.length >> 1)]
      for (const task of early) list.add(task)
      for (const requester of served) list.served(requester)
      for (const task of late) list.add(task)
      expect(list.size).toBe(tasks.length)
      const gone = tasks.filter(leaves)
      for (const task of gone) list.remove(task)
      const left = plainly(
        tasks.filter((task) => !gone.includes(task)),
        served,
      )
      expect(list.size).toBe(left.length)
      expect(left.map((task) => list.ahead(task))).toEqual(left.map((_, index) => index))
      expect(labels(givenOut(list))).toBe(labels(left))
    }),
  )
})

it('by urgency alone it is the higher priority, then the older', () => {
  fc.assert(
    fc.property(unique, (tasks) => {
      const sorted = priorities
        .toReversed()
        .flatMap((priority) =>
          tasks
            .filter((task) => task.priority === priority)
            .sort((a, b) => Number(a.label.slice(2)) - Number(b.label.slice(2))),
        )
      expect([...tasks].sort(byUrgency)).toEqual(sorted)
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
  list.remove(taskAt(1, 1, by('human-bob')))
  expect(list.size).toBe(2)
})

it.each([1, 64, 4_096])('looks at few tasks for each that comes, is served or goes, of %i requesters', (requesters) => {
  let looks = 0
  const counted = (number: number): Task =>
    Object.defineProperty(taskAt(number, 1, by(`human-${number % requesters}`)), 'label', {
      get() {
        looks++
        return `t-${number}`
      },
    })
  const tasks = Array.from({ length: 4_096 }, (_, index) => counted(((index * 1_237) % 4_096) + 1))
  const list = open(...tasks)
  for (const task of tasks) list.served(task.authority.requester)
  for (const task of tasks) list.remove(task)
  expect(list.size).toBe(0)
  // Twice two places among 4,096, for the task and for its requester, are found in twelve comparisons of two each.
  expect(looks / (3 * tasks.length)).toBeLessThanOrEqual(4 * 2 * 13)
})
