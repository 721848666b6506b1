import type { Fleet } from '../fleet.ts'
import type { Role } from '../role.ts'
import type { Creation } from '../task/create.ts'
import { taskDraftSchema } from '../task/request.ts'
import type { TaskPlace } from '../task/task.ts'
import { system } from '../task/world.ts'
import type { Schedule } from './schedule.ts'

/** One entry of a role's `recurring` list. */
export interface RecurringWork {
  role: Role
  entry: Role['recurring'][number]
  schedule: Schedule
}

/** The id of what one occurrence asks for: the same occurrence is the same command, however often it is come to. */
export function occurrenceId({ role, entry }: RecurringWork, at: Date): string {
  return `recurring:${role.name}:${entry.name}:${at.toISOString()}`
}

/**
 * The task of one occurrence: asked for by the house, in the first public room of the role, and reviewed by whom the role reports
 * to. A role that sits in private rooms alone is asked in the first of them.
 */
export function recurringTask(work: RecurringWork, at: Date, rooms: Fleet['rooms']): Omit<Creation, 'label'> {
  const { role, entry } = work
  const draft = taskDraftSchema.parse({
    role: role.name,
    title: titleOf(work),
    description: entry.brief,
    acceptance_criteria: [entry.accept ?? `The result says all that was asked: ${entry.brief}`],
    // Nobody named: with the house for a requester it is the manager of whoever does it, also after it was handed on.
    verification: [{ kind: 'review', by: null }],
    context: [`By the clock, for ${wallTime(work, at)}`],
  })
  const authority = { requester: system.actor, tier: system.tier, name: 'the clock', chain: [] }
  return { draft, place: placeOf(role, rooms), authority, dependencies: [], parent: null }
}

/** What is noted on a task when the next occurrence finds it not over. */
export function skippedNote(work: RecurringWork, at: Date): string {
  return `The clock came round again, for ${wallTime(work, at)}; this is not over, so nothing new was asked for.`
}

function titleOf({ entry }: RecurringWork): string {
  const words = entry.name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** `2026-03-02 09:00 Europe/Berlin`. */
function wallTime({ schedule }: RecurringWork, at: Date): string {
  const zone = schedule.kind === 'elapsed' ? null : schedule.zone
  const wall = new Date(at.getTime() + (zone?.offsetAt(at.getTime()) ?? 0))
  return `${wall.toISOString().slice(0, 16).replace('T', ' ')} ${zone?.name ?? 'UTC'}`
}

function placeOf(role: Role, rooms: Fleet['rooms']): TaskPlace {
  const isPublic = (name: string) => rooms[name]?.visibility === 'public'
  const name = role.rooms.find(isPublic) ?? role.rooms[0] ?? ''
  return { room: { name, visibility: isPublic(name) ? 'public' : 'private' } }
}
