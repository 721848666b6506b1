import { chatEnvelope } from '../../core/envelope.ts'
import { aloneWith, subjectOfLine } from '../../core/house-line.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Doorbell } from '../../core/task/doorbell.ts'
import { acknowledgedLine } from '../../core/task/room-lines.ts'
import type { Task } from '../../core/task/task.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import { insist } from '../insist.ts'

interface Speaker {
  name: string
  bus: Publisher
  subjects: OrgSubjects
  clock: Clock
}

/**
 * Says that a task is here, where it was asked for, when this doorbell is what made the seat acknowledge it. Somebody may have been
 * faster, and what was sent back was here before. `alone`: nobody works here by themselves.
 */
export async function sayHere(
  parts: Speaker,
  task: Task,
  doorbell: Doorbell,
  alone: boolean,
  shift: AbortSignal,
): Promise<void> {
  const { acknowledged } = task
  if (acknowledged?.by !== parts.name || acknowledged.at < doorbell.time) return
  await sayOfTask(parts, task, doorbell, acknowledgedLine(task, alone), shift)
}

/**
 * Says a role's own line about a task where it was asked for, however long that takes. The id is made from the doorbell, so that
 * saying it again after a crash is the same line; a notice wakes nobody.
 */
export async function sayOfTask(
  { name, bus, subjects, clock }: Speaker,
  { label, place, trace, authority }: Task,
  doorbell: Doorbell,
  text: string,
  shift: AbortSignal,
): Promise<void> {
  const line = chatEnvelope({
    id: `said:${doorbell.id}:${name}`,
    source: `bots/${name}`,
    at: clock.now(),
    room: place.room,
    actor: name,
    authority: { requester: authority.requester, chain: [name] },
    trace,
    hops: 0,
    data: {
      text,
      kind: 'say',
      speaker: name,
      tier: 'none',
      notice: true,
      ...aloneWith(place),
      task: label,
    },
  })
  await insist(
    () => bus.publish(subjectOfLine(subjects, line), line),
    shift,
    () => {},
  )
}
