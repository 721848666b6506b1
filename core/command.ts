import type { Action } from './authority.ts'
import { forMatching, oneLine } from './clean-text.ts'
import { closest } from './closest.ts'
import { asLabel, noTaskSentence } from './task/label.ts'

interface Argument {
  name: string
  /**
   * `room` is a word with a leading `#`, `role` a name as people write it, `task` a label, `text` the rest of the line, and
   * `words` the same with its quotation marks.
   */
  kind: 'word' | 'room' | 'role' | 'task' | 'text' | 'words'
  optional?: boolean
  /** It may only be there when the argument of this name is not. */
  insteadOf?: string
  /** How help shows it, where its name says too little. */
  shown?: string
}

const talk = 'Talk'
const tasks = 'Tasks'
const house = 'House'

interface Verb {
  verb: string
  /** Under which heading help shows it. */
  about: typeof talk | typeof tasks | typeof house
  args: readonly Argument[]
  /** What it does, after "it". */
  does: string
  action: Action
  /** What it is without its role: the same for the whole fleet. */
  fleetAction?: Action
  /** A whole one as people write it, after the prefix. */
  example?: string
  /** Its argument is a secret: in a DM it counts without the prefix, so that the secret is never taken for talk. */
  secret?: boolean
}

/** Every command there is, in the order that help shows. A new one is a new row. */
export const verbs = [
  {
    verb: 'say',
    about: talk,
    args: [
      { name: 'room', kind: 'room', optional: true },
      { name: 'text', kind: 'text' },
    ],
    does: 'says it in that room, or in this one',
    action: 'command.say',
  },
  {
    verb: 'ping',
    about: talk,
    args: [{ name: 'role', kind: 'role' }],
    does: 'goes all the way to the role and back, and says how long it took',
    action: 'command.ping',
  },
  {
    verb: 'assign',
    about: tasks,
    args: [{ name: 'text', kind: 'words', optional: true, shown: '<role> "<title>" accept: <what is then true>' }],
    does: 'gives a role a task; I ask for what is missing',
    action: 'task.assign',
    example:
      'assign cto "Add rate limiting" accept: 429 after 100 requests a minute; verify: `npm test`; priority: high; due: 60m; after: t-12; then: cso "Review {task_id}"',
  },
  {
    verb: 'tasks',
    about: tasks,
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'lists the tasks that are not over, of one role or of all',
    action: 'task.see',
  },
  {
    verb: 'task',
    about: tasks,
    args: [{ name: 'task', kind: 'task' }],
    does: 'tells all about one task',
    action: 'task.see',
  },
  {
    verb: 'claim',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'role', kind: 'role', optional: true, insteadOf: 'task' },
    ],
    does: 'takes the task, or the next one of the role, as yours to work on',
    action: 'task.work',
  },
  {
    verb: 'ack',
    about: tasks,
    args: [{ name: 'task', kind: 'task', optional: true }],
    does: 'says that the task was seen',
    action: 'task.work',
  },
  {
    verb: 'start',
    about: tasks,
    args: [{ name: 'task', kind: 'task', optional: true }],
    does: 'says that work on it goes on',
    action: 'task.work',
  },
  {
    verb: 'note',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'text', kind: 'text' },
    ],
    does: 'adds a note to the task',
    action: 'task.work',
  },
  {
    verb: 'block',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'reason', kind: 'text' },
    ],
    does: 'says that the task is stuck, and on what',
    action: 'task.work',
  },
  {
    verb: 'done',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'result', kind: 'text', optional: true },
    ],
    does: 'hands the result in; it is done when it was verified',
    action: 'task.work',
  },
  {
    verb: 'approve',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'comment', kind: 'text', optional: true },
    ],
    does: 'says yes to the result that waits for you',
    action: 'task.approve',
  },
  {
    verb: 'reject',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'reason', kind: 'text' },
    ],
    does: 'sends the result back, with the reason',
    action: 'task.approve',
  },
  {
    verb: 'reassign',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'role', kind: 'role' },
    ],
    does: 'gives the task to another role',
    action: 'task.change',
  },
  {
    verb: 'cancel',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'reason', kind: 'text', optional: true },
    ],
    does: 'ends the task, and those that wait for it',
    action: 'task.change',
  },
  {
    verb: 'help',
    about: house,
    args: [{ name: 'verb', kind: 'word', optional: true }],
    does: 'says what I can do',
    action: 'command.help',
  },
  { verb: 'agents', about: house, args: [], does: 'lists the roles and who is here', action: 'command.agents' },
  { verb: 'status', about: house, args: [], does: 'says how the house is', action: 'command.status' },
  {
    verb: 'stop',
    about: house,
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'stops a role, or the whole fleet, within two seconds',
    action: 'command.stop',
    fleetAction: 'command.stop-fleet',
  },
  {
    verb: 'resume',
    about: house,
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'lets a stopped role, or the whole fleet, go on',
    action: 'command.resume',
    fleetAction: 'command.resume-fleet',
  },
  {
    verb: 'whoami',
    about: house,
    args: [],
    does: 'says who you are to me and what you may do',
    action: 'command.whoami',
  },
  {
    verb: 'login',
    about: house,
    args: [{ name: 'word', kind: 'text' }],
    does: 'proves who you are; only ever in a DM',
    action: 'command.login',
    secret: true,
  },
] as const satisfies readonly Verb[]

type AnyVerb = (typeof verbs)[number]
type ArgumentsOf<V extends AnyVerb> = {
  [A in V['args'][number] as A['name']]: A extends { optional: true } ? string | null : string
}

/** A command that was understood: one shape per verb, so that a `switch` over `verb` knows its `args`. */
export type Command = {
  [V in AnyVerb as V['verb']]: { verb: V['verb']; args: ArgumentsOf<V>; action: Action }
}[AnyVerb['verb']]

/** Those about tasks. */
export type TaskCommand = Extract<Command, { verb: Extract<AnyVerb, { about: typeof tasks }>['verb'] }>

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
}

/**
 * Reads a command. Null when the text is none: talk, or a lone `!`, `!!!`, `!?`, `! wow`. Verbs are matched exactly in ASCII, case
 * ignored; arguments may go on in following lines and be quoted ("two words").
 */
export function parseCommand(text: string, options: CommandOptions = {}): Parsed | null {
  const { prefix = '!', prefixOptional = false, toDesk = false, role = null } = options
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
  return readArguments(verb, rest, role, prefix)
}

/** One to three plain lines: what there is, or what one verb does. */
export function helpLines(about: string | null, prefix = '!'): string[] {
  if (about === null) {
    return [
      `Talk: say "cto: ..." or "@cto ..." in the room, or write to a role alone; ${listed(talk, prefix)}.`,
      `Tasks: ${listed(tasks, prefix)}.`,
      `House: ${listed(house, prefix)}. ${prefix}help <verb> says more.`,
    ]
  }
  const word = about.startsWith(prefix) ? about.slice(prefix.length) : about
  const verb = verbNamed(word)
  if (verb !== null) {
    const example = 'example' in verb ? [`For example: ${prefix}${verb.example}`] : []
    return [`${usage(verb, prefix)}: ${verb.does}.`, ...example]
  }
  return [
    unknownSentence(
      {
        unknown: oneLine(word, 40),
        suggestion: closest(
          word,
          verbs.map(({ verb }) => verb),
        ),
      },
      prefix,
    ),
  ]
}

/** The answer to a command that is none: did you mean. */
export function unknownSentence(parsed: Extract<Parsed, { unknown: string }>, prefix = '!'): string {
  const next = parsed.suggestion === null ? `Try ${prefix}help.` : `Did you mean ${prefix}${parsed.suggestion}?`
  return `I know no ${prefix}${parsed.unknown}. ${next}`
}

function verbNamed(word: string): (typeof verbs)[number] | null {
  return verbs.find(({ verb }) => verb === word.toLowerCase()) ?? null
}

function countsUnprefixed(verb: Verb, rest: string, toDesk: boolean): boolean {
  const words = rest.trim() === '' ? 0 : rest.trim().split(/\s+/, 2).length
  if (verb.secret === true) return words < 2
  return toDesk || words === 0
}

function readArguments(verb: Verb, rest: string, defaultRole: string | null, prefix: string): Parsed {
  const args: Record<string, string | null> = {}
  const wrong = { problem: `Use it like this: ${usage(verb, prefix)}.` }
  let left = rest.trim()
  for (const [index, argument] of verb.args.entries()) {
    args[argument.name] = null
    if (argument.insteadOf !== undefined && args[argument.insteadOf] !== null) continue
    const isLast = index === verb.args.length - 1
    const taken = argument.kind === 'task' ? takeTask(argument, left, isLast) : take(argument, left)
    if (taken !== null && 'problem' in taken) return taken
    const value = taken?.value ?? (argument.kind === 'role' ? defaultRole : null)
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

/** The front of what is left, and the rest; null when the argument is not there. */
type Taken = { value: string; left: string } | { problem: string } | null

function take(argument: Argument, text: string): Taken {
  if (text === '') return null
  if (argument.kind === 'words') return { value: text, left: '' }
  if (argument.kind === 'text') {
    const whole = text.match(/^"((?:[^"\\]|\\.)*)"$/s)
    return { value: whole?.[1] === undefined ? text : unescaped(whole[1]), left: '' }
  }
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

/** A word that is no task is left to what may follow, unless it was plainly meant as one. */
function takeTask({ optional }: Argument, text: string, isLast: boolean): Taken {
  if (text === '') return null
  const { word, left } = firstWord(text)
  const label = asLabel(withoutEnd(word))
  if (label !== null) return { value: label, left }
  if (optional === true && !isLast && !/^t-\d/i.test(word)) return null
  return { problem: noTaskSentence(oneLine(word, 40)) }
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

function unescaped(quoted: string): string {
  return quoted.replace(/\\(["\\])/g, '$1')
}

/** All verbs under one heading. */
function listed(heading: Verb['about'], prefix: string): string {
  return verbs
    .filter(({ about }) => about === heading)
    .map((verb) => usage(verb, prefix))
    .join(', ')
}

function usage(verb: Verb, prefix: string): string {
  const args = verb.args.flatMap(({ name, kind, optional, shown, insteadOf }) => {
    if (insteadOf !== undefined) return []
    const other = verb.args.find((argument) => argument.insteadOf === name)
    const names = `${kind === 'room' ? '#' : ''}${name}${other === undefined ? '' : `|${other.name}`}`
    return shown ?? (optional ? `[${names}]` : `<${names}>`)
  })
  return [prefix + verb.verb, ...args].join(' ')
}
