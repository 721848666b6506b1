import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { workspaceOf } from '../../adapters/disk/workspace.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import { evidenceKey } from '../../adapters/servers/evidence-key.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'

/** What a task service in a test is started with; JSON, so that another process can be told. */
export interface TaskHouse {
  fleet: Fleet
  roles: Role[]
  natsUrl: string
  /** Seeds by the name of the bus user. */
  seeds: Record<string, string>
  /** Where the store is, and where the roles work. */
  folder: string
}

/** The context of a part in that house. */
export function houseContext(
  { fleet, roles, natsUrl, seeds, folder }: TaskHouse,
  { clock = systemClock, log, metrics }: { clock?: Clock; log: Log; metrics: Metrics },
): PartContext {
  return {
    fleet,
    roles,
    natsUrl,
    redisUrl: null,
    embeddedIrc: { host: '127.0.0.1', port: 0 },
    slackApiUrl: 'http://127.0.0.1:9/api/',
    seed: (user) => seeds[user] ?? null,
    ircAccount: () => null,
    secret: () => undefined,
    stampKey: 'a key for tests',
    evidenceKey: evidenceKey(folder),
    spoolFolder: join(folder, 'spool'),
    runFolder: join(folder, 'runs'),
    taskFolder: join(folder, 'tasks'),
    knowledgeFolder: join(folder, 'knowledge'),
    stateFolder: join(folder, 'state'),
    firestoreEmulator: null,
    folder: folder,
    workspace: (role) => workspaceIn({ folder }, role),
    programEnvironment: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    verifyLogin: async () => null,
    clock,
    sleep: systemSleep,
    random: Math.random,
    newId: randomUUID,
    log,
    metrics,
  }
}

/** Where a role of that house works, and its checks run. */
export function workspaceIn({ folder }: Pick<TaskHouse, 'folder'>, role: string): string {
  return workspaceOf({ home: folder, folder, role })
}

/** The SQLite file of a house's task store. */
export function storeFile({ folder }: Pick<TaskHouse, 'folder'>): string {
  return join(folder, 'tasks', 'tasks.sqlite')
}
