import { classOf, type LetterClass } from '../../core/dead-letter/class.ts'
import { type Envelope, envelopeVersion } from '../../core/envelope.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { taskDraftSchema } from '../../core/task/request.ts'
import type { FollowUp, Task, TaskAuthority } from '../../core/task/task.ts'
import { fillTemplate } from '../../core/task/template.ts'
import { system } from '../../core/task/world.ts'
import type { Applied } from '../../ports/task-store.ts'
import type { TaskService } from '../service.ts'
import type { EffectParts } from './carry-out.ts'

/** Which follow-up of a task: its place, among those for a task that is done or those for one that `failed` for good. */
export interface WhichFollowUp {
  index: number
  failed: boolean
}

/**
 * Publishes the task that follows one that is done or has failed, with the rights of who asked for the first. When it cannot be
 * published, what it was goes to the dead letters and is noted; the first task stays what it is.
 */
export async function followUp(parts: EffectParts, applied: Applied, which: WhichFollowUp): Promise<void> {
  const { task } = applied
  const next = templateOf(task, which)
  if (next === undefined) return
  try {
    await publishFollowUp(parts.service, task, which, next)
  } catch (error) {
    if (isBreakroomError(error, 'unavailable') || isBreakroomError(error, 'conflict')) throw error
    await drop(parts, applied, which, { reason: sentenceOf(error), class: classOf(error) })
  }
}

/** A follow-up that will not come: kept with the dead letters and noted on the task. */
export async function dropFollowUp(
  parts: EffectParts,
  applied: Applied,
  { reason, ...which }: WhichFollowUp & { reason: string },
): Promise<void> {
  await drop(parts, applied, which, { reason, class: 'logic' })
}

/** What a task says of this follow-up. */
export function templateOf(task: Task, { index, failed }: WhichFollowUp): FollowUp | undefined {
  return (failed ? task.on_fail : task.on_complete)[index]
}

/**
 * Creates what follows, once however often it is asked for, and notes its label on the task that it follows; resolves with the label.
 * `next` is the template, and `authority` whose task it is: by default theirs who asked for the first. Rejects as `create` does.
 */
export async function publishFollowUp(
  service: TaskService,
  task: Task,
  which: WhichFollowUp,
  next: FollowUp,
  authority: TaskAuthority | null = null,
): Promise<string> {
  const origin = { id: originOf(task, which), trace: task.trace, cause: causeOf(task, which) }
  const { task: created } = await service.create(
    {
      draft: taskDraftSchema.parse(filled(next, task)),
      place: task.place,
      authority: authority ?? task.authority,
      dependencies: [],
      parent: task,
    },
    origin,
    authority?.requester ?? system.actor,
  )
  await note(service, task, which, created.label, null)
  return created.label
}

/** The letter comes first: noting it says that it is there. */
async function drop(
  parts: EffectParts,
  { task, commit }: Applied,
  which: WhichFollowUp,
  why: { reason: string; class: LetterClass },
): Promise<void> {
  const next = templateOf(task, which)
  if (next === undefined) return
  const envelope = letter(task, next, which, why, commit)
  await parts.bus.publish(parts.subjects.deadletterOf(system.actor), envelope)
  parts.metrics.count('breakroom_deadletters_total')
  await note(parts.service, task, which, null, why.reason)
}

async function note(
  service: TaskService,
  task: Task,
  which: WhichFollowUp,
  label: string | null,
  reason: string | null,
): Promise<void> {
  const { index, failed } = which
  const id = `${failed ? 'followed-fail' : 'followed'}:${task.key}:${index}:${label === null ? `dropped-${task.version}` : 'published'}`
  const origin = { id, trace: task.trace, cause: null }
  await service.command(task.key, { type: 'follow', index, failed, label, reason }, system, origin)
}

function originOf({ key }: Task, { index, failed }: WhichFollowUp): string {
  return `${failed ? 'follow-fail' : 'follow'}:${key}:${index}`
}

function causeOf({ label }: Task, { failed }: WhichFollowUp): string {
  return `${label} ${failed ? 'failed' : 'done'}`
}

function filled({ publish_to, payload_template: template }: FollowUp, task: Task): Record<string, unknown> {
  const values = {
    task_id: task.label,
    title: task.title,
    role: task.role,
    requester: task.authority.name,
    result: task.result?.text ?? '',
    reason: task.reason ?? '',
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
function letter(
  task: Task,
  next: FollowUp,
  { index, failed }: WhichFollowUp,
  why: { reason: string; class: LetterClass },
  { version, at }: Applied['commit'],
): Envelope {
  const isPublic = task.place.room.visibility === 'public'
  const what = { task: task.label, index, ...(failed ? { failed } : {}), class: why.class }
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: `dead:${failed ? 'follow-fail' : 'follow'}:${task.key}:${index}:${version}`,
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
    data: { ...what, ...(isPublic ? { reason: why.reason, follow_up: next } : {}) },
  }
}
