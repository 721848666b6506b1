import { forMatching, oneLine } from '../clean-text.ts'
import { isLinked } from '../person.ts'
import { actionsFor, approvalOf, evidenceLines } from './card-parts.ts'
import { completeBy } from './deadlines.ts'
import { judgeOf } from './standing.ts'
import { isPersonStep, isQa, pendingStep } from './steps.ts'
import { isOver, type Task } from './task.ts'
import { judges, requesterName, stageWords, turnWords } from './wording.ts'
import type { TaskWorld } from './world.ts'

/** Of what was said about a task, in one line. UTF-16 units. */
const textLimit = 2_000

/** A task as a card shows it: what platforms draw, each in its own way. Texts are untrusted data; buttons and states are made here. */
export interface TaskCard {
  key: string
  label: string
  title: string
  role: string
  /** `open`, `being worked on by alice`, `waits for a person's yes`, ... */
  state: string
  /** Whose turn it is, of a task under way that somebody plans or tries: `planning`, `building`, `testing`, `review`. */
  stage: string | null
  /** Said in words by `state` too; never by a colour or an emoji alone. */
  tone: 'quiet' | 'active' | 'attention' | 'done' | 'failed'
  requester: string
  priority: Task['priority']
  /** ISO 8601, or null. */
  due: string | null
  criteria: string[]
  /** What the system saw of its steps, in their order. */
  evidence: { words: string; passed: boolean | null }[]
  result: string | null
  /** What whoever builds it is to go by. */
  plan: string | null
  /** Why it is stuck, came back, failed or was cancelled. */
  reason: string | null
  /** Who was told that it stands still, and why. */
  trouble: { words: string; reason: string } | null
  /** What waits for a person's yes: exactly what is approved, why it looks odd, what it means, and until when. */
  approval: { call: string; doubts: string[]; risk: string; expires: string | null } | null
  actions: CardAction[]
}

/** What can be done with a press on a card. The press is a command like a typed one, with the same rights. */
export interface CardAction {
  /** Stable: `ack`, `claim`, `done`, `approve`, `reject`, `reassign`, `stop`. A plan is sent back by `reject`, too. */
  id: string
  label: string
  /** `ack t-13`. */
  command: string
  /** What has to be said with it; it is put behind the command. */
  asks: 'result' | 'plan' | 'reason' | 'role' | null
  /** What to ask before it is done. */
  confirm: string | null
}

/** The card of a task as it stands. Its texts are cleaned of what does not show, never of what they say. */
export function taskCard(task: Task, now: Date, world: TaskWorld): TaskCard {
  const { key, label, role, priority } = task
  const due = dueOf(task)
  const overdue = due !== null && Date.parse(due) < now.getTime()
  const judged = isForPerson(task, world)
  const reason = task.status === 'done' ? '' : oneLine(task.reason ?? '', textLimit)
  return {
    key,
    label,
    title: oneLine(task.title, 200),
    role,
    state: `${stateWords(task, world)}${overdue ? ', overdue' : ''}`,
    stage: isOver(task) || task.status === 'waiting' || !goesThroughHands(task) ? null : stageWords(task),
    tone: overdue || judged || task.escalation !== null ? 'attention' : tones[task.status],
    requester: requesterName(task),
    priority,
    due,
    criteria: task.acceptance_criteria.map((criterion) => oneLine(criterion, 500)),
    evidence: evidenceLines(task),
    result: forMatching(task.result?.text ?? '').trim() || null,
    plan: forMatching(task.plan?.text ?? '').trim() || null,
    reason: reason || null,
    trouble: troubleOf(task),
    approval: judged ? approvalOf(task, due) : null,
    actions: actionsFor(task, judged, world),
  }
}

/** The whole command of a press that asked for something: what was said stands behind it, and is read back as it was said. */
export function commandWith(command: string, said: string): string {
  const words = forMatching(said).trim()
  // Quotation marks around all of it would be taken off.
  return `${command} ${words.startsWith('"') ? wholeInQuotes(words) : words}`
}

/** As commands read it, where a line break is one like any other. */
function wholeInQuotes(words: string): string {
  return `"${words.replace(/["\\]/g, '\\$&')}"`
}

const tones: Record<Task['status'], TaskCard['tone']> = {
  waiting: 'quiet',
  open: 'quiet',
  claimed: 'active',
  working: 'active',
  blocked: 'attention',
  verifying: 'active',
  done: 'done',
  failed: 'failed',
  cancelled: 'quiet',
}

function stateWords(task: Task, world: TaskWorld): string {
  const step = pendingStep(task)
  if (step?.kind !== 'review' || step.by !== null) return turnWords(task)
  return `waiting for a review by ${judges(task, judgeOf(task, step, world))}`
}

function troubleOf({ escalation }: Task): TaskCard['trouble'] {
  if (escalation === null) return null
  const words = escalation.parked
    ? 'Parked for the founder, who is reminded each morning'
    : `It stands still, and ${escalation.to} was told`
  return { words, reason: oneLine(escalation.reason, textLimit) }
}

function dueOf(task: Task): string | null {
  return isOver(task) ? null : (completeBy(task)?.toISOString() ?? null)
}

/** Whether it waits for the word of somebody who reads cards; a program that reviews is asked otherwise. */
function isForPerson(task: Task, world: TaskWorld): boolean {
  const step = pendingStep(task)
  if (step === null || !isPersonStep(step)) return false
  if (step.kind === 'approval' || (step.by === null && isLinked(task.authority.requester))) return true
  return world.roles.get(judgeOf(task, step, world))?.people !== false
}

/** Whether it has more than a worker and whoever says yes in the end. */
function goesThroughHands({ prep, verification }: Task): boolean {
  return prep !== null || verification.some(isQa)
}
