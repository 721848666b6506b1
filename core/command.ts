import type { Action } from './authority.ts'
import { forMatching, oneLine } from './clean-text.ts'
import { closest } from './closest.ts'
import { asQuestionLabel, noQuestionSentence } from './knowledge/label.ts'
import { asLabel, noTaskSentence } from './task/label.ts'
import { type Argument, type knowledge, type tasks, usage, type Verb, verbNamed, verbs } from './verbs.ts'

type AnyVerb = (typeof verbs)[number]
type ArgumentsOf<V extends AnyVerb> = {
  [A in V['args'][number] as A['name']]: A extends { optional: true } ? string | null : string
}

/** A command that was understood: one shape per verb, so that a `switch` over `verb` knows its `args`. */
export type Command = {
  [V in AnyVerb as V['verb']]: { verb: V['verb']; args: ArgumentsOf<V>; action: Action }
}[AnyVerb['verb']]

/** The one about dead letters. */
type LetterCommand = Extract<Command, { verb: 'dlq' }>

/** Those about tasks. */
export type TaskCommand = Exclude<
  Extract<Command, { verb: Extract<AnyVerb, { about: typeof tasks }>['verb'] }>,
  LetterCommand
>

/** Those about questions and answers. */
export type KnowledgeCommand = Exclude<
  Extract<Command, { verb: Extract<AnyVerb, { about: typeof knowledge }>['verb'] }>,
  { verb: 'decide' | 'pattern' }
>

export type Parsed =
  | Command
  /** No such verb; the nearest one, or null. */
  | { unknown: string; suggestion: string | null }
  /** A verb, but not as it is used: a sentence for people. */
  | { problem: string }

export interface CommandOptions {
  /** What commands begin with; `!` by default. */
  prefix?: string
  /** In a DM: a verb alone (`help`) counts too. */
  prefixOptional?: boolean
  /** Said to the desk, which has no talk: a verb with its arguments counts without the prefix too. */
  toDesk?: boolean
  /** The role that a DM speaks to; it is meant where a role is left out. */
  role?: string
  /** The label of the task that a thread is about; it is meant where a task is left out. */
  task?: string
}

/**
 * Reads a command. Null when the text is none: talk, or a lone `!`, `!!!`, `!?`, `! wow`. Verbs are matched exactly in ASCII, case
 * ignored; arguments may go on in following lines and be quoted ("two words").
 */
export function parseCommand(text: string, options: CommandOptions = {}): Parsed | null {
  const { prefix = '!', prefixOptional = false, toDesk = false, role = null, task = null } = options
  const line = forMatching(text).trim()
  const prefixed = line.startsWith(prefix)
  if (!prefixed && !prefixOptional && !toDesk) return null
  const [, head = '', rest = ''] = (prefixed ? line.slice(prefix.length) : line).match(/^(\S*)(.*)$/s) ?? []
  const word = withoutEnd(head)
  const verb = verbNamed(word)
  if (!prefixed && (verb === null || !countsUnprefixed(verb, rest, toDesk))) return null
  if (!/^\p{L}/u.test(word)) return null
  if (verb === null) {
    // A full-width or styled verb is not understood, but what it was meant to be is plain.
    const suggestion = closest(
      word.slice(0, 100).normalize('NFKC'),
      verbs.map(({ verb }) => verb),
    )
    return { unknown: oneLine(word, 40), suggestion }
  }
  return readArguments(verb, rest, { role, task }, prefix)
}

function countsUnprefixed(verb: Verb, rest: string, toDesk: boolean): boolean {
  const words = rest.trim() === '' ? 0 : rest.trim().split(/\s+/, 2).length
  if (verb.secret === true) return words < 2
  return toDesk || words === 0
}

/** What is meant where it is left out. */
interface Defaults {
  role: string | null
  task: string | null
}

function readArguments(verb: Verb, rest: string, defaults: Defaults, prefix: string): Parsed {
  const args: Record<string, string | null> = {}
  const wrong = { problem: `Use it like this: ${usage(verb, prefix)}.` }
  let left = rest.trim()
  for (const [index, argument] of verb.args.entries()) {
    args[argument.name] = null
    if (argument.insteadOf !== undefined && args[argument.insteadOf] !== null) continue
    const isLast = index === verb.args.length - 1
    const meant = meantBy(argument, verb, left, defaults)
    const label = labels[argument.kind]
    const taken = label === undefined ? take(argument, left) : takeLabel(label, argument, left, isLast, meant)
    if (taken !== null && 'problem' in taken) return taken
    const value = taken?.value ?? meant
    if (value === null && argument.optional !== true) return wrong
    args[argument.name] = value
    left = taken?.left ?? left
  }
  if (left !== '') return wrong
  const forFleet = verb.fleetAction !== undefined && args.role === null
  const action = forFleet ? verb.fleetAction : verb.action
  // The table's rows and the type are made from the same `verbs`; what was read above follows the row.
  return { verb: verb.verb, args, action } as Command
}

/** What is meant when this argument is left out. Words that stand for another argument instead of it are no reason to mean it. */
function meantBy({ name, kind }: Argument, { args }: Verb, left: string, { role, task }: Defaults): string | null {
  if (kind === 'role') return role
  if (kind !== 'task') return null
  return left !== '' && args.some(({ insteadOf }) => insteadOf === name) ? null : task
}

/** The front of what is left, and the rest; null when the argument is not there. */
type Taken = { value: string; left: string } | { problem: string } | null

function take(argument: Argument, text: string): Taken {
  if (text === '') return null
  if (argument.kind === 'words') return { value: text, left: '' }
  if (argument.kind === 'text') return { value: textArgument(text), left: '' }
  if (argument.kind === 'room' && !text.startsWith('#')) return null
  if (text.startsWith('"')) {
    const quoted = text.match(/^"((?:[^"\\]|\\.)*)"(?:\s+|$)/s)
    if (quoted === null) return { problem: 'A quotation mark is not closed.' }
    return { value: unescaped(quoted[1] ?? ''), left: text.slice(quoted[0].length) }
  }
  const { word, left } = firstWord(text)
  if (argument.kind === 'room') return word === '#' ? null : { value: word.slice(1), left }
  return { value: argument.kind === 'role' ? asRole(word) : word, left }
}

/** How words are read that name a task or a question, and what is said of one that does not. */
interface Label {
  as(word: string): string | null
  /** What was plainly meant as one. */
  looks: RegExp
  no(word: string): string
}

const labels: Partial<Record<Argument['kind'], Label>> = {
  task: { as: asLabel, looks: /^t-\d/i, no: noTaskSentence },
  question: { as: asQuestionLabel, looks: /^q-\d/i, no: noQuestionSentence },
}

/** A word that is no label is left to what may follow, unless it was plainly meant as one. */
function takeLabel(label: Label, { optional }: Argument, text: string, isLast: boolean, meant: string | null): Taken {
  if (text === '') return null
  const { word, left } = firstWord(text)
  const value = label.as(withoutEnd(word))
  if (value !== null) return { value, left }
  if ((optional === true || meant !== null) && !isLast && !label.looks.test(word)) return null
  return { problem: label.no(oneLine(word, 40)) }
}

function firstWord(text: string): { word: string; left: string } {
  const [, word = '', left = ''] = text.match(/^(\S+)\s*(.*)$/s) ?? []
  return { word, left }
}

/** `@CTO`, `cto:` and `cto` are the same role. */
function asRole(word: string): string {
  return withoutEnd(word.replace(/^@/, '')).toLowerCase()
}

/** `help!!!` and `cto:` without the punctuation that people end words with. A loop, because `[!?]+$` takes quadratic time. */
function withoutEnd(word: string): string {
  let end = word.length
  while (end > 0 && '!?.,:;'.includes(word.charAt(end - 1))) end--
  return word.slice(0, end)
}

/** A text at the end of a command as it is meant: without the quotation marks around all of it. */
export function textArgument(text: string): string {
  const whole = text.match(/^"((?:[^"\\]|\\.)*)"$/s)
  return whole?.[1] === undefined ? text : unescaped(whole[1])
}

function unescaped(quoted: string): string {
  return quoted.replace(/\\(["\\])/g, '$1')
}
