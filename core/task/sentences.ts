import { isPerson } from '../person.ts'
import { founder } from '../role.ts'
import type { TaskEventType } from './commit.ts'
import type { TaskReply, TaskVerb } from './request.ts'
import { judgeOf, turnOf } from './standing.ts'
import { isPersonStep, type PersonStep, pendingStep } from './steps.ts'
import type { Task } from './task.ts'
import {
  actorName,
  cut,
  doneWhen,
  dueWords,
  judges,
  listed,
  quoted,
  quotedEnd,
  statusWords,
  stepWords,
  turnWords,
} from './wording.ts'
import { system, type TaskWorld } from './world.ts'

/** What one line of a network holds. The longest names and titles at once would be more. */
const mostBytes = 350

/** Verbs that are answered with what they did to one task. */
export type ChangingVerb = Exclude<
  TaskVerb,
  | ('list' | 'show' | 'why' | 'next' | 'hand_back' | 'give_up')
  | ('evidence' | 'letters' | 'letter' | 'retry_letter' | 'edit_letter' | 'drop_letter')
>

/** The answer to a command that was carried out, without the name of who asked. */
export function answerTo(verb: ChangingVerb, { task, hint, events }: TaskReply): string {
  if (task === null) return `Nothing to ${verb === 'claim' ? 'claim' : 'do'}: ${hint ?? 'there is no task'}.`
  const whole = verb === 'assign' || events.length > 0 ? didWords(verb, task) : alreadyWords(verb, task)
  const sentence = cut(whole, mostBytes)
  return hint === null ? sentence : `${sentence} ${hint}`
}

/** For whoever watches over tasks. */
const watchVerbs: ReadonlySet<ChangingVerb> = new Set(['ping', 'take_back', 'reassign_fit', 'escalate'])

function didWords(verb: ChangingVerb, task: Task): string {
  const { label, role } = task
  const named = `${label} ${quoted(task.title)}`
  switch (verb) {
    case 'assign':
      return `${label} is with ${role}${forBuilder(task)}: ${quotedEnd(task.title)} ${whenItBegins(task)}Done when ${doneWhen(task)}.${dueAtFirst(task)}`
    case 'claim':
      return claimedWords(task, named)
    case 'acknowledge':
      return `${named} is acknowledged for ${role}; !claim ${label} takes it.`
    case 'start':
      return `${named} is being worked on.`
    case 'note':
      return `noted on ${named}.`
    case 'block':
      return `${named} is stuck; !start ${label} goes on.`
    case 'submit':
      if (task.status !== 'verifying' && task.status !== 'done') return `${named} has your plan.`
      return `${named} is handed in. ${whatNext(task)}`
    case 'approve':
      return task.status === 'done' ? `${named} has your yes and is done.` : `${named} has your yes. ${whatNext(task)}`
    case 'reject':
      if (task.status === 'verifying') return `${named} has your no${ofCategory(task)}. ${whatNext(task)}`
      if (task.status === 'failed') {
        const most = task.budget.attempts
        return `${named} has your no${ofCategory(task)}, and failed: that was try ${most} of ${most}.`
      }
      return `${named} has your no${ofCategory(task)} and is back with ${role}${task.stage === 'ready-for-prep' ? ', to be planned again' : ''}.`
    case 'ping':
      return `${named}: ${task.claim === null ? role : actorName(task.claim.by)} is asked where it stands.`
    case 'take_back':
      return `${named} is taken back from ${takenFrom(task)} and open again for ${role}.`
    case 'reassign_fit':
      return task.escalation === null
        ? `${named} is with ${role} now.`
        : `${named}: nobody else fits. ${toldWords(task)}`
    case 'escalate':
      return `${named}: ${toldWords(task)}`
    case 'reassign':
      return `${named} is with ${role} now.`
    case 'cancel':
      return `${named} is cancelled, and what waits for it.`
    default:
      return verb satisfies never
  }
}

/** Whoever plans it has only to write; whoever builds it reads that first. */
function claimedWords(task: Task, named: string): string {
  const { label, stage, plan, builder = task.role } = task
  if (stage === 'ready-for-prep') return `${named} is yours to plan for ${builder}: !done ${label} <plan>.`
  const read = plan === null ? '' : ` !task ${label} shows its plan.`
  return `${named} is yours.${read} Done when ${criteria(task)}; then !done ${label} <result>.`
}

function takenFrom({ suspended, role }: Task): string {
  return suspended === null ? role : actorName(suspended.by)
}

function toldWords({ escalation }: Task): string {
  if (escalation?.parked === true) return 'it is parked; nobody above is left to be told.'
  return `${escalation?.to ?? 'nobody'} is told.`
}

/** The same command again, or one that came too late to matter. */
function alreadyWords(verb: ChangingVerb, task: Task): string {
  if (verb === 'claim' && task.claim !== null) return `${task.label} ${quoted(task.title)} is yours already.`
  if (watchVerbs.has(verb))
    return `${task.label} ${quoted(task.title)}: nothing more is to be done; it is ${statusWords(task)}.`
  return `${task.label} ${quoted(task.title)} is ${statusWords(task)} already.`
}

function whenItBegins({ status, waits_for }: Task): string {
  if (status !== 'waiting') return ''
  return `It waits for ${listed(waits_for.map(({ label }) => label).slice(0, 5))}. `
}

/** Whom it is planned for, of a task that begins with a plan. */
function forBuilder({ stage, builder }: Task): string {
  return stage === 'ready-for-prep' && builder !== undefined ? `, to be planned for ${builder}` : ''
}

/** The category of the no that was just said to a submission. */
function ofCategory({ evidence }: Task): string {
  const { passed = true, category = 'other' } = evidence.at(-1) ?? {}
  return passed || category === 'other' ? '' : ` (${category})`
}

/** What was agreed at the moment it was filed. */
function dueAtFirst(task: Task): string {
  const due = dueWords(task, new Date(task.created_at))
  return due === null ? '' : ` ${due.replace(/^d/, 'D')}.`
}

function criteria({ acceptance_criteria: [first = '', ...others] }: Task): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return `${quoted(first, 100)}${more}`
}

function whatNext(task: Task): string {
  const step = pendingStep(task)
  if (step === null) return `It is ${statusWords(task)}.`
  return step.kind === 'check' ? `Now ${stepWords(step, task)} runs.` : `Now it waits for ${stepWords(step, task)}.`
}

/**
 * The house's one line in the room about an event, from the task as it stands after it, or null: done, failed, stuck, sent back by a
 * check or a program, cancelled with another, a follow-up that did not come, and what waits for somebody's yes and how to give it.
 * `by` did it; who did it themselves has their answer.
 */
export function roomLine(task: Task, event: TaskEventType, world: TaskWorld, by: string): string | null {
  const line = lineAbout(task, event, world, by)
  return line === null ? null : cut(line, mostBytes)
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
    case 'pinged':
      return `${whoHasIt(task, world)}: where does ${label} ${quoted(task.title, 80)} stand? !note ${label} <words> is enough.`
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
    step.kind === 'approval'
      ? stepWords(step, task)
      : step.stage === 'qa'
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
  if (task.status !== 'open') return turnWords(task)
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

/** The answer when the task service could not be reached; a command may have counted all the same. */
export function unreachable(changes: boolean): string {
  if (!changes) return 'The task service does not answer; nothing is lost. Try again in a moment.'
  return 'I could not reach the task service in time, so I do not know whether that counted; !tasks shows it when it is back.'
}

/** The one line of the day about all that is parked where it was asked for. */
export function reminderLine(parked: readonly Pick<Task, 'label'>[]): string {
  const labels = parked.map(({ label }) => label)
  const shown = listed(labels.length > 10 ? [...labels.slice(0, 10), `${labels.length - 10} more`] : labels)
  const wait = labels.length === 1 ? 'is parked and waits' : 'are parked and wait'
  return `founder: ${shown} ${wait} for you. !task ${labels[0]} tells why. Answer with !note, !reassign or !cancel.`
}
