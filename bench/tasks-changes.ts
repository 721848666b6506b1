import { startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder, until } from '../test/support/process.ts'
import { atLeast, type Figure, type Size } from './figure.ts'
import { keyedPublishes } from './floor/keyed-publishes.ts'
import { residentMb } from './memory.ts'
import { stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { crowded, type Story, steadily } from './story.ts'
import { type Doors, draft, openDoors, startTaskService, taskRoles } from './tasks-doors.ts'

/** From the assignment to the review that makes it done. */
const changesEach = 6
/** A little over what is asked for, so that a pace that was not kept shows. */
const storiesPerSecond = 600 / changesEach
/** Callers at the same time when it goes as fast as it can. */
const width = 32
/** What a commit of these stories takes in the ledger, on average. */
const commitBytes = 700

/**
 * Whole ways of tasks through the door of one service, from the assignment to `done`: at a steady pace, and as fast as it goes. The
 * floor is the bare messages of the ledger, each behind the one before it, under way side by side just as often. Beside each of those
 * the service publishes an event or two, and a doorbell or a line now and then, and keeps its store.
 */
export async function taskChanges(size: Size): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const sync of ['2m', 'always'] as const) figures.push(...(await changesWith(sync, size)))
  return figures
}

async function changesWith(syncInterval: '2m' | 'always', size: Size): Promise<Figure[]> {
  await using nats = await startProvisionedNats({ roles: [...taskRoles], syncInterval })
  using folder = temporaryFolder()
  await using service = await startTaskService(nats, folder.path)
  const doors = openDoors(nats)
  const watcher = await nats.raw({ kind: 'admin' })
  const ours = fromAssignToDone(doors)
  const bare = keyedPublishes(watcher, changesEach, commitBytes)
  let completed = 0
  watcher.subscribe('events.*.task.completed', { callback: () => void completed++ })
  await watcher.flush()

  await doors.desk('next', { role: 'cto' })
  const seconds = size === 'short' ? 5 : 20
  let told = 0
  for (const story of [ours, bare]) {
    const { stories } = await crowded(story, width, 2)
    if (story === ours) told += stories
  }
  const floor = await steadily(bare, storiesPerSecond, Math.min(seconds, 10))
  const mine = await steadily(ours, storiesPerSecond, seconds)
  const endedAt = performance.now()
  told += mine.stories
  await until('every completion is told', () => completed === told, 60_000)
  const behind = performance.now() - endedAt
  const floorFast = await crowded(bare, width, seconds / 4)
  const fast = await crowded(ours, width, seconds / 4)
  const mb = residentMb(service.pid)
  await stopProgram(service)
  const name = (what: string) => `sync ${syncInterval === '2m' ? 'default' : 'always'}: ${what}`
  return [
    { name: name('changes, steadily'), value: mine.rate, floor: floor.rate, unit: '/s', target: atLeast(500) },
    { name: '  one change p50', value: median(mine.samples), floor: median(floor.samples), unit: 'ms' },
    { name: '  one change p99', value: quantile(mine.samples, 0.99), floor: quantile(floor.samples, 0.99), unit: 'ms' },
    { name: '  last answer to last event', value: behind, unit: 'ms' },
    { name: `  as fast as it goes, ${width} at once`, value: fast.rate, floor: floorFast.rate, unit: '/s' },
    { name: '  one change p50 then', value: median(fast.samples), floor: median(floorFast.samples), unit: 'ms' },
    { name: '  memory of the service then', value: mb, unit: 'MB' },
  ]
}

let bells = 0

function fromAssignToDone(doors: Doors): Story {
  return async (change) => {
    await change(() => doors.desk('assign', { draft: draft() }))
    const doorbell = `bench-bell-${++bells}`
    const claimed = await change(() => doors.as('cto', 'claim', { task: null, role: 'cto', doorbell }))
    // Which one it is the service says: the most urgent of those that are open.
    const { label: task, epoch } = claimed.task ?? { label: 'none', epoch: 0 }
    await change(() => doors.as('cto', 'start', { task, epoch }))
    await change(() => doors.as('cto', 'note', { task, epoch, text: 'half of it is there' }))
    await change(() => doors.as('cto', 'submit', { task, epoch, result: 'limited, with a test that fails without it' }))
    const done = await change(() => doors.as('cso', 'approve', { task, comment: 'seen' }))
    if (done.task?.status !== 'done') throw new Error(`${task} is ${done.task?.status}`)
  }
}
