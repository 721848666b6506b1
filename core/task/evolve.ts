import { BreakroomError } from '../errors.ts'
import { isSignOfLife, isTurned, undone } from './alive.ts'
import type { TaskCommit, TaskEvent } from './commit.ts'
import { isOutOfPlace, moves } from './moves.ts'
import { isPersonStep, isQa, pendingStep } from './steps.ts'
import { isOver, isSeen, type Stage, type Task } from './task.ts'

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
  const alive = isSignOfLife(commit)
  const turned = isTurned(task, after)
  return {
    ...(alive ? undone(after) : after),
    ...(isOver(after) ? { escalation: null, suspended: null, help: null } : {}),
    ...(turned ? { turned_at: commit.at } : {}),
    // Whoever has it since now has had no time for a word.
    ...(alive || turned ? { alive_at: commit.at } : {}),
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
  if (isOutOfPlace(task, event)) throw impossible(commit, `${event.type} in ${task.stage}`)
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
    role: spec.prep ?? spec.role,
    builder: spec.role,
    status: waits_for.length > 0 ? 'waiting' : 'open',
    stage: (spec.prep ?? null) === null ? 'ready-for-dev' : 'ready-for-prep',
    place,
    authority,
    trace,
    lineage,
    waits_for,
    parent,
    created_at: at,
    opened_at: at,
    turned_at: at,
    alive_at: at,
    updated_at: at,
    plan: null,
    base: null,
    breached: [],
    escalation: null,
    watched: null,
    suspended: null,
    help: null,
    had: [],
    acknowledged: null,
    epoch: 0,
    claim: null,
    attempts: 0,
    result: null,
    passed: 0,
    rounds: 0,
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
      return { ...task, opened_at: at, waits_for: task.waits_for.filter(({ key }) => key !== event.key) }
    case 'acknowledged':
      return { ...task, acknowledged: event.arrived === true ? { ...moment, arrived: true } : moment }
    case 'claimed': {
      const { epoch, doorbell, base } = event
      return {
        ...task,
        acknowledged: isSeen(task) ? task.acknowledged : moment,
        epoch,
        claim: { ...moment, epoch, doorbell },
        // What was there before anybody touched it for this task.
        base: task.stage === 'ready-for-prep' ? task.base : (task.base ?? base ?? null),
        suspended: null,
        help: null,
        // Rungs are counted anew for each epoch.
        watched: null,
      }
    }
    case 'started':
      return { ...task, reason: null, help: null }
    case 'noted':
      return noted(task, event.text)
    case 'blocked':
      return { ...task, reason: event.reason, help: null }
    case 'prepared':
      return {
        ...openedFor(task, task.builder ?? task.role, at),
        plan: { ...moment, text: event.plan },
        stage: 'ready-for-dev',
      }
    case 'submitted': {
      const { result, epoch } = event
      return {
        ...task,
        result: { ...moment, text: result, epoch },
        attempts: task.attempts + 1,
        passed: 0,
        rounds: 0,
        reason: null,
        help: null,
        verification: withoutDoubts(task),
      }
    }
    case 'step_passed':
      return { ...task, passed: task.passed + 1, evidence: newest([...task.evidence, event.evidence], evidenceKept) }
    case 'step_failed':
      return { ...task, evidence: newest([...task.evidence, event.evidence], evidenceKept) }
    case 'doubted': {
      const { verification, passed } = task
      // One look is enough.
      if (verification[passed]?.kind === 'approval') return task
      const look = { kind: 'approval', doubt: true } as const
      return { ...task, verification: [...verification.slice(0, passed), look, ...verification.slice(passed)] }
    }
    case 'rechecked':
      return {
        ...task,
        passed: 0,
        rounds: task.rounds + 1,
        reason: event.reason,
        verification: withoutDoubts(task),
      }
    case 'sent_back': {
      if (event.to === 'qa') {
        const passed = task.verification.findIndex(isQa)
        return { ...task, passed, rounds: task.rounds + 1, reason: event.reason }
      }
      const opened = openedFor(task, task.prep ?? task.role, at)
      return { ...opened, stage: 'ready-for-prep', attempts: task.attempts + 1, reason: event.reason }
    }
    case 'returned': {
      // A submission has been counted when it was made.
      const tries = event.counted && task.status !== 'verifying' ? 1 : 0
      return { ...unclaimed(task), opened_at: at, reason: event.reason, attempts: task.attempts + tries }
    }
    case 'completed':
      return { ...task, claim: null, reason: null }
    case 'failed':
      return { ...task, claim: null, reason: event.reason }
    case 'reassigned': {
      const { role, from } = event
      const seat = task.stage === 'ready-for-prep' ? { prep: role } : { builder: role }
      const watched =
        event.rung === undefined
          ? {}
          : { watched: watchedBy('reassign', event.epoch ?? task.epoch, event.rung, event.reason) }
      const byWatcher = event.rung !== undefined
      const had = byWatcher ? [...task.had, ...(from === undefined ? [] : [from])] : []
      // Who lets go of it, or watches over it, gives it no more tries than it had.
      const attempts = byWatcher || (role === from && task.status !== 'failed') ? task.attempts : 0
      // Another seat has another line above it.
      return { ...openedFor(task, role, at), ...seat, ...watched, had, escalation: null, attempts, reason: null }
    }
    case 'cancelled':
      return { ...task, claim: null, reason: event.reason }
    case 'followed': {
      const { index, label, reason, failed } = event
      const others = task.followed.filter((one) => one.index !== index || (one.failed ?? false) !== (failed ?? false))
      const became = { index, label, reason, ...(failed === true ? { failed } : {}) }
      return { ...task, followed: [...others, became] }
    }
    case 'breached':
      return { ...task, breached: [...new Set([...task.breached, event.deadline])] }
    case 'escalated': {
      const { rung, to, reason } = event
      const escalation = { ...moment, rung, to, reason, parked: false, reminded_at: null }
      return { ...task, escalation, ...watchedAt(event.watch_rung, reason) }
    }
    case 'parked': {
      const { to, reason, watch_rung } = event
      const rung = task.escalation?.rung ?? 1
      const escalation = { ...moment, rung, to, reason, parked: true, reminded_at: null }
      return { ...task, escalation, ...watchedAt(watch_rung, reason) }
    }
    case 'reminded':
      if (task.escalation === null) return task
      // A clock that was set back does not bring the same morning again.
      return { ...task, escalation: { ...task.escalation, reminded_at: event.due > at ? event.due : at } }
    case 'pinged':
      return { ...task, watched: watchedBy('ping', event.epoch, event.rung, event.reason) }
    case 'answered': {
      const { epoch, rung, reason: question, text, sources } = event
      const help = { ...moment, kind: 'answer' as const, question, text, sources }
      return { ...noted(task, answerNote(event)), help, watched: watchedBy('answer', epoch, rung, question) }
    }
    case 'asked': {
      const { epoch, rung, reason, stuck, to } = event
      const told = task.help?.kind === 'answer'
      const help = { ...moment, kind: 'ask' as const, question: stuck ? reason : null, to, told }
      return { ...task, help, watched: watchedBy('ask', epoch, rung, reason) }
    }
    case 'taken_back': {
      const { claim } = task
      const suspended =
        claim === null ? null : { by: claim.by, at, epoch: claim.epoch, doorbell: claim.doorbell, role: task.role }
      const opened = { ...openedFor(task, task.role, at), reason: event.reason }
      return { ...opened, suspended, watched: watchedBy('hand_back', event.epoch, event.rung, event.reason) }
    }
    case 'resumed': {
      if (task.suspended === null) return task
      const { by: holder, epoch, doorbell } = task.suspended
      const claim = { by: holder, at, epoch, doorbell }
      return {
        ...task,
        claim,
        acknowledged: isSeen(task) ? task.acknowledged : { by: holder, at },
        reason: null,
        suspended: null,
      }
    }
    default:
      return event satisfies never
  }

  function noted(on: Task, text: string): Task {
    return { ...on, notes: newest([...on.notes, { ...moment, text }], notesKept) }
  }

  function watchedBy(kind: NonNullable<Task['watched']>['kind'], epoch: number, rung: number, reason: string) {
    return { ...moment, kind, epoch, rung, answered: false, reason }
  }

  function watchedAt(rung: number | undefined, reason: string) {
    return rung === undefined ? {} : { watched: watchedBy('escalate', task.epoch, rung, reason) }
  }
}

/** An answer as whoever works on the task reads it among the notes: as something that stands somewhere, and nobody's order. */
function answerNote({ text, sources }: Extract<TaskEvent, { type: 'answered' }>): string {
  return `Written down: ${text}${sources.length === 0 ? '' : ` (${sources.join(', ')})`}`
}

/** It waits for somebody of this role, who has not seen it yet. */
function openedFor(task: Task, role: string, at: string): Task {
  const breached = task.breached.filter((deadline) => deadline !== 'acknowledge')
  return { ...unclaimed(task), role, opened_at: at, acknowledged: null, breached }
}

/** Its steps as they were asked for: what was doubted is looked at again. */
function withoutDoubts({ verification }: Task): Task['verification'] {
  return verification.filter((step) => step.kind !== 'approval' || step.doubt !== true)
}

/** Nobody holds it and nothing of the last submission counts; the evidence stays. */
function unclaimed(task: Task): Task {
  return { ...task, claim: null, result: null, passed: 0, suspended: null, help: null }
}

function stageOf(task: Task): Stage {
  const { status, stage } = task
  if (status === 'done') return 'review'
  if (status !== 'verifying') return stage === 'ready-for-prep' ? stage : 'ready-for-dev'
  const step = pendingStep(task)
  return step === null || (isPersonStep(step) && !isQa(step)) ? 'review' : 'qa'
}

function newest<T>(list: T[], most: number): T[] {
  return list.slice(-most)
}

function impossible({ id, key }: TaskCommit, what: string): BreakroomError {
  return new BreakroomError('unreadable', `The ledger says of task ${key} what cannot be: ${what}.`, {
    detail: { reason: 'impossible', commit: id },
  })
}
