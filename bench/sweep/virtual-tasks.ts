import type { TaskEvent } from '../../core/task/commit.ts'
import { create } from '../../core/task/create.ts'
import { decide, type TaskCommand } from '../../core/task/decide.ts'
import { evolve } from '../../core/task/evolve.ts'
import { taskDraftSchema } from '../../core/task/request.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import type { WatchedTask } from '../../core/task/watched-task.ts'
import { watchedTaskOf } from '../../core/task/watched-task.ts'
import type { Doer, TaskRole, TaskWorld } from '../../core/task/world.ts'
import { system } from '../../core/task/world.ts'
import type { Agent } from './scenario.ts'

/** A task as it stands, decided on and folded by the same functions as in the task service; only the ledger and the bus are left out. */
export interface VirtualTask {
  task: Task
  /** How it is shown to whoever watches, until it changes. */
  shown: WatchedTask | null | undefined
}

export interface VirtualTasks {
  readonly world: TaskWorld
  /** Those that are not over, by label. */
  readonly live: ReadonlyMap<string, VirtualTask>
  readonly created: number
  create(role: string, at: number): VirtualTask
  /** What a command does; nothing when it is so already. Throws `refused` as the task service does. */
  tell(box: VirtualTask, command: TaskCommand, doer: Doer, at: number): TaskEvent[]
  watched(): WatchedTask[]
  /** How much each role has to do. */
  load(): Map<string, number>
}

/** Who asks for every task here. */
export const requester: Doer = { actor: 'human-ada', tier: 'member', epoch: null }
const onlooker = { actor: 'sweep', room: null, alone: false }

/** `skewMs`: how far the clock of the service is ahead. */
export function createVirtualTasks(agents: readonly Agent[], skewMs: number): VirtualTasks {
  const world = worldOf(agents)
  const live = new Map<string, VirtualTask>()
  const creations = new Map<string, TaskEvent>()
  let created = 0

  return {
    world,
    live,
    get created() {
      return created
    },
    create(role, at) {
      created += 1
      const label = `t-${created}`
      const event = { ...creationFor(role), label } as TaskEvent
      const task = evolve(null, commitOf(label, 1, requester.actor, at, [event]))
      const box: VirtualTask = { task, shown: undefined }
      live.set(label, box)
      return box
    },
    tell(box, command, doer, at) {
      const { task } = box
      const events = decide(task, command, doer, world)
      if (events.length === 0) return events
      box.task = evolve(task, commitOf(task.key, task.version + 1, doer.actor, at, events))
      box.shown = undefined
      if (isOver(box.task)) live.delete(task.label)
      return events
    },
    watched() {
      const all: WatchedTask[] = []
      for (const box of live.values()) {
        if (box.shown === undefined) box.shown = watchedTaskOf(box.task, onlooker, world)
        if (box.shown !== null) all.push(box.shown)
      }
      return all
    },
    load() {
      const load = new Map<string, number>()
      for (const { task } of live.values()) load.set(task.role, (load.get(task.role) ?? 0) + 1)
      return load
    },
  }

  function commitOf(key: string, version: number, by: string, at: number, events: TaskEvent[]) {
    return {
      id: `${key}:${version}`,
      key,
      version,
      by,
      at: new Date(at + skewMs).toISOString(),
      trace: 'trace',
      cause: null,
      events,
    }
  }

  /** The same for all tasks of a role, so it is made once. */
  function creationFor(role: string): TaskEvent {
    const known = creations.get(role)
    if (known !== undefined) return known
    const draft = taskDraftSchema.parse({
      role,
      title: 'Something to do',
      acceptance_criteria: ['It is done'],
      verification: [{ kind: 'check', check: 'true' }],
    })
    const place = { room: { name: 'breakroom', visibility: 'public' } } as const
    const authority = { requester: requester.actor, tier: requester.tier, name: 'Ada', chain: [] }
    const [event] = create({ label: 't-1', draft, place, authority, dependencies: [], parent: null }, world)
    if (event === undefined) throw new Error('a creation creates something')
    creations.set(role, event)
    return event
  }
}

/** That a submission passed its one check. */
export function passedCheck(epoch: number): [TaskCommand, Doer] {
  const run = {
    check: 'true',
    argv: ['true'],
    exit_code: 0,
    ended: null,
    duration_ms: 1,
    output_tail: '',
    output_sha256: '0'.repeat(64),
  }
  const evidence = { step: 0, epoch, passed: true, by: null, comment: '', run }
  return [{ type: 'record_check', evidence }, system]
}

/** Everybody of a group can do the same, and nobody else can. They report to the founder. */
function worldOf(agents: readonly Agent[]): TaskWorld {
  const capabilities = new Map<string, Set<string>>()
  const roles = new Map<string, TaskRole>()
  for (const { name, group, seat } of agents) {
    const own = capabilities.get(group) ?? new Set([group])
    capabilities.set(group, own)
    roles.set(name, {
      manager: 'founder',
      takesTasks: true,
      people: seat === 'people',
      capabilities: own,
      wip: 1,
      patienceMinutes: 20,
      onComplete: [],
    })
  }
  return { roles, checks: new Set(['true']), timeZone: 'UTC' }
}
