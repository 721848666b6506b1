import { forMatching } from '../clean-text.ts'
import { roleNamed } from '../mention.ts'
import { type AssignmentDraft, followUpsOf, stepsOf } from './assignment-draft.ts'
import { readPart } from './assignment-part.ts'
import { type AssignmentKey, cutAssignment, withoutSemicolons } from './assignment-text.ts'
import { type KnownNames, nearRole, unknownRole } from './assignment-values.ts'
import { chained } from './follow-up-text.ts'
import { unquoted } from './quoted-span.ts'
import { type TaskDraft, taskDraftSchema } from './request.ts'
import type { FollowUp } from './task.ts'

/** What can be missing. */
export type AssignmentField = 'role' | 'title' | AssignmentKey

/** An assignment as far as it was said and understood. */
export interface Assignment {
  role: string | null
  draft: AssignmentDraft
  /** What could not be read: a sentence for each, which names the key and says how to mend it. */
  problems: string[]
  /** What those problems are about. */
  unread: AssignmentField[]
  /** What has to be said before it can be filed, or said again. Empty when it is complete. */
  missing: AssignmentField[]
}

export interface ReadingOptions extends KnownNames {
  /** What a text without a key in front is: a role and a title, or what was asked for. */
  asked?: AssignmentField
  /** The role that is meant when none is named. */
  defaultRole?: string | null
}

/** Tasks in a row are at most eight. */
const mostFollowUps = 7
/** Side by side. */
const mostBeside = 4
const mostSteps = 8
const once: readonly AssignmentKey[] = ['prep', 'qa', 'priority', 'ack', 'due', 'about', 'budget']

/** The names that the ledger gives what is said under a key. */
const most = { acceptance_criteria: 20, verification: mostSteps, after: 20, context: 20 } as const
const keyOfList = { acceptance_criteria: 'accept', verification: 'verify', after: 'after', context: 'context' } as const

/**
 * Reads what stands behind `!assign`: a role, a title, and keys with their values in any order, on one line or several. Never throws;
 * what is off is told in `problems` and left out of the draft. Takes linear time.
 */
export function readAssignment(text: string, options: ReadingOptions): Assignment {
  const { asked = 'role' } = options
  const words = forMatching(text).trim()
  const isKey = asked !== 'role' && asked !== 'title'
  const cut = cutAssignment(words)
  const { head, parts, strays } = isKey && cut.head !== '' ? cutAssignment(`${asked}: ${words}`) : cut
  const found: Assignment = { role: null, draft: {}, problems: [], unread: [], missing: [] }
  readHead(head, found, options)
  for (const { said, meant } of strays) {
    complain(
      found,
      meant,
      `${said}: is no key; did you mean ${meant}:? If it is text, put quotation marks around all of it.`,
    )
  }
  const row: (FollowUp | null)[] = []
  const seen = new Set<AssignmentKey>()
  for (const { key, text } of parts) {
    if (once.includes(key) && seen.has(key)) complain(found, key, `${key}: is there twice; say it once.`)
    else {
      const problem = readPart(key, text, found.draft, row, options)
      if (problem !== null) complain(found, key, problem)
    }
    seen.add(key)
  }
  const inRow = row.filter((one) => one !== null)
  if (inRow.length > mostFollowUps) complain(found, 'then', `then: at most ${mostFollowUps} tasks can follow.`)
  else if (inRow.length > 0 && inRow.length < row.length)
    complain(found, 'then', 'then: nothing and something; say one of them.')
  else if (row.length > 0) found.draft.on_complete = chained(inRow)
  return checked(found)
}

/**
 * An assignment and what was said about it later: a later value takes the place of an earlier one, further criteria and context are
 * added. The problems are those of `more`.
 */
export function mergeAssignment(earlier: Assignment, more: Assignment): Assignment {
  const [before, after] = [earlier.draft, more.draft]
  const draft = { ...before, ...after }
  const title = before.title ?? after.title
  if (title !== undefined) draft.title = title
  for (const list of ['acceptance_criteria', 'context'] as const) {
    const both = [...(before[list] ?? []), ...(after[list] ?? [])]
    if (both.length > 0) draft[list] = [...new Set(both)]
  }
  if (before.sla !== undefined || after.sla !== undefined) draft.sla = { ...before.sla, ...after.sla }
  return checked({
    role: more.role ?? earlier.role,
    draft,
    problems: [...more.problems],
    unread: [...earlier.unread.filter((field) => !isSaid(field, more)), ...more.unread],
    missing: [],
  })
}

/** The draft of a complete assignment. Throws when something is missing. */
export function draftOf({ role, draft }: Assignment): TaskDraft {
  const { qa: _, review: __, also: ___, ...said } = draft
  const on_complete = followUpsOf(draft)
  const verification = stepsOf(draft)
  return taskDraftSchema.parse({
    role,
    ...said,
    verification,
    ...(on_complete === undefined ? {} : { on_complete }),
  })
}

/** Whether an assignment says something of its own about a field. */
function isSaid(field: AssignmentField, { role, draft }: Assignment): boolean {
  switch (field) {
    case 'role':
      return role !== null
    case 'accept':
      return draft.acceptance_criteria !== undefined
    case 'verify':
      return draft.verification !== undefined
    case 'ack':
      return draft.sla?.ack_within_seconds !== undefined
    case 'due':
      return draft.sla?.complete_within_minutes !== undefined
    case 'about':
      return draft.description !== undefined
    case 'then':
      return draft.on_complete !== undefined
    case 'else':
      return draft.on_fail !== undefined
    case 'prep':
    case 'qa':
    case 'review':
    case 'also':
    case 'title':
    case 'priority':
    case 'after':
    case 'context':
    case 'budget':
      return draft[field] !== undefined
    default:
      return field satisfies never
  }
}

/** With what is too long or too often refused, and with all that is missing named. */
function checked(assignment: Assignment): Assignment {
  const draft = { ...assignment.draft }
  const whole = { ...assignment, draft, problems: [...assignment.problems], unread: [...assignment.unread] }
  for (const list of Object.keys(most) as (keyof typeof most)[]) {
    if ((draft[list]?.length ?? 0) <= most[list]) continue
    delete draft[list]
    complain(whole, keyOfList[list], `${keyOfList[list]}: can be said ${most[list]} times at most.`)
  }
  // Said behind different keys, they are still the steps and the followers of one task.
  for (const key of ['review', 'qa'] as const) {
    if (draft[key] === undefined || stepsOf(draft).length <= mostSteps) continue
    delete draft[key]
    complain(whole, key, `${key}: with it there are more than ${mostSteps} steps to verify.`)
  }
  if ((followUpsOf(draft)?.length ?? 0) > mostBeside) {
    delete draft.also
    complain(whole, 'also', `also: at most ${mostBeside} tasks can follow side by side.`)
  }
  if ((draft.on_fail?.length ?? 0) > mostBeside) {
    delete draft.on_fail
    complain(whole, 'else', `else: can be said ${mostBeside} times at most.`)
  }
  if ((draft.description?.length ?? 0) > 4_000) {
    delete draft.description
    complain(whole, 'about', 'about: has more than 4000 characters; put the rest where a link can point to.')
  }
  const needed = (['role', 'title', 'accept'] as const).filter((field) => !isSaid(field, whole))
  return { ...whole, missing: [...new Set([...needed, ...whole.unread])] }
}

function complain(found: Assignment, field: AssignmentField, problem: string): void {
  found.problems.push(problem)
  found.unread.push(field)
}

/** The role, the title, and what stands on the lines below, which describes the task. */
function readHead(head: string, found: Assignment, options: ReadingOptions): void {
  const [first = '', ...below] = readRole(head, found, options).trim().split('\n')
  const title = unquoted(withoutSemicolons(first)).replace(/\s+/g, ' ').trim()
  if (title.length > 200)
    complain(found, 'title', `The title has ${title.length} characters; 200 is the most. Put the rest behind about:.`)
  else if (title !== '') found.draft.title = title
  const description = below.join('\n').trim()
  if (description !== '') found.draft.description = description
}

/** Takes the role from the front; returns what is left. */
function readRole(head: string, found: Assignment, { asked, defaultRole = null, roles }: ReadingOptions): string {
  if (asked === 'title') return head
  found.role = defaultRole
  const [, word = '', rest = ''] = head.match(/^(\S+)\s*(.*)$/s) ?? []
  if (word === '' || /^["“]/.test(word)) return head
  const name = word
    .replace(/^@/, '')
    .replace(/[:,;]$/, '')
    .toLowerCase()
  const role = roleNamed(name, roles)
  if (role !== null) {
    found.role = role
    return rest
  }
  if (defaultRole !== null) return head
  complain(found, 'role', `There is no${unknownRole(name, roles).slice('there is no'.length)}`)
  // The first word of a title without a role must not be lost, and a mistyped role must not become one.
  return nearRole(name, roles) === null ? '' : rest
}
