import { expect, it } from 'vitest'
import { createMemoryTaskStorage } from '../../adapters/memory/task-store.ts'
import type { Task } from '../../core/task/task.ts'
import { openBook } from '../../tasks/book.ts'
import { taskAt } from '../support/tasks.ts'

const bell = 'doorbell:one:1:work'
const claimedAt = (epoch: number): Task['claim'] => ({
  by: 'cto',
  at: '2026-11-21T12:00:00.000Z',
  epoch,
  doorbell: bell,
})

it('F5: a doorbell is the lease of what its seat works on, not of what it has handed in', async () => {
  const book = await openBook(await createMemoryTaskStorage().open())
  const handedIn = { status: 'verifying', claim: claimedAt(1), epoch: 1 } as const
  book.put(taskAt(1, 1, { status: 'claimed', claim: claimedAt(1), epoch: 1 }))
  // The seat was killed before it could acknowledge, was given the next task at the same doorbell, and is killed again.
  book.put(taskAt(1, 2, handedIn))
  book.put(taskAt(2, 1, { status: 'working', claim: claimedAt(1), epoch: 1 }))
  book.put(taskAt(1, 3, handedIn))
  expect(book.atDoorbell(bell)?.label).toBe('t-2')
})

it('two tasks with one label are each taken out again', async () => {
  const book = await openBook(await createMemoryTaskStorage().open())
  const same = { label: 't-1' }
  for (const number of [1, 2, 3]) book.put(taskAt(number, 1, same))
  for (const number of [1, 2, 3]) book.put(taskAt(number, 2, { ...same, status: 'done' }))
  expect(book.of('cto').open.first).toBeUndefined()
})

it('a task is offered to one at a time while it is being claimed, and again when nothing came of it', async () => {
  const book = await openBook(await createMemoryTaskStorage().open())
  const { open } = book.of('cto')
  for (const number of [1, 2]) book.put(taskAt(number, 1))
  const first = open.first as Task
  const out = book.giveOut(first)
  expect([open.first?.label, open.size]).toEqual(['t-2', 1])
  out[Symbol.dispose]()
  out[Symbol.dispose]()
  expect([open.first?.label, open.size]).toEqual(['t-1', 2])

  // Somebody notes something on it meanwhile, and another begins to claim it.
  const one = book.giveOut(first)
  book.put(taskAt(1, 2))
  const another = book.giveOut(open.first as Task)
  one[Symbol.dispose]()
  expect(open.first?.label).toBe('t-2')
  another[Symbol.dispose]()
  expect([open.first?.version, open.size]).toEqual([2, 2])

  const claimed = book.giveOut(open.first as Task)
  book.put(taskAt(1, 3, { status: 'claimed', claim: claimedAt(1), epoch: 1 }))
  claimed[Symbol.dispose]()
  expect([open.first?.label, open.size]).toEqual(['t-2', 1])
})

it('what is live is found by its label, however tasks come, go, and come back', async () => {
  const book = await openBook(await createMemoryTaskStorage().open())
  const labels = (after: number) => [...book.liveAfter(after)].map(({ label }) => label)
  for (const number of [3, 1, 2, 5, 4]) book.put(taskAt(number, 1))
  expect([labels(0), labels(3), labels(5)]).toEqual([['t-1', 't-2', 't-3', 't-4', 't-5'], ['t-4', 't-5'], []])
  for (const number of [2, 4, 5]) {
    const failed = taskAt(number, 2, { status: 'failed' })
    book.put(failed)
    expect(labels(0)).not.toContain(`t-${number}`)
    book.stored(failed)
  }
  expect(labels(0)).toEqual(['t-1', 't-3'])
  // Somebody gives one another try.
  book.put(taskAt(4, 3))
  book.put(taskAt(6, 1))
  expect([labels(0), labels(3)]).toEqual([
    ['t-1', 't-3', 't-4', 't-6'],
    ['t-4', 't-6'],
  ])
})
