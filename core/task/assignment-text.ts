import { closest } from '../closest.ts'
import { quotedSpans } from './quoted-span.ts'

/** What an assignment may say beside its role and title, in the order of help. */
export const assignmentKeys = [
  'accept',
  'verify',
  'prep',
  'qa',
  'review',
  'priority',
  'ack',
  'due',
  'after',
  'about',
  'context',
  'budget',
  'then',
  'also',
  'else',
] as const
export type AssignmentKey = (typeof assignmentKeys)[number]

/** An assignment cut into its parts; each is trimmed and still has its quotation marks. */
export interface AssignmentText {
  /** What stands before the first key. */
  head: string
  parts: { key: AssignmentKey; text: string }[]
  /** Words that stand where a key would and are nearly one. */
  strays: { said: string; meant: AssignmentKey }[]
}

/** What people write for a key that is called otherwise. */
const otherNames = new Map<string, AssignmentKey>([
  ['acceptance', 'accept'],
  ['criteria', 'accept'],
  ['verification', 'verify'],
  ['check', 'verify'],
  ['checks', 'verify'],
  ['planner', 'prep'],
  ['preparation', 'prep'],
  ['tester', 'qa'],
  ['reviews', 'review'],
  ['reviewer', 'review'],
  ['reviewers', 'review'],
  ['prio', 'priority'],
  ['deadline', 'due'],
  ['depends', 'after'],
  ['description', 'about'],
  ['next', 'then'],
])

/** Too many words of prose are near to these: only they themselves are meant. */
const neverNear: ReadonlySet<string> = new Set(['prep', 'qa', 'review', 'also', 'else'])

/** Values that are a task to follow, with its settings in brackets. */
const followUps: ReadonlySet<string> = new Set(['then', 'also', 'else'])
/** Values that are free text: a word with a colon in one is text, and only a separator ends it. */
const prose: ReadonlySet<string> = new Set(['accept', 'about', 'context', 'stray', ...followUps])

const letter = /[A-Za-z]/
const keyWord = /([A-Za-z][A-Za-z_-]{0,19})[^\S\n]?:(?!\/\/)/y
const brackets = /\(\s{0,9}(?:accept|verify|priority|about)\s?:/iy

/**
 * Cuts an assignment at its keys. A key stands at the beginning, at the beginning of a line, behind `;` and behind a quoted title;
 * one that is written exactly, with white space behind its colon, also ends a title that is not quoted, and values that are not
 * free text. What stands in quotation marks, in backticks or in the brackets of a follow-up is never cut, and any other colon or
 * semicolon is text. Takes linear time.
 */
export function cutAssignment(text: string): AssignmentText {
  const cut: AssignmentText = { head: '', parts: [], strays: [] }
  const endOfSpan = quotedSpans(text)
  let current = 'head' as AssignmentKey | 'head' | 'stray'
  let from = 0
  let depth = 0
  let at = keyAt(0, 0, true) ?? 0

  while (at < text.length) {
    const end = endOfSpan(at)
    const character = text.charAt(at)
    if (end !== null) at = (current === 'head' ? keyAt(end, end, character !== '`') : null) ?? end
    else if (depth > 0 || (followUps.has(current) && character === '(' && matchAt(brackets, text, at) !== null)) {
      depth += character === '(' ? 1 : character === ')' ? -1 : 0
      at++
    } else if (character === ';' || character === '\n') at = keyAt(at + 1, at, true) ?? at + 1
    else if (!prose.has(current) && /\s/.test(character)) at = keyAt(at + 1, at, false) ?? at + 1
    else at++
  }
  close(text.length)
  return cut

  /**
   * Begins a new part when a key stands at `start`, and returns where its value begins; the part before ends at `before`. `expected`
   * says that a word with a colon can hardly be anything else there.
   */
  function keyAt(start: number, before: number, expected: boolean): number | null {
    let wordAt = start
    while (expected && isBlank(text.charAt(wordAt))) wordAt++
    if (!letter.test(text.charAt(wordAt))) return null
    const [whole, said] = matchAt(keyWord, text, wordAt) ?? []
    if (whole === undefined || said === undefined) return null
    const end = wordAt + whole.length
    const key = assignmentKeys.find((one) => one === said.toLowerCase())
    const meant = key ?? (expected ? meantBy(said.toLowerCase()) : null)
    if (meant === null || (!expected && !/^\s?$/.test(text.charAt(end)))) return null
    close(before)
    current = key ?? 'stray'
    if (key === undefined) cut.strays.push({ said, meant })
    from = end
    return end
  }

  function close(end: number): void {
    const value = withoutSemicolons(text.slice(from, end))
    if (current === 'head') cut.head = value
    else if (current !== 'stray') cut.parts.push({ key: current, text: value })
  }
}

/** The key that a word was probably meant to be. Short words are near to too many others. */
function meantBy(word: string): AssignmentKey | null {
  const near = assignmentKeys.filter((key) => !neverNear.has(key))
  return otherNames.get(word) ?? (closest(word, near, word.length < 8 ? 1 : 2) as AssignmentKey | null)
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}

/** Trimmed, without the semicolons at its end. A loop, because `[;\s]+$` takes quadratic time. */
export function withoutSemicolons(text: string): string {
  let end = text.length
  while (end > 0 && /[;\s]/.test(text.charAt(end - 1))) end--
  return text.slice(0, end).trimStart()
}
