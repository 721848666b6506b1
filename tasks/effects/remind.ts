import { reminderLine } from '../../core/task/sentences.ts'
import type { Task } from '../../core/task/task.ts'
import type { Applied } from '../../ports/task-store.ts'
import { type EffectParts, publishLine } from './carry-out.ts'

/**
 * Says once a day in each place what is parked there. All of it is reminded of at the same moment; whichever task comes first says the
 * line for all, and the others' lines are the same one, by its id.
 */
export async function remind(parts: EffectParts, { commit, task }: Applied): Promise<void> {
  const place = placeOf(task)
  const parked = [...parts.book.live()].filter((one) => one.escalation?.parked === true && placeOf(one) === place)
  if (parked.length === 0) return
  const id = `reminder:${place}:${commit.at.slice(0, 10)}`
  await publishLine(parts, task, id, commit.at, reminderLine(parked))
}

function placeOf({ place: { room, voice, to } }: Task): string {
  return voice === undefined ? room.name : `${room.name}:${voice}:${to?.network}:${to?.nick}`
}
