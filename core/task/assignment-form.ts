import { forMatching, oneLine } from '../clean-text.ts'
import { roleNamed } from '../mention.ts'
import { type Assignment, type AssignmentField, readAssignment } from './assignment.ts'
import { stepsOf } from './assignment-draft.ts'
import { formLines } from './assignment-form-lines.ts'
import type { KnownNames } from './assignment-values.ts'
import { followUpText, followUpTexts, inQuotes, stepsText } from './assignment-words.ts'
import type { FollowUp, Priority, Step } from './task.ts'

/** A new task as a form asks for it: what people fill in, as they wrote it. */
export interface AssignmentForm {
  role: string | null
  title: string
  about: string
  /** A criterion on each line. */
  accept: string
  /** The role that writes the plan. */
  planner: string | null
  /** Names under `checks:`. */
  checks: string[]
  /** The role that tries it. */
  tester: string | null
  /** The role that reviews it. */
  reviewer: string | null
  /** Whether a person has to say yes. */
  approval: boolean
  priority: Priority
  /** `2h`. */
  due: string
  /** `t-3, t-4`. */
  after: string
  /** As behind `then:`; one on each line, and each follows the one before. Empty: what follows the tasks of the role. */
  next: string
  /** What has no field of its own, as it is typed: `ack: 60s; budget: 3 attempts`. */
  more: string
}

/** What is wrong with a field, in a sentence that stands beside it. */
export interface FormProblem {
  field: keyof AssignmentForm
  sentence: string
}

const unsaid: Partial<Record<AssignmentField, string>> = {
  role: 'Choose who it is for.',
  title: 'Say in a few words what is to be done.',
  accept: 'Say what must be true when it is done.',
}
/** What is said of a value that cannot be read, where the grammar's own words are for those who type keys. */
const unreadable: Partial<Record<AssignmentField, string>> = {
  due: 'Write minutes, hours or days, such as 30m, 2h or 3d; a year at most.',
  after: 'Write tasks as t-3, t-4.',
}
const titleLimit = 200
/** Of a message that becomes a task. */
const firstLineLimit = 100
const messageLimit = 3_000

/**
 * A form as the command that says the same (`assign cto "Add it"` and a key on each line), as it would be typed without a prefix, or
 * what is wrong with it, at most one sentence for each field. Text is carried as it is but for what does not show. Never throws.
 */
export function readForm(form: AssignmentForm, known: KnownNames): { words: string } | { problems: FormProblem[] } {
  const problems = new Map<keyof AssignmentForm, string>()
  const role = form.role === null ? null : roleNamed(form.role.toLowerCase(), known.roles)
  const title = forMatching(form.title).replace(/\s+/g, ' ').trim()
  if (title.length > titleLimit) {
    problems.set(
      'title',
      `It has ${title.length} characters; ${titleLimit} is the most. Put the rest into the context.`,
    )
  }
  const words = [
    [role ?? '', title === '' ? '' : inQuotes(title)].join(' ').trim(),
    ...formLines(form, known, (field, sentence) => problems.set(field, sentence)),
  ].join('\n')

  const { problems: sentences, unread, missing } = readAssignment(words, known)
  unread.forEach((key, index) => {
    const field = fieldOf(key)
    if (!problems.has(field)) problems.set(field, unreadable[key] ?? sentenceFor(key, sentences[index] ?? ''))
  })
  for (const key of missing) {
    const field = fieldOf(key)
    if (!problems.has(field)) problems.set(field, unsaid[key] ?? 'This has to be said again.')
  }
  if (problems.size === 0) return { words: `assign ${words}` }
  return { problems: [...problems].map(([field, sentence]) => ({ field, sentence })) }
}

/** The form as far as an assignment fills it in; what has no field of its own is in `more`, so that nothing typed is lost. */
export function formOf({ role, draft }: Assignment): Partial<AssignmentForm> {
  const { checks, tester, reviewer, approval, others } = fieldsOf(stepsOf(draft))
  const { ack_within_seconds: ack, complete_within_minutes: due } = draft.sla ?? {}
  const more = [
    ...(others.length === 0 ? [] : [`verify: ${stepsText(others)}`]),
    ...(ack === undefined ? [] : [`ack: ${ack}s`]),
    ...(draft.budget === undefined ? [] : [`budget: ${budgetText(draft.budget)}`]),
    ...(draft.context ?? []).map((text) => `context: ${inQuotes(text)}`),
    ...(draft.also ?? []).map((next) => `also: ${followUpText(next)}`),
    ...(draft.on_fail ?? []).map((next) => `else: ${followUpText(next)}`),
  ]
  return {
    ...(role === null ? {} : { role }),
    ...(draft.title === undefined ? {} : { title: draft.title }),
    ...(draft.description === undefined ? {} : { about: draft.description }),
    ...(draft.acceptance_criteria === undefined ? {} : { accept: draft.acceptance_criteria.join('\n') }),
    ...(draft.prep === undefined || draft.prep === null ? {} : { planner: draft.prep }),
    ...(checks.length === 0 ? {} : { checks }),
    ...(tester === null ? {} : { tester }),
    ...(reviewer === null ? {} : { reviewer }),
    ...(approval ? { approval } : {}),
    ...(draft.priority === undefined ? {} : { priority: draft.priority }),
    ...(due === undefined ? {} : { due: spanText(due) }),
    ...(draft.after === undefined ? {} : { after: draft.after.join(', ') }),
    ...(draft.on_complete === undefined ? {} : { next: nextText(draft.on_complete) }),
    ...(more.length === 0 ? {} : { more: more.join('\n') }),
  }
}

/** The form as far as a message fills it in that somebody wants to be a task; `link` leads back to it. */
export function formOfMessage(text: string, link: string | null): Partial<AssignmentForm> {
  const words = forMatching(text).trim()
  const [first = ''] = words.split('\n')
  const behind = link === null ? '' : `\n${link}`
  const room = messageLimit - behind.length
  const about = words.length <= room ? words : `${words.slice(0, room - 1).replace(/[\ud800-\udbff]$/, '')}…`
  return { title: oneLine(first, firstLineLimit), about: `${about}${behind}`.trim() }
}

function fieldOf(key: AssignmentField): keyof AssignmentForm {
  switch (key) {
    case 'verify':
      return 'checks'
    case 'prep':
      return 'planner'
    case 'qa':
      return 'tester'
    case 'review':
      return 'reviewer'
    case 'ack':
    case 'context':
    case 'budget':
    case 'also':
    case 'else':
      return 'more'
    case 'then':
      return 'next'
    default:
      return key
  }
}

/** The sentence about a key as it stands beside its field: without the key, which the field does not show. */
function sentenceFor(key: AssignmentField, sentence: string): string {
  const words = fieldOf(key) === 'more' ? sentence : sentence.replaceAll(`${key}: `, '')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function fieldsOf(steps: readonly Step[]) {
  const others: Step[] = []
  const checks: string[] = []
  let tester: string | null = null
  let reviewer: string | null = null
  let approval = false
  for (const step of steps) {
    if (step.kind === 'check' && !checks.includes(step.check)) checks.push(step.check)
    else if (step.kind === 'review' && step.stage === 'qa' && tester === null) tester = step.by
    else if (step.kind === 'review' && step.stage === undefined && reviewer === null) reviewer = step.by
    else if (step.kind === 'approval' && !approval) approval = true
    else others.push(step)
  }
  return { checks, tester, reviewer, approval, others }
}

function nextText(followUps: readonly FollowUp[]): string {
  return followUps.length === 0 ? 'nothing' : followUpTexts(followUps).join('\n')
}

function spanText(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}

function budgetText({ attempts, usd }: { attempts: number; usd?: number | undefined }): string {
  return usd === undefined ? `${attempts} attempts` : `${attempts} attempts, $${usd}`
}
