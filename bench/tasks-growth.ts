import type { TaskEvent } from '../core/task/commit.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder } from '../test/support/process.ts'
import { alternate } from './alternate.ts'
import { atMostTimes, type Figure, type Size } from './figure.ts'
import { residentMb } from './memory.ts'
import { stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { type Doors, openDoors, startTaskService, taskRoles } from './tasks-doors.ts'
import { created, fillLedger } from './tasks-fill.ts'

/** Of a hundred tasks, so many are over. */
const over = 90

/**
 * What one change costs through the door of a service that has few or many tasks, what it weighs, and how long it takes from its
 * start to its first answer. All three run side by side and are asked in turn; the floor is the one with the fewest.
 */
export async function taskGrowth(size: Size): Promise<Figure[]> {
  const sizes = size === 'short' ? [1_000, 10_000] : [1_000, 10_000, 100_000]
  await using all = new AsyncDisposableStack()
  const grown = []
  for (const tasks of sizes) grown.push(await grow(tasks, all))
  const taken = await alternate(
    grown.map(
      ({ doors }) =>
        (count) =>
          changes(doors, count),
    ),
    { warmUp: 200, samples: size === 'short' ? 300 : 1_000 },
  )
  const least = taken[0] ?? []
  return grown.flatMap(({ tasks, firstAnswer, mb }, index) => {
    const samples = taken[index] ?? []
    return [
      {
        name: `${tasks.toLocaleString('en')} tasks: one change p50`,
        value: median(samples),
        floor: median(least),
        unit: 'ms',
        target: atMostTimes(1.5),
      },
      { name: '  p99', value: quantile(samples, 0.99), floor: quantile(least, 0.99), unit: 'ms' },
      { name: '  start to first answer', value: firstAnswer, unit: 's' },
      { name: '  memory of the service then', value: mb, unit: 'MB' },
    ]
  })
}

interface Grown {
  tasks: number
  doors: Doors
  firstAnswer: number
  mb: number
}

/** A service that has so many tasks, started a second time: the first start fills its store. */
async function grow(tasks: number, all: AsyncDisposableStack): Promise<Grown> {
  const nats = all.use(await startProvisionedNats({ roles: [...taskRoles] }))
  const folder = all.use(temporaryFolder())
  await fillLedger(nats, { tasks, way })
  const doors = openDoors(nats)
  {
    await using first = await startTaskService(nats, folder.path)
    await doors.desk('next', { role: 'cto' })
    await stopProgram(first)
  }
  const begun = performance.now()
  const service = all.use(await startTaskService(nats, folder.path))
  await doors.desk('next', { role: 'cto' })
  return { tasks, doors, firstAnswer: (performance.now() - begun) / 1_000, mb: residentMb(service.pid) }
}

function way(number: number): TaskEvent[][] {
  return number % 100 < over
    ? [created(number), [{ type: 'cancelled', reason: 'not needed any more' }]]
    : [created(number)]
}

/** A note on one task after another, one at a time, ms. */
async function changes(doors: Doors, count: number): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < count; index++) {
    // Live ones, far apart.
    const number = over + (index % 10) * 100 + (index % (100 - over))
    const begun = performance.now()
    await doors.desk('note', { task: `t-${number}`, text: `seen ${index} times` })
    samples.push(performance.now() - begun)
  }
  return samples
}
