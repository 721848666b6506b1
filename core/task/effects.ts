import { type Envelope, envelopeVersion } from '../envelope.ts'
import type { TaskCommit, TaskEvent } from './commit.ts'
import { judgeOf } from './standing.ts'
import { pendingStep } from './steps.ts'
import type { Task } from './task.ts'
import type { TaskWorld } from './world.ts'

/** What the house has to do because of a commit. Each can be done twice: its id is made from the commit. */
export type Effect =
  /** Puts `events.<role>.task.<verb>` on the public record. */
  | { kind: 'announce'; event: TaskEvent; index: number }
  | { kind: 'ring'; role: string; bell: 'work' | 'review' }
  /** The house's line in the room, if there is one for these events. */
  | { kind: 'say' }
  /** One line for all that is parked in this place: the reminder of the day. */
  | { kind: 'remind' }
  /** The role has one task less in hand. */
  | { kind: 'free-place'; role: string }
  | { kind: 'release-dependents' }
  | { kind: 'cancel-dependents' }
  /** What it waits for may have ended between the decision and now. */
  | { kind: 'look-at-dependencies' }
  /** `failed`: one of `on_fail`, else of `on_complete`. */
  | { kind: 'follow-up'; index: number; failed: boolean }
  /** The follow-up will not come. */
  | { kind: 'drop-follow-up'; index: number; failed: boolean; reason: string }

/** The effects of a commit, from the task as it stands right after it, in the order in which they are to be begun. */
export function effectsOf(commit: TaskCommit, task: Task, world: TaskWorld): Effect[] {
  const types = new Set(commit.events.map(({ type }) => type))
  const effects: Effect[] = []
  if (task.status === 'open' && opens.some((type) => types.has(type))) {
    effects.push({ kind: 'ring', role: task.role, bell: 'work' })
  }
  const reviewer = asksReviewer.some((type) => types.has(type)) ? reviewerOf(task, world) : null
  if (reviewer !== null) effects.push({ kind: 'ring', role: reviewer, bell: 'review' })
  effects.push(...commit.events.map((event, index) => ({ kind: 'announce', event, index }) as const), { kind: 'say' })
  if (types.has('created') && task.waits_for.length > 0) effects.push({ kind: 'look-at-dependencies' })
  if (types.has('completed')) {
    effects.push({ kind: 'release-dependents' })
    effects.push(...task.on_complete.map((_, index) => ({ kind: 'follow-up', index, failed: false }) as const))
  }
  if (types.has('reminded')) effects.push({ kind: 'remind' })
  const freed = frees.some((type) => types.has(type)) ? seatBefore(commit, task) : null
  if (freed !== null) effects.push({ kind: 'free-place', role: freed })
  if (types.has('cancelled')) effects.push({ kind: 'cancel-dependents' })
  if (types.has('failed'))
    effects.push(...task.on_fail.map((_, index) => ({ kind: 'follow-up', index, failed: true }) as const))
  // Whoever cancels it wants nothing more of it; what should have followed work that failed is missed.
  if (types.has('failed')) {
    const reason = `${task.label} failed: ${task.reason ?? 'no reason was given'}`
    effects.push(
      ...task.on_complete.map((_, index) => ({ kind: 'drop-follow-up', index, failed: false, reason }) as const),
    )
  }
  return effects
}

const opens: readonly TaskEvent['type'][] = [
  'created',
  'released',
  'returned',
  'reassigned',
  'prepared',
  'sent_back',
  'taken_back',
]
const asksReviewer: readonly TaskEvent['type'][] = ['submitted', 'step_passed', 'sent_back', 'rechecked']
/** What lets go of a place in hand. */
const frees: readonly TaskEvent['type'][] = [
  'submitted',
  'returned',
  'failed',
  'reassigned',
  'cancelled',
  'prepared',
  'sent_back',
  'taken_back',
]

/** Who had it in hand before the commit, or null when nobody lets go of it. */
function seatBefore({ events }: TaskCommit, task: Task): string | null {
  for (const event of events) {
    if (event.type === 'reassigned') return event.from ?? task.role
    if (event.type === 'prepared') return task.prep ?? task.role
    if (event.type === 'sent_back') return event.to === 'qa' ? null : (task.builder ?? task.role)
  }
  return task.role
}

/** The program whose turn it is to look at a submission, or null: people read the room, where the house asks them. */
function reviewerOf(task: Task, world: TaskWorld): string | null {
  const step = pendingStep(task)
  if (step?.kind !== 'review') return null
  const reviewer = judgeOf(task, step, world)
  return world.roles.get(reviewer)?.people === false ? reviewer : null
}

/**
 * The event on the public record. Of a task from a private room it tells which one, and what happened, and nothing else.
 */
export function announcement(commit: TaskCommit, task: Task, event: TaskEvent, index: number): Envelope {
  const { role, label, place, authority } = task
  const isPublic = place.room.visibility === 'public'
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: `task:${task.key}:${commit.version}:${index}`,
    source: 'tasks',
    type: `task.${event.type}`,
    time: commit.at,
    ...(isPublic ? { room: place.room } : {}),
    actor: role,
    authority: isPublic ? { requester: authority.requester, chain: authority.chain } : { requester: role, chain: [] },
    trace: commit.trace,
    hops: 0,
    data: isPublic ? publicData(commit, task, event) : { task: label },
  }
}

function publicData(commit: TaskCommit, task: Task, event: TaskEvent): Record<string, unknown> {
  const { label, key, version, title, status, stage, epoch, priority } = task
  const base = { task: label, key, version, title, status, stage, epoch, priority, by: commit.by, cause: commit.cause }
  switch (event.type) {
    case 'created':
      return { ...base, spec: event.spec, waits_for: event.waits_for }
    case 'step_passed':
    case 'step_failed':
      return { ...base, evidence: event.evidence }
    case 'blocked':
    case 'returned':
    case 'failed':
    case 'cancelled':
    case 'reassigned':
    case 'doubted':
    case 'rechecked':
    case 'pinged':
    case 'taken_back':
      return { ...base, reason: event.reason }
    case 'sent_back':
      return { ...base, to: event.to, category: event.category, reason: event.reason }
    case 'prepared':
      return { ...base, plan: event.plan }
    case 'breached':
      return { ...base, deadline: event.deadline, due: event.due }
    case 'escalated':
      return { ...base, to: event.to, rung: event.rung, reason: event.reason }
    case 'parked':
    case 'asked':
      return { ...base, to: event.to, reason: event.reason }
    case 'answered':
      return { ...base, reason: event.reason, text: event.text, sources: event.sources }
    case 'submitted':
      return { ...base, result: event.result }
    case 'noted':
      return { ...base, text: event.text }
    case 'followed':
      return { ...base, follow_up: event.label, reason: event.reason }
    case 'released':
    case 'reminded':
    case 'resumed':
    case 'acknowledged':
    case 'claimed':
    case 'started':
    case 'completed':
      return base
    default:
      return event satisfies never
  }
}
