import type { Task } from '../task/task.ts'
import { isVisible, type Onlooker } from '../task/visible.ts'
import type { TaskWorld } from '../task/world.ts'
import type { LetterRecord } from './record.ts'

/**
 * Whether somebody may know what was in a letter. What came from a public room is public. What came from a private one is for those who
 * are in that conversation: told in that room, and elsewhere only alone to who asked and to the seat that had it. Of what cannot be read
 * nobody knows where it came from. `task` is the one that it is about; then whoever may know of that may know.
 */
export function maySeeContent(
  { room, seat, requester, task: label }: Pick<LetterRecord, 'room' | 'seat' | 'requester' | 'task'>,
  onlooker: Onlooker,
  task: Task | null,
  world: TaskWorld,
): boolean {
  if (label !== null) return task !== null && isVisible(task, onlooker, world)
  if (room === null) return false
  if (room.visibility === 'public' || room.name === onlooker.room) return true
  return onlooker.alone && (onlooker.actor === requester || onlooker.actor === seat)
}
