import { reminderLine } from '../../core/task/room-lines.ts'
import type { Task } from '../../core/task/task.ts'
import { timeZone } from '../../core/time-zone.ts'
import type { Applied } from '../../ports/task-store.ts'
import { type EffectParts, publishLine } from './carry-out.ts'

/** Says the reminder of the day, once for all that is parked in one place. */
export type Reminder = (applied: Applied) => Promise<void>

/**
 * All that is parked is reminded of at the same moment; whichever task comes first says the line for the others of its place. After a
 * crash another may say it again: by its id it is the same line.
 */
export function createReminder(parts: Pick<EffectParts, 'bus' | 'subjects' | 'world' | 'book'>): Reminder {
  /** The line that was said last in each place. */
  const said = new Map<string, string>()

  return async ({ commit, task }) => {
    const place = placeOf(task)
    const id = `reminder:${place}:${dayOf(task.escalation?.reminded_at ?? commit.at)}`
    // To look through all tasks for each of thousands that are parked would hold everything up.
    if (said.get(place) === id) return
    const parked = [...parts.book.live()].filter((one) => one.escalation?.parked === true && placeOf(one) === place)
    if (parked.length === 0) return
    await publishLine(parts, task, id, commit.at, reminderLine(parked))
    forgetOthers(id)
    said.set(place, id)
  }

  /** The day as people there count it: the morning after a late reminder is another day, whatever it is in London. */
  function dayOf(at: string): string {
    const instant = Date.parse(at)
    const wall = instant + timeZone(parts.world.timeZone).offsetAt(instant)
    return new Date(wall).toISOString().slice(0, 10)
  }

  /** Of places where nothing is parked any more nobody has to know. */
  function forgetOthers(id: string): void {
    const day = id.slice(-10)
    for (const [place, last] of said) if (last.slice(-10) !== day) said.delete(place)
  }
}

function placeOf({ place: { room, voice, to } }: Task): string {
  return voice === undefined ? room.name : `${room.name}:${voice}:${to?.network}:${to?.nick}`
}
