import { systemClock } from '../adapters/process/system-clock.ts'
import { traceOf } from '../core/envelope.ts'
import { limitsSchema } from '../core/fleet-limits.ts'
import { type TaskCommit, type TaskEvent, taskKey } from '../core/task/commit.ts'
import { create } from '../core/task/create.ts'
import type { TaskDraft } from '../core/task/request.ts'
import { taskWorld } from '../core/task/world.ts'
import type { NatsServer } from '../test/support/nats.ts'
import { draft, org, rolesOf, taskRoles } from './tasks-doors.ts'

/** What a ledger is filled with. */
export interface Filling {
  tasks: number
  /** What happened to each, one commit an item, beginning with its creation. */
  way: (number: number) => TaskEvent[][]
}

/** Commits that are under way at the same time. */
const window = 512

/** Writes tasks into the ledger past the service, as nobody does while it runs. Resolves with the number of commits. */
export async function fillLedger(nats: NatsServer, { tasks, way }: Filling): Promise<number> {
  const ledger = nats.as({ kind: 'tasks' }).ledger(org)
  let written = 0
  for (let from = 1; from <= tasks; from += window) {
    const numbers = Array.from({ length: Math.min(window, tasks - from + 1) }, (_, index) => from + index)
    await Promise.all(
      numbers.map(async (number) => {
        for (const [index, events] of way(number).entries()) {
          await ledger.append(commitOf(number, index + 1, events))
          written++
        }
      }),
    )
  }
  return written
}

const world = taskWorld(rolesOf(taskRoles), {
  checks: { true: ['true'] },
  limits: limitsSchema.parse({}),
  time_zone: 'UTC',
})

/** The creation of a task as the service would write it, with anything else as it is given. */
export function created(number: number, more: Partial<TaskDraft> = {}): TaskEvent[] {
  const authority = { requester: 'human-alice', tier: 'member', name: 'alice', chain: [] } as const
  return create(
    {
      label: `t-${number}`,
      draft: draft({ role: taskRoles[number % taskRoles.length] === 'cso' ? 'devops' : 'cto', ...more }),
      place: { room: { name: 'breakroom', visibility: 'public' } },
      authority: { ...authority, chain: [] },
      dependencies: [],
      parent: null,
    },
    world,
  )
}

function commitOf(number: number, version: number, events: TaskEvent[]): TaskCommit {
  const id = `fill-${number}`
  const key = taskKey(id)
  const at = systemClock.now().toISOString()
  return { id: `${id}-${version}`, key, version, by: 'human-alice', at, trace: traceOf(id), cause: null, events }
}
