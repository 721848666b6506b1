import { forMatching } from '../clean-text.ts'
import { roleNamed } from '../mention.ts'
import type { AssignmentForm } from './assignment-form.ts'
import { type AssignmentKey, cutAssignment } from './assignment-text.ts'
import type { KnownNames } from './assignment-values.ts'
import { inQuotes, stepsText } from './assignment-words.ts'
import type { Step } from './task.ts'

/** What `more` may say. */
const moreKeys: readonly AssignmentKey[] = ['ack', 'budget', 'context', 'verify', 'also', 'else']
const bullet = /^\s*(?:[-*•]|\d{1,2}[.)])(?:\s|$)/
/** A line break that is not within quotation marks. */
const lineEnd = /(?<!\\)\n/

export type Complain = (field: keyof AssignmentForm, sentence: string) => void

/**
 * What a form says beside its role and title, as an assignment writes it, a key on each line. What would reach beyond its own line is
 * complained about, and left out.
 */
export function formLines(form: AssignmentForm, known: KnownNames, complain: Complain): string[] {
  const about = forMatching(form.about).trim()
  const due = forMatching(form.due).trim()
  const planner = chosen('planner', form, known, complain)
  const steps = stepsOf(form, known, complain)
  return [
    ...criteriaOf(form.accept).map((criterion) => `accept: ${inQuotes(criterion)}`),
    ...(about === '' ? [] : [`about: ${inQuotes(about)}`]),
    ...(planner === null ? [] : [`prep: ${planner}`]),
    ...(steps.length === 0 ? [] : [`verify: ${stepsText(steps)}`]),
    ...(form.priority === 'normal' ? [] : [`priority: ${form.priority}`]),
    ...(due === '' ? [] : [`due: ${/^[\w ]+$/.test(due) ? due : inQuotes(due)}`]),
    ...linesOf(form.after, '\n').flatMap((line) => whole('after', `after: ${line}`, ['after'], complain)),
    ...linesOf(form.more, lineEnd).flatMap((line) => whole('more', line, moreKeys, complain)),
    ...linesOf(form.next, lineEnd).flatMap((line) =>
      whole('next', `then: ${line.replace(/^then\s?:/i, '').trim()}`, ['then'], complain),
    ),
  ]
}

/** People choose these from lists; what is in none was made up, or is gone. */
function stepsOf(form: AssignmentForm, known: KnownNames, complain: Complain): Step[] {
  const { checks, approval } = form
  const tester = chosen('tester', form, known, complain)
  const reviewer = chosen('reviewer', form, known, complain)
  if (!checks.every((check) => known.checks.includes(check)))
    complain('checks', 'Choose from the checks that there are.')
  return [
    ...checks.filter((check) => known.checks.includes(check)).map((check) => ({ kind: 'check', check }) as const),
    ...(tester === null ? [] : [{ kind: 'review', by: tester, stage: 'qa' } as const]),
    ...(reviewer === null ? [] : [{ kind: 'review', by: reviewer } as const]),
    ...(approval ? [{ kind: 'approval' } as const] : []),
  ]
}

function chosen(
  field: 'planner' | 'tester' | 'reviewer',
  form: AssignmentForm,
  { roles }: KnownNames,
  complain: Complain,
): string | null {
  const name = form[field]
  const role = name === null ? null : roleNamed(name, roles)
  if (name !== null && role === null) complain(field, 'Choose from the roles that there are.')
  return role
}

function criteriaOf(text: string): string[] {
  return linesOf(text, '\n')
    .map((line) => line.replace(bullet, '').trim())
    .filter((line) => line !== '')
}

function linesOf(text: string, at: string | RegExp): string[] {
  return forMatching(text)
    .split(at)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The line, when it says something under these keys and nothing else, and leaves the next line alone. */
function whole(
  field: keyof AssignmentForm,
  line: string,
  keys: readonly AssignmentKey[],
  complain: Complain,
): string[] {
  const { head, parts, strays } = cutAssignment(`${line}\npriority: low`)
  const last = parts.pop()
  const isAlone = head === '' && strays.length === 0 && last?.key === 'priority' && parts.length > 0
  if (isAlone && parts.every(({ key }) => keys.includes(key)) && (field === 'more' || parts.length === 1)) return [line]
  complain(
    field,
    field === 'more'
      ? `Here only ${moreKeys.join(':, ')}: can be said, each with its value.`
      : 'Part of it looks like another setting. If that is text, put quotation marks around it.',
  )
  return []
}
