import { expect, it } from 'vitest'
import type { TaskCommand } from '../../core/task/decide.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import { createLostLeases } from '../../tasks/lost-leases.ts'
import { quietMetrics } from '../support/quiet.ts'
import { keyOf, taskAt, taskRole } from '../support/tasks.ts'

const world: TaskWorld = {
  roles: new Map([
    ['cto', taskRole({ people: false })],
    ['devops', taskRole({ people: true })],
  ]),
  checks: new Set(),
  timeZone: 'UTC',
}

/** A task in somebody's hands. */
function held(number: number, changes: Partial<Task> = {}): Task {
  const claim = { by: 'cto', at: '2026-11-21T12:00:00.000Z', epoch: 1, doorbell: `bell ${number}` }
  return taskAt(number, 3, { status: 'working', epoch: 1, claim, ...changes })
}

function watch(...tasks: Task[]) {
  const live = new Map(tasks.map((task) => [task.key, task]))
  const taken: string[] = []
  const leases = createLostLeases({
    book: { live: () => live.values() },
    service: {
      async command(key: string, command: TaskCommand) {
        taken.push(`${command.type} ${key}`)
        return { task: live.get(key) as Task, events: [] }
      },
    },
    world,
    metrics: quietMetrics,
  })
  return {
    live,
    taken,
    look: (items: number) =>
      leases.look([
        { role: 'cto', queue: 'tasks', items },
        { role: 'cto', queue: 'inbox', items: 0 },
      ]),
  }
}

it('what a program has in hand without a doorbell on its queue is open again after two looks', async () => {
  const { taken, look } = watch(held(1))
  await look(0)
  expect(taken).toEqual([])
  await look(0)
  expect(taken).toEqual([`take_back ${keyOf(1)}`])
})

it('what may still have its lease is left alone', async () => {
  const { taken, look, live } = watch(held(1))
  // A doorbell is there, or was in between.
  for (const items of [1, 0, 2, 0, 1]) await look(items)
  // It was given out again: another lease.
  await look(0)
  live.set(
    keyOf(1),
    held(1, { epoch: 2, claim: { by: 'cto', at: '2026-11-21T12:00:00.000Z', epoch: 2, doorbell: 'another' } }),
  )
  await look(0)
  expect(taken).toEqual([])
})

it('people, and what was handed in, need no doorbell', async () => {
  const { taken, look } = watch(
    held(1, { claim: { by: 'human-ada', at: '2026-11-21T12:00:00.000Z', epoch: 1, doorbell: null } }),
    held(2, { status: 'verifying' }),
    held(3, { status: 'open', claim: null }),
  )
  await look(0)
  await look(0)
  expect(taken).toEqual([])
})
