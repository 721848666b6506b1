import type { TaskEvent } from './commit.ts'
import { stepUp } from './escalation.ts'
import { refuseOver } from './holding.ts'
import { managerOf } from './standing.ts'
import { seatsOf } from './steps.ts'
import { answer, ask, type HelpCommand } from './stuck.ts'
import type { Task } from './task.ts'
import { refusal, type TaskWorld } from './world.ts'

/** Nobody skips more rungs than that: who took the last one at once would keep everybody else from watching. */
const mostSkipped = 10

/** What whoever watches over tasks may have done about one that stands still. */
export type WatchCommand =
  | (WatchedStall & { type: 'ping' | 'take_back' | 'escalate' })
  /** `load`: how much each role has to do; `full`: those that take no more. */
  | (WatchedStall & { type: 'reassign_fit'; load: ReadonlyMap<string, number>; full: ReadonlySet<string> })
  | HelpCommand

/** A stall, as its watcher saw it: done once for each (task, epoch, rung). */
export interface WatchedStall {
  /** The task's epoch when they looked. */
  epoch: number
  /** How far they have come with it; each thing they do is a higher one. */
  rung: number
  reason: string
}

/**
 * What is done about a task that stands still. Nothing when as much was done about this stall already. Throws `refused`: `over`;
 * `stale-epoch` when it was given out again since they looked; `too-far`; `not-held` when there is nothing to take back; `no-question` when
 * there is nothing to answer; `permission` when what it waits for is a yes.
 */
export function watchOver(task: Task, command: WatchCommand, world: TaskWorld): TaskEvent[] {
  const { epoch, rung } = command
  const reason = command.reason.trim() || 'it stands still'
  refuseOver(task)
  if (epoch !== task.epoch) {
    const sentence = `${task.label} was given out again since you looked: its epoch is ${task.epoch}, not ${epoch}.`
    throw refusal('stale-epoch', sentence, { epoch: task.epoch })
  }
  const { watched } = task
  if (watched !== null && watched.epoch === epoch && rung <= watched.rung) return []
  const next = watched?.epoch === epoch ? watched.rung + 1 : 1
  if (rung > next + mostSkipped)
    throw refusal('too-far', `The next rung of ${task.label} is ${next}, not ${rung}.`, { rung: next })
  switch (command.type) {
    case 'ping':
      return [{ type: 'pinged', epoch, rung, reason }]
    case 'take_back':
      return takeBack(task, { epoch, rung, reason })
    case 'escalate':
      return asWatched(stepUp(task, reason, world), rung)
    case 'answer':
      return answer(task, command)
    case 'ask':
      return ask(task, { ...command, reason }, world)
    case 'reassign_fit': {
      if (task.status === 'verifying') {
        const sentence = `${task.label} is handed in and waits to be looked at; nobody else has to do it.`
        throw refusal('verifying', sentence)
      }
      const role = fittest(task, command.load, world, command.full)
      if (role === null) return asWatched(stepUp(task, `${reason}; nobody else fits`, world), rung)
      return [{ type: 'reassigned', role, from: task.role, reason, rung, epoch }]
    }
    default:
      return command satisfies never
  }
}

function asWatched(events: TaskEvent[], watch_rung: number): TaskEvent[] {
  return events.map((event) =>
    event.type === 'escalated' || event.type === 'parked' ? { ...event, watch_rung } : event,
  )
}

function takeBack(task: Task, { epoch, rung, reason }: WatchedStall): TaskEvent[] {
  if (task.claim === null || task.status === 'verifying') {
    throw refusal('not-held', `${task.label} is ${task.status}; there is no claim to take back.`)
  }
  return [{ type: 'taken_back', epoch, rung, reason }]
}

/**
 * Who could do it instead: a role with a capability in common, that has the least to do, never one that has another part in it, had it
 * already or takes no more (`full`); else whom it reports to. Null when nobody fits, so that somebody has to decide.
 */
export function fittest(
  task: Task,
  load: ReadonlyMap<string, number>,
  world: TaskWorld,
  full: ReadonlySet<string> = new Set(),
): string | null {
  const { roles } = world
  const apart = new Set([...seatsOf(task), ...task.had, ...full])
  const own = roles.get(task.role)?.capabilities ?? new Set<string>()
  const fits = [...roles]
    .filter(([name, role]) => role.takesTasks && !apart.has(name) && !own.isDisjointFrom(role.capabilities))
    .map(([name]) => name)
    .sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0) || (a < b ? -1 : 1))
  if (fits[0] !== undefined) return fits[0]
  const manager = managerOf(task, world)
  // Whoever is to judge it because nobody else was named does not do it either.
  const judges = task.verification.some((step) => step.kind === 'review' && step.by === null)
  return manager !== null && !judges && !apart.has(manager) && roles.get(manager)?.takesTasks === true ? manager : null
}
