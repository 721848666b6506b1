import { BreakroomError } from '../errors.ts'
import type { TaskCommit, TaskEvent } from './commit.ts'
import { moves } from './moves.ts'
import type { Task } from './task.ts'

const notesKept = 20
const evidenceKept = 40
const commandsKept = 20

/**
 * The task after a commit. Throws `unreadable` for what cannot be: a version out of turn, an event before the creation, a move that
 * is not legal from where the task stands.
 */
export function evolve(task: Task | null, commit: TaskCommit): Task {
  if (commit.version !== (task?.version ?? 0) + 1) {
    throw impossible(commit, `version ${commit.version} after ${task?.version ?? 0}`)
  }
  const after = commit.events.reduce<Task | null>((state, event) => step(state, event, commit), task)
  if (after === null) throw impossible(commit, 'no event')
  return {
    ...after,
    version: commit.version,
    updated_at: commit.at,
    stage: stageOf(after),
    applied: newest([...after.applied, commit.id], commandsKept),
  }
}

function step(task: Task | null, event: TaskEvent, commit: TaskCommit): Task {
  if (event.type === 'created') {
    if (task !== null) throw impossible(commit, 'created twice')
    return create(event, commit)
  }
  if (task === null) throw impossible(commit, `${event.type} before it was created`)
  const next = moves[task.status][event.type]
  if (next === null) throw impossible(commit, `${event.type} while ${task.status}`)
  const after = applied(task, event, commit)
  return { ...after, status: next === 'waits' ? (after.waits_for.length > 0 ? 'waiting' : 'open') : next }
}

function create(event: Extract<TaskEvent, { type: 'created' }>, { key, at, trace }: TaskCommit): Task {
  const { label, spec, place, authority, lineage, waits_for, parent } = event
  return {
    ...spec,
    key,
    label,
    version: 0,
    status: waits_for.length > 0 ? 'waiting' : 'open',
    stage: 'ready-for-dev',
    place,
    authority,
    trace,
    lineage,
    waits_for,
    parent,
    created_at: at,
    updated_at: at,
    acknowledged: null,
    epoch: 0,
    claim: null,
    attempts: 0,
    result: null,
    passed: 0,
    evidence: [],
    notes: [],
    reason: null,
    followed: [],
    applied: [],
  }
}

/** What an event changes beside the status. */
function applied(task: Task, event: Exclude<TaskEvent, { type: 'created' }>, { by, at }: TaskCommit): Task {
  const moment = { by, at }
  switch (event.type) {
    case 'released':
      return { ...task, waits_for: task.waits_for.filter(({ key }) => key !== event.key) }
    case 'acknowledged':
      return { ...task, acknowledged: moment }
    case 'claimed': {
      const { epoch, doorbell } = event
      return { ...task, acknowledged: task.acknowledged ?? moment, epoch, claim: { ...moment, epoch, doorbell } }
    }
    case 'started':
      return { ...task, reason: null }
    case 'noted':
      return { ...task, notes: newest([...task.notes, { ...moment, text: event.text }], notesKept) }
    case 'blocked':
      return { ...task, reason: event.reason }
    case 'submitted': {
      const { result, epoch } = event
      return {
        ...task,
        result: { ...moment, text: result, epoch },
        attempts: task.attempts + 1,
        passed: 0,
        reason: null,
      }
    }
    case 'step_passed':
      return { ...task, passed: task.passed + 1, evidence: newest([...task.evidence, event.evidence], evidenceKept) }
    case 'step_failed':
      return { ...task, evidence: newest([...task.evidence, event.evidence], evidenceKept) }
    case 'returned': {
      // A submission has been counted when it was made.
      const tries = event.counted && task.status !== 'verifying' ? 1 : 0
      return { ...unclaimed(task), reason: event.reason, attempts: task.attempts + tries }
    }
    case 'completed':
      return { ...task, claim: null, reason: null }
    case 'failed':
      return { ...task, claim: null, reason: event.reason }
    case 'reassigned':
      return { ...unclaimed(task), role: event.role, acknowledged: null, attempts: 0, reason: null }
    case 'cancelled':
      return { ...task, claim: null, reason: event.reason }
    case 'followed': {
      const { index, label, reason } = event
      return { ...task, followed: [...task.followed.filter((one) => one.index !== index), { index, label, reason }] }
    }
    default:
      return event satisfies never
  }
}

/** Nobody holds it and nothing of the last submission counts; the evidence stays. */
function unclaimed(task: Task): Task {
  return { ...task, claim: null, result: null, passed: 0 }
}

function stageOf({ status, verification, passed }: Task): Task['stage'] {
  if (status !== 'verifying') return status === 'done' ? 'review' : 'ready-for-dev'
  return verification[passed]?.kind === 'check' ? 'qa' : 'review'
}

function newest<T>(list: T[], most: number): T[] {
  return list.slice(-most)
}

function impossible({ id, key }: TaskCommit, what: string): BreakroomError {
  return new BreakroomError('unreadable', `The ledger says of task ${key} what cannot be: ${what}.`, {
    detail: { reason: 'impossible', commit: id },
  })
}
