import { byUrgency } from './next.ts'
import { isPersonStep, pendingStep } from './steps.ts'
import type { FollowUp, Step, Task } from './task.ts'
import { actorName, cut, dueWords, quoted, requesterName, since, statusWords, stepWords } from './wording.ts'

/** More would fill the window of a plain client. */
const mostTasks = 10
const mostCriteria = 4

/** Which list it is, for its ends. */
export interface ListOptions {
  /** Tasks beyond those in the list. */
  more?: number
  /** The role whose tasks they are, or null for all. */
  role?: string | null
  /** Of how many there is a line. */
  most?: number
}

/**
 * The answer to `!tasks`, a line for each of the first `most`: what waits for somebody's word, what is stuck, what is in hand, what is
 * open, what waits for others, what is over; the most urgent first in each.
 */
export function taskListLines(
  tasks: readonly Task[],
  now: Date,
  { more = 0, role = null, most = mostTasks }: ListOptions = {},
): string[] {
  if (tasks.length === 0) {
    return [
      `${role === null ? 'No task is open.' : `${role} has no open task.`} !assign ${role ?? '<role>'} "<title>" accept: <what is then true> gives one.`,
    ]
  }
  const sorted = [...tasks].sort((a, b) => groupOf(a) - groupOf(b) || byUrgency(a, b))
  const left = tasks.length - most + more
  const lines = sorted.slice(0, most).map((task) => listLine(task, now))
  return left > 0 ? [...lines, `and ${left} more.`] : lines
}

function groupOf(task: Task): number {
  if (task.escalation !== null) return 0
  switch (task.status) {
    case 'verifying':
      return isPersonStep(pendingStep(task) ?? { kind: 'approval' }) ? 0 : 2
    case 'blocked':
      return 1
    case 'claimed':
    case 'working':
      return 2
    case 'open':
      return 3
    case 'waiting':
      return 4
    case 'done':
    case 'failed':
    case 'cancelled':
      return 5
    default:
      return task.status satisfies never
  }
}

function listLine(task: Task, now: Date): string {
  const { label, role, title, priority, created_at } = task
  const urgency = priority === 'normal' ? [] : [priority]
  const due = dueWords(task, now) ?? `${since(created_at, now)} old`
  return `${label} ${role}: ${quoted(title, 90)}, ${[statusWords(task), ...urgency, due].join(', ')}.`
}

/** The answer to `!task`: all about one task, a line for each thing. */
export function taskLines(task: Task, now: Date): string[] {
  const {
    label,
    role,
    title,
    status,
    claim,
    description,
    acceptance_criteria,
    context,
    plan,
    result,
    reason,
    escalation,
  } = task
  const isHeld = status === 'claimed' || status === 'working' || status === 'blocked'
  const held = claim !== null && isHeld ? ` for ${since(claim.at, now)}` : ''
  const criteria = acceptance_criteria.slice(0, mostCriteria).map((text) => `accept: ${quoted(text, 250)}`)
  const hidden = acceptance_criteria.length - criteria.length
  const note = task.notes.at(-1)
  return [
    `${label} ${quoted(title, 160)} is with ${role}: ${statusWords(task)}${held}.`,
    ...(description === '' ? [] : [`about: ${quoted(description, 250)}`]),
    ...criteria,
    ...(hidden > 0 ? [`and ${hidden} more criteria.`] : []),
    ...(context.length === 0
      ? []
      : [
          `context: ${context
            .slice(0, 3)
            .map((text) => quoted(text, 80))
            .join(', ')}`,
        ]),
    `verify: ${task.verification.map((step, index) => stepLine(step, index, task)).join(', ')}.`,
    askedLine(task, now),
    ...(plan === null ? [] : [`plan: ${quoted(plan.text, 250)}, by ${actorName(plan.by)}`]),
    ...(result === null || result.text.trim() === ''
      ? []
      : [`result: ${quoted(result.text, 250)}, by ${actorName(result.by)}`]),
    ...(reason === null ? [] : [`reason: ${quoted(reason, 250)}`]),
    ...(escalation === null
      ? []
      : [
          `${escalation.parked ? 'parked' : `${escalation.to} was told`} ${since(escalation.at, now)} ago: ${quoted(escalation.reason, 200)}`,
        ]),
    ...(note === undefined
      ? []
      : [`note: ${quoted(note.text, 200)}, by ${actorName(note.by)} ${since(note.at, now)} ago`]),
    ...task.on_complete.map((next, index) => followLine('then', next, followedAt(task, index, false))),
    ...task.on_fail.map((next, index) => followLine('else', next, followedAt(task, index, true))),
  ].map((line) => cut(line, 350))
}

function followedAt({ followed }: Task, index: number, failed: boolean): Task['followed'][number] | undefined {
  return followed.find((one) => one.index === index && (one.failed ?? false) === failed)
}

function followLine(when: 'then' | 'else', next: FollowUp, became: Task['followed'][number] | undefined): string {
  const what = `${when}: ${next.publish_to} ${quoted(next.payload_template.title, 120)}`
  if (became === undefined) return what
  return `${what}, ${became.label === null ? `which did not come: ${quoted(became.reason ?? '', 100)}` : `which is ${became.label}`}`
}

function stepLine(step: Step, index: number, task: Task): string {
  const { status, passed, epoch, evidence } = task
  const words = stepWords(step, task)
  if (status === 'done' || (status === 'verifying' && index < passed)) {
    const yes = evidence.findLast((one) => one.step === index && one.passed && one.epoch === task.result?.epoch)
    return `${words} (passed${typeof yes?.by === 'string' ? ` by ${actorName(yes.by)}` : ''})`
  }
  if (status === 'verifying' && index === passed) return `${words} (now)`
  const failed = evidence.findLast((one) => one.step === index && one.epoch === epoch && !one.passed)
  return failed === undefined ? words : `${words} (failed)`
}

function askedLine(task: Task, now: Date): string {
  const { priority, attempts, budget, parent, waits_for, authority } = task
  const through = authority.chain.length === 0 ? '' : ` through ${authority.chain.join(', ')}`
  const due = dueWords(task, now)
  const parts = [
    `asked by ${requesterName(task)}${through} ${since(task.created_at, now)} ago`,
    ...(priority === 'normal' ? [] : [`priority ${priority}`]),
    ...(due === null ? [] : [due]),
    ...(parent === null ? [] : [`follows ${parent.label}`]),
    ...(waits_for.length === 0 ? [] : [`waits for ${waits_for.map(({ label }) => label).join(', ')}`]),
    ...(attempts === 0 ? [] : [`try ${attempts} of ${budget.attempts}`]),
  ]
  return `${parts.join(', ')}.`
}
