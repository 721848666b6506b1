import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError } from '../core/errors.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder, until } from '../test/support/process.ts'
import { atMost, type Figure, none, type Size } from './figure.ts'
import { startFleet } from './fleet.ts'
import { stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { steadily } from './story.ts'
import { type Doors, draft, openDoors, rolesOf, taskFleet, taskRoles } from './tasks-doors.ts'

const perSecond = 500
/** The program of the role works so long on each task. */
const workS = 0.05
const everyMs = 150
const bob = { actor: 'human-bob', tier: 'member' as const, name: 'bob' }
const wanted = draft({ verification: [{ kind: 'check', check: 'true' }] })

/**
 * One person asks for 500 tasks of one role in a second, another for one now and then: how long the other's take from the request until the
 * role's program has claimed them, in the burst and while what was taken of it is worked off. The floor is the same without the burst. With
 * the limits that ship.
 */
export async function taskBurst(size: Size): Promise<Figure[]> {
  await using nats = await startProvisionedNats({ roles: [...taskRoles] })
  using folder = temporaryFolder()
  const fleet = { ...taskFleet({}), checks: { true: ['true'], work: ['sleep', `${workS}`] } }
  const roles = rolesOf(taskRoles).map((role) =>
    role.name === 'cto' ? { ...role, brain: { kind: 'command' as const, command: 'work', minutes: 1 } } : role,
  )
  const embeddedIrc = { host: '127.0.0.1', port: 0 }
  const plan = { fleet, roles, parts: ['tasks' as const, 'bots' as const], redisUrl: null, embeddedIrc }
  await using house = await startFleet(nats, { ...plan, folder: folder.path })
  const doors = openDoors(nats)
  const watcher = await nats.raw({ kind: 'admin' })
  const claimed = new Map<string, number>()
  const done = new Set<string>()
  watcher.subscribe('events.cto.task.*', {
    callback: (_, message) => {
      const { type, data } = message.json<{ type: string; data: { task: string } }>()
      if (type === 'task.claimed') claimed.set(data.task, performance.now())
      if (type === 'task.completed') done.add(data.task)
    },
  })
  await watcher.flush()

  /** Asks for one task of the other's and waits until it is claimed: ms. */
  async function sample(): Promise<number> {
    const begun = performance.now()
    const { task } = await doors.desk('assign', { draft: wanted }, bob)
    const label = task?.label ?? ''
    const at = await until(`${label} is claimed`, () => claimed.get(label), 30_000)
    await pause(Math.max(0, begun + everyMs - performance.now()))
    return at - begun
  }

  await sample()
  const alone: number[] = []
  for (let count = 0; count < (size === 'short' ? 15 : 40); count++) alone.push(await sample())

  const accepted: string[] = []
  let refused = 0
  const burst = steadily(
    async (change) => {
      const label = await change(() => assigned(doors))
      if (label === null) refused++
      else accepted.push(label)
    },
    perSecond,
    1,
  )
  const among: number[] = []
  let over = false
  void burst.finally(() => {
    over = true
  })
  while (!over || accepted.some((label) => !claimed.has(label))) among.push(await sample())
  const { samples } = await burst
  await until('everything is done', () => accepted.every((label) => done.has(label)), 60_000).catch(() => {})
  const stands = await Promise.all(accepted.map(async (label) => (await doors.desk('show', { task: label })).task))
  const lost = stands.filter((task) => task?.status !== 'done')
  await stopProgram(house)
  return [
    { name: "others' tasks start, p50", value: median(among), floor: median(alone), unit: 'ms' },
    { name: '  p99', value: quantile(among, 0.99), floor: quantile(alone, 0.99), unit: 'ms' },
    { name: '  the longest', value: quantile(among, 1), floor: quantile(alone, 1), unit: 'ms', target: atMost(1_000) },
    { name: '  of so many', value: among.length, unit: 'tasks' },
    { name: 'of 500 in a second: accepted', value: accepted.length, unit: 'tasks' },
    { name: '  refused, with a sentence', value: refused, unit: 'tasks' },
    { name: '  lost: accepted and not done in the end', value: lost.length, unit: 'tasks', target: none },
    { name: '  an answer, p50', value: median(samples), unit: 'ms' },
    { name: '  an answer, p99', value: quantile(samples, 0.99), unit: 'ms' },
  ]
}

/** The label of one more of alice's tasks, or null when it is refused. */
async function assigned(doors: Doors): Promise<string | null> {
  try {
    return (await doors.desk('assign', { draft: wanted })).task?.label ?? null
  } catch (error) {
    if (isBreakroomError(error, 'refused') && error.detail.rule === 'queue-full') return null
    throw error
  }
}
