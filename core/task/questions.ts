import type { Assignment, AssignmentField } from './assignment.ts'
import type { AssignmentDraft } from './assignment-draft.ts'
import { exampleOf } from './assignment-values.ts'
import { quoted } from './wording.ts'

/** How an answer is given where the question is asked: to the desk by its name, in a line alone, or as a command. */
export type AnswerWay = 'by-name' | 'alone' | 'command'

const someTitle = 'Add rate limiting'

/**
 * Asks for what is missing, in one line: what could not be read and how to mend it, what else there has to be, and an answer as an
 * example. `someRole` is a role to show where none is known. An answer without a key is about `missing[0]`.
 */
export function questionAbout(assignment: Assignment, way: AnswerWay, someRole: string): string {
  const [asked] = assignment.missing
  const { problems } = assignment
  const unread = problems.slice(0, 2)
  const question = asked === undefined ? null : questionFor(asked, assignment)
  const example = asked === undefined ? [] : [`For example: ${exampleFor(asked, assignment, way, someRole)}`]
  return [...unread, ...(question === null ? [] : [question]), ...example].join(' ')
}

function questionFor(asked: AssignmentField, { role, draft, missing, problems }: Assignment): string | null {
  const title = draft.title === undefined ? 'it' : quoted(draft.title, 80)
  const andWhat = missing.includes('title') ? `,${missing.includes('accept') ? '' : ' and'} what is to be done` : ''
  const andWhen = missing.includes('accept') ? ', and what must be true when it is done' : ''
  if (asked === 'role') return `Who is ${title} for${andWhat}${andWhen}?`
  if (asked === 'title') return `What is ${role} to do${andWhen}?`
  if (asked === 'accept') return `What must be true when ${title} is done?`
  // What is wrong with it was said.
  return problems.length > 0 ? null : `${asked}: has to be said again.`
}

function exampleFor(asked: AssignmentField, { role, missing }: Assignment, way: AnswerWay, someRole: string): string {
  const accept = missing.includes('accept') ? ` accept: ${exampleOf('accept')}` : ''
  if (asked === 'role' && missing.includes('title')) return `!assign ${someRole} "${someTitle}"${accept}`
  if (asked === 'role') return answered(way, someRole, `${someRole}${accept}`)
  if (asked === 'title') return answered(way, `${someTitle}${accept}`, `${role} "${someTitle}"${accept}`)
  return answered(way, exampleOf(asked), `${asked}: ${exampleOf(asked)}`)
}

function answered(way: AnswerWay, bare: string, asCommand: string): string {
  if (way === 'command') return `!assign ${asCommand}`
  return way === 'by-name' ? `breakroom: ${bare}` : bare
}

/**
 * A refusal of what was filed, with how it is mended: it is kept. `path` says what the refusal is about, in the words of the draft that
 * was made of `said`.
 */
export function mendHint(sentence: string, path: unknown, said: AssignmentDraft): string {
  const [name = '', index = ''] = typeof path === 'string' ? path.split('.') : []
  const field = keyOf(name, Number(index), said)
  const how = field === null ? '!assign <key>: <value>' : `!assign ${field}`
  return `${sentence} Nothing is filed yet: "${how}" mends it, "!assign cancel" drops it.`
}

/** What is said again to mend it: the key behind which it was said. */
function keyOf(name: string, index: number, { verification = [], qa, on_complete }: AssignmentDraft): string | null {
  switch (name) {
    case 'role':
      return '<role>'
    case 'acceptance_criteria':
      return 'accept: ...'
    case 'after':
    case 'prep':
      return `${name}: ...`
    case 'verification':
      if (!(index >= verification.length)) return 'verify: ...'
      return index === verification.length && qa !== undefined ? 'qa: ...' : 'review: ...'
    case 'on_complete':
      return on_complete !== undefined && index >= on_complete.length ? 'also: ...' : 'then: ...'
    case 'on_fail':
      return 'else: ...'
    default:
      return null
  }
}
