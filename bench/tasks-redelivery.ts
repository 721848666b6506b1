import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Role } from '../core/role.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder, until } from '../test/support/process.ts'
import { atMost, type Figure, type Size } from './figure.ts'
import { startFleet } from './fleet.ts'
import { type Program, stopProgram } from './program.ts'
import { draft, openDoors, rolesOf, startTaskService, taskFleet, taskRoles } from './tasks-doors.ts'

/** Just after a sign of work the lease is longest; this is in between. */
const workedForMs = 3_000

/** One sample, because it takes as long as a lease. */
export async function taskRedelivery(size: Size): Promise<Figure[]> {
  if (size === 'short') return []
  const seconds = await killedAtWork()
  return [
    {
      name: 'kill -9 of a worker to the claim of another, lease of 40 s',
      value: seconds,
      unit: 's',
      target: atMost(45),
    },
  ]
}

async function killedAtWork(): Promise<number> {
  await using nats = await startProvisionedNats({ roles: [...taskRoles] })
  using folders = new DisposableStack()
  const newFolder = () => folders.use(temporaryFolder()).path
  await using service = await startTaskService(nats, newFolder())
  const fleet = taskFleet()
  fleet.checks = { work: ['sh', '-c', 'touch begun; sleep 300'] }
  const replica = async (): Promise<{ program: Program; folder: string }> => {
    const folder = newFolder()
    const embeddedIrc = { host: '127.0.0.1', port: 0 }
    const roles = rolesOf(taskRoles).map(worker)
    const program = await startFleet(nats, { fleet, roles, parts: ['bots'], redisUrl: null, embeddedIrc, folder })
    return { program, folder }
  }
  await using replicas = new AsyncDisposableStack()
  const both = [await replica(), await replica()]
  for (const { program } of both) replicas.use(program)
  const doors = openDoors(nats)
  const { task } = await doors.desk('assign', { draft: draft() })
  const label = task?.label ?? ''
  const begun = ({ folder }: { folder: string }) => existsSync(join(folder, 'workspaces/cto/begun'))
  const first = await until('a replica works on it', () => both.find(begun), 30_000)
  await pause(workedForMs)
  await first.program.kill('SIGKILL')
  const killedAt = performance.now()
  await until(
    'another has claimed it',
    async () => (await doors.desk('show', { task: label })).task?.epoch === 2,
    90_000,
  )
  const seconds = (performance.now() - killedAt) / 1_000
  const other = both.find((one) => one !== first)
  // What the first has left running ends when the other begins.
  if (other !== undefined) {
    await until('the other works on it', () => begun(other), 30_000)
    await stopProgram(other.program)
  }
  await stopProgram(service)
  return seconds
}

/** The same role with a program that never ends. */
function worker(role: Role): Role {
  return role.name === 'cto' ? { ...role, brain: { kind: 'command', command: 'work', minutes: 10 } } : role
}
