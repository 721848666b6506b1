import { isLinked, isPerson } from '../person.ts'
import { founder } from '../role.ts'
import { asksForPermission } from '../sweep/permission.ts'
import type { TaskEventType } from './commit.ts'
import { judgeOf, turnOf } from './standing.ts'
import { isPersonStep, type PersonStep, pendingStep } from './steps.ts'
import type { Task } from './task.ts'
import {
  actorName,
  cut,
  judges,
  lineBytes,
  listed,
  quoted,
  quotedEnd,
  stepWords,
  takenFrom,
  turnWords,
} from './wording.ts'
import { system, type TaskWorld } from './world.ts'

/**
 * The house's one line in the room about an event, from the task as it stands after it, or null: done, failed, stuck, sent back by a
 * check or a program, cancelled with another, a follow-up that did not come, and what waits for somebody's yes and how to give it.
 * `by` did it; who did it themselves has their answer.
 */
export function roomLine(task: Task, event: TaskEventType, world: TaskWorld, by: string): string | null {
  const line = lineAbout(task, event, world, by)
  return line === null ? null : cut(line, lineBytes)
}

function lineAbout(task: Task, event: TaskEventType, world: TaskWorld, by: string): string | null {
  const { label, role } = task
  const named = `${label} ${quoted(task.title)}`
  switch (event) {
    case 'completed':
      return `${named} is done${provenBy(task)}.${resultWords(task)}`
    case 'failed':
      return `${named} failed: ${quotedEnd(task.reason ?? '')} !reassign ${label} <role> gives it another try.`
    case 'blocked':
      return `${named} is stuck${task.claim === null ? '' : `, with ${actorName(task.claim.by)}`}: ${quotedEnd(task.reason ?? '')}`
    case 'returned': {
      const last = task.evidence.at(-1)
      const isRefused = last !== undefined && !last.passed && last.epoch === task.epoch
      // A person who said no was answered.
      if (by !== system.actor && (!isRefused || (last.run === undefined && isPerson(by)))) return null
      const left = task.budget.attempts - task.attempts
      return `${named} is back with ${role}: ${quotedEnd(task.reason ?? '')} ${left} more ${left === 1 ? 'try' : 'tries'}.`
    }
    case 'submitted':
    case 'step_passed': {
      const step = pendingStep(task)
      return step === null || !isPersonStep(step) ? null : waitsLine(task, step, world)
    }
    case 'followed': {
      const lost = task.followed.at(-1)
      const all = lost?.failed === true ? task.on_fail : task.on_complete
      const title = lost === undefined ? '' : (all[lost.index]?.payload_template.title ?? '')
      if (lost === undefined || lost.label !== null) return null
      // Everybody else hears of it from the desk for dead letters; that says nothing of what is private.
      if (task.place.room.visibility === 'public') return null
      return `${label} was to be followed by ${quoted(title)}, which did not come: ${quotedEnd(lost.reason ?? '')} It is kept with the dead letters.`
    }
    case 'prepared':
      return `${named} has a plan${task.plan === null ? '' : ` by ${actorName(task.plan.by)}`}; ${role} builds it.`
    case 'sent_back': {
      if (isPerson(by)) return null
      const step = pendingStep(task)
      if (step === null) return `${named} is back with ${role}, to be planned again: ${quotedEnd(task.reason ?? '')}`
      const tester = step.kind === 'review' ? judgeOf(task, step, world) : role
      const how = world.roles.get(tester)?.people === true ? ` ${judgingWords(label)}` : ''
      return `${named} is back with ${tester}, to be tried again: ${quotedEnd(task.reason ?? '', 80)}${how}`
    }
    case 'doubted': {
      const doubts = task.evidence.at(-1)?.run?.doubts ?? []
      return `${label} ${quoted(task.title, 80)} passed, but a person has to look: ${quotedEnd(doubts.join(' '), 120)} ${judgingWords(label)}`
    }
    case 'rechecked': {
      const step = pendingStep(task)
      if (step !== null && isPersonStep(step)) return waitsLine(task, step, world)
      return `${named} is checked again: ${quotedEnd(task.reason ?? '')}`
    }
    case 'breached':
      return `${named} is late: ${task.breached.at(-1) === 'complete' ? 'it was to be done by now' : `${role} did not acknowledge it in time`}.`
    case 'escalated': {
      const { to = founder, reason = '' } = task.escalation ?? {}
      return `${to}: ${label} ${quoted(task.title, 40)} needs you: ${quotedEnd(reason, 60)} It is ${nowWords(task)}${heldOrRole(task)}. ${answerWords(label)}`
    }
    case 'parked':
      return `${named} is parked: nobody above is left to be told. It waits for the founder, who is reminded each morning. ${answerWords(label)}`
    case 'pinged': {
      // People who ask need give no reason.
      const why = task.watched === null || isPerson(by) ? '' : ` ${quotedEnd(task.watched.reason, 80)}`
      return `${whoHasIt(task, world)}: where does ${label} ${quoted(task.title, 80)} stand?${why} !note ${label} <words> is enough.`
    }
    case 'answered':
      return answeredLine(task)
    case 'asked':
      return askedLine(task, world)
    case 'taken_back':
      return `${named} was taken back from ${takenFrom(task)} and is open again for ${role}: ${quotedEnd(task.reason ?? '', 80)}`
    case 'resumed':
      return `${named} is with ${task.claim === null ? role : actorName(task.claim.by)} after all.`
    case 'cancelled':
      return by === system.actor ? `${named} is cancelled too: ${quotedEnd(task.reason ?? '')}` : null
    case 'created':
    case 'released':
    case 'acknowledged':
    case 'claimed':
    case 'started':
    case 'noted':
    case 'step_failed':
    case 'reminded':
      return null
    case 'reassigned':
      // Whoever did it themselves has their answer.
      return isPerson(by) || task.watched?.kind !== 'reassign' ? null : `${named} stood still and is with ${role} now.`
    default:
      return event satisfies never
  }
}

function waitsLine(task: Task, step: PersonStep, world: TaskWorld): string {
  const { label } = task
  const who =
    step.kind === 'approval' || step.stage === 'qa'
      ? stepWords(step, task)
      : `a review by ${step.by ?? judges(task, judgeOf(task, step, world))}`
  const result = resultWords(task, 60)
  // A program looks by itself; nobody has to be told how.
  if (step.kind === 'review' && step.by !== null && world.roles.get(step.by)?.people === false) {
    return `${label} ${quoted(task.title, 80)} waits for ${who}.${result}`
  }
  return `${label} ${quoted(task.title, 80)} waits for ${who}: ${judgingWords(label)}${result}`
}

function judgingWords(label: string): string {
  return `!approve ${label}, or !reject ${label} <reason>.`
}

function answeredLine(task: Task): string | null {
  const { label, help, claim, role, status } = task
  if (help?.kind !== 'answer') return null
  const who = claim === null ? role : actorName(claim.by)
  const where = help.sources.length === 0 ? '.' : ` (${quoted(help.sources.join(', '), 40)}).`
  const next = status === 'blocked' ? ` !start ${label} goes on.` : ''
  return `${who}: ${label} ${quoted(task.title, 30)} was stuck on ${quoted(help.question, 45)}. Written down: ${quoted(help.text, 90)}${where}${next}`
}

function askedLine(task: Task, world: TaskWorld): string | null {
  const { label, help, claim } = task
  if (help?.kind !== 'ask') return null
  // The one name that may ring: whom the house itself asks.
  const named = `${isLinked(help.to) ? '@' : ''}${actorName(help.to)}: ${label} ${quoted(task.title, 30)}`
  if (help.question !== null) {
    return `${named} is stuck on ${quoted(help.question, 80)}, and ${whyAsked(help.question, help.told)}. !note ${label} <words> tells ${whoHasIt(task, world)}.`
  }
  const step = pendingStep(task)
  if (step !== null && isPersonStep(step)) return `${named} waits for you: ${judgingWords(label)}`
  return `${named} waits for you: ${claim === null ? `!claim ${label}.` : `!note ${label} <words> is enough.`}`
}

function whyAsked(question: string, told: boolean): string {
  if (asksForPermission(question)) return 'only a person says yes'
  return told ? 'what is written down does not help' : 'no answer is at hand'
}

/** Whoever has to do something now. */
function whoHasIt(task: Task, world: TaskWorld): string {
  const { claim, status } = task
  return claim === null || status === 'verifying' ? turnOf(task, world) : actorName(claim.by)
}

/** What shows that somebody has looked at it. */
function answerWords(label: string): string {
  return `Answer with !note, !reassign or !cancel ${label}.`
}

/** The same as `turnWords` in fewer words, beside a reason that says more. */
function nowWords(task: Task): string {
  if (task.status !== 'open') return turnWords({ ...task, help: null })
  return task.stage === 'ready-for-prep' ? 'to be planned' : 'open'
}

/** With whom it is, where its state does not say that by itself. */
function heldOrRole({ claim, status, role }: Task): string {
  return claim === null && status !== 'verifying' ? `, with ${role}` : ''
}

function provenBy({ verification, evidence, result }: Task): string {
  const names = verification.flatMap((step) => (step.kind === 'check' ? [`\`${step.check}\``] : []))
  const checks = names.length < 2 ? names.map((name) => `${name} passed`) : [`${names.length} checks passed`]
  const yeses = evidence.flatMap(({ passed, by, epoch }) =>
    passed && by !== null && epoch === result?.epoch ? [by] : [],
  )
  const people = [...new Set(yeses)].slice(0, 4).map(actorName)
  const judged = verification.some(isPersonStep)
    ? [`approved${people.length === 0 ? '' : ` by ${listed(people)}`}`]
    : []
  const proofs = [...checks, ...judged]
  return proofs.length === 0 ? '' : ` (${proofs.join(', ')})`
}

function resultWords({ result }: Task, bytes = 100): string {
  return result === null || result.text.trim() === '' ? '' : ` Result: ${quoted(result.text, bytes)}`
}

/** What a role says with its own voice when a task reaches its seat; `alone` when nobody works there by itself. */
export function acknowledgedLine({ label, title }: Pick<Task, 'label' | 'title'>, alone: boolean): string {
  const here = `${label} is here: ${quotedEnd(title)}`
  return alone ? `${here} Nobody works at this seat by itself: !claim ${label}` : here
}

/** The one line of the day about all that is parked where it was asked for. */
export function reminderLine(parked: readonly Pick<Task, 'label'>[]): string {
  const labels = parked.map(({ label }) => label)
  const shown = listed(labels.length > 10 ? [...labels.slice(0, 10), `${labels.length - 10} more`] : labels)
  const wait = labels.length === 1 ? 'is parked and waits' : 'are parked and wait'
  return `founder: ${shown} ${wait} for you. !task ${labels[0]} tells why. Answer with !note, !reassign or !cancel.`
}
