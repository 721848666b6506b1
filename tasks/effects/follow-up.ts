import { type Envelope, envelopeVersion } from '../../core/envelope.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { taskDraftSchema } from '../../core/task/request.ts'
import type { FollowUp, Task } from '../../core/task/task.ts'
import { fillTemplate } from '../../core/task/template.ts'
import { system } from '../../core/task/world.ts'
import type { Applied } from '../../ports/task-store.ts'
import type { EffectParts } from './carry-out.ts'

/**
 * Publishes the task that follows one that is done, with the rights of who asked for the first. When it cannot be published, what
 * it was goes to the dead letters and is said in the room; the done task stays done.
 */
export async function followUp(parts: EffectParts, applied: Applied, index: number): Promise<void> {
  const { task } = applied
  const next = task.on_complete[index]
  if (next === undefined) return
  const cause = `${task.label} done`
  const origin = { id: `follow:${task.key}:${index}`, trace: task.trace, cause }
  try {
    const { task: created } = await parts.service.create(
      {
        draft: taskDraftSchema.parse(filled(next, task)),
        place: task.place,
        authority: task.authority,
        dependencies: [],
        parent: task,
      },
      origin,
      system.actor,
    )
    await note(parts, task, index, created.label, null)
  } catch (error) {
    if (isBreakroomError(error, 'unavailable') || isBreakroomError(error, 'conflict')) throw error
    await dropFollowUp(parts, applied, index, sentenceOf(error))
  }
}

/** A follow-up that will not come: kept with the dead letters and noted on the task, which is said where it was asked for. */
export async function dropFollowUp(
  parts: EffectParts,
  { task, commit }: Applied,
  index: number,
  reason: string,
): Promise<void> {
  const next = task.on_complete[index]
  if (next === undefined) return
  await parts.bus.publish(parts.subjects.deadletter, letter(task, next, index, commit.version, commit.at, reason))
  parts.metrics.count('breakroom_deadletters_total')
  await note(parts, task, index, null, reason)
}

async function note(
  { service }: EffectParts,
  task: Task,
  index: number,
  label: string | null,
  reason: string | null,
): Promise<void> {
  const id = `followed:${task.key}:${index}:${label === null ? `dropped-${task.version}` : 'published'}`
  const origin = { id, trace: task.trace, cause: null }
  await service.command(task.key, { type: 'follow', index, label, reason }, system, origin)
}

function filled({ publish_to, payload_template: template }: FollowUp, task: Task): Record<string, unknown> {
  const values = {
    task_id: task.label,
    title: task.title,
    role: task.role,
    requester: task.authority.name,
    result: task.result?.text ?? '',
  }
  const fill = (text: string, most: number) => fillTemplate(text, values).slice(0, most)
  const { title, description, acceptance_criteria, ...same } = template
  return {
    ...same,
    role: publish_to,
    title: fill(title, 200),
    description: fill(description, 4_000),
    acceptance_criteria: acceptance_criteria.map((criterion) => fill(criterion, 500)),
    priority: template.priority ?? task.priority,
  }
}

/** Of a private task the letter tells which one, not what. */
function letter(task: Task, next: FollowUp, index: number, version: number, at: string, reason: string): Envelope {
  const isPublic = task.place.room.visibility === 'public'
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: `dead:follow:${task.key}:${index}:${version}`,
    source: 'tasks',
    type: 'deadletter.follow-up',
    time: at,
    ...(isPublic ? { room: task.place.room } : {}),
    actor: system.actor,
    authority: isPublic
      ? { requester: task.authority.requester, chain: task.authority.chain }
      : { requester: system.actor, chain: [] },
    trace: task.trace,
    hops: 0,
    data: { task: task.label, index, ...(isPublic ? { reason, follow_up: next } : {}) },
  }
}
