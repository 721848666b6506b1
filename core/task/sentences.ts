import type { TaskReply, TaskVerb } from './request.ts'
import { pendingStep } from './steps.ts'
import type { Task } from './task.ts'
import {
  actorName,
  cut,
  doneWhen,
  dueWords,
  lineBytes,
  listed,
  quoted,
  quotedEnd,
  statusWords,
  stepWords,
  takenFrom,
} from './wording.ts'

/** Verbs that are answered with what they did to one task. */
export type ChangingVerb = Exclude<
  TaskVerb,
  | ('list' | 'show' | 'why' | 'next' | 'hand_back' | 'give_up')
  | ('watch' | 'answer' | 'ask')
  | ('evidence' | 'letters' | 'letter' | 'retry_letter' | 'edit_letter' | 'drop_letter')
>

/** The answer to a command that was carried out, without the name of who asked. */
export function answerTo(verb: ChangingVerb, { task, hint, events }: TaskReply): string {
  if (task === null) return `Nothing to ${verb === 'claim' ? 'claim' : 'do'}: ${hint ?? 'there is no task'}.`
  const whole = verb === 'assign' || events.length > 0 ? didWords(verb, task) : alreadyWords(verb, task)
  const sentence = cut(whole, lineBytes)
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

/** The answer when the task service could not be reached; a command may have counted all the same. */
export function unreachable(changes: boolean): string {
  if (!changes) return 'The task service does not answer; nothing is lost. Try again in a moment.'
  return 'I could not reach the task service in time, so I do not know whether that counted; !tasks shows it when it is back.'
}
