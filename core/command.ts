import type { Action } from './authority.ts'
import { forMatching, oneLine } from './clean-text.ts'
import { closest } from './closest.ts'

interface Argument {
  name: string
  /** `room` is a word with a leading `#`, `role` a name as people write it, `text` the rest of the line as it stands. */
  kind: 'word' | 'room' | 'role' | 'text'
  optional?: boolean
}

interface Verb {
  verb: string
  args: readonly Argument[]
  /** What it does, after "it". */
  does: string
  action: Action
  /** What it is without its role: the same for the whole fleet. */
  fleetAction?: Action
  /** Its argument is a secret: in a DM it counts without the prefix, so that the secret is never taken for talk. */
  secret?: boolean
}

/** Every command there is, in the order that help shows. A new one is a new row. */
export const verbs = [
  {
    verb: 'help',
    args: [{ name: 'verb', kind: 'word', optional: true }],
    does: 'says what I can do',
    action: 'command.help',
  },
  { verb: 'agents', args: [], does: 'lists the roles and who is here', action: 'command.agents' },
  { verb: 'status', args: [], does: 'says how the house is', action: 'command.status' },
  {
    verb: 'say',
    args: [
      { name: 'room', kind: 'room', optional: true },
      { name: 'text', kind: 'text' },
    ],
    does: 'says it in that room, or in this one',
    action: 'command.say',
  },
  {
    verb: 'ping',
    args: [{ name: 'role', kind: 'role' }],
    does: 'goes all the way to the role and back, and says how long it took',
    action: 'command.ping',
  },
  {
    verb: 'stop',
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'stops a role, or the whole fleet, within two seconds',
    action: 'command.stop',
    fleetAction: 'command.stop-fleet',
  },
  {
    verb: 'resume',
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'lets a stopped role, or the whole fleet, go on',
    action: 'command.resume',
    fleetAction: 'command.resume-fleet',
  },
  { verb: 'whoami', args: [], does: 'says who you are to me and what you may do', action: 'command.whoami' },
  {
    verb: 'login',
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
  /** The role that a DM speaks to; it is meant where a role is left out. */
  role?: string
}

/**
 * Reads a command. Null when the text is none: talk, or a lone `!`, `!!!`, `!?`, `! wow`. Verbs are matched exactly in ASCII, case
 * ignored; arguments may go on in following lines and be quoted ("two words").
 */
export function parseCommand(text: string, options: CommandOptions = {}): Parsed | null {
  const { prefix = '!', prefixOptional = false, role = null } = options
  const line = forMatching(text).trim()
  const prefixed = line.startsWith(prefix)
  if (!prefixed && !prefixOptional) return null
  const [, head = '', rest = ''] = (prefixed ? line.slice(prefix.length) : line).match(/^(\S*)(.*)$/s) ?? []
  const word = withoutEnd(head)
  const verb = verbNamed(word)
  if (!prefixed && (verb === null || !countsAlone(verb, rest))) return null
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
      'Speak to a role with "cto: ..." or "@cto ...", or write to it alone.',
      `Commands: ${verbs.map((verb) => usage(verb, prefix)).join(', ')}.`,
      `${prefix}help <verb> says more.`,
    ]
  }
  const word = about.startsWith(prefix) ? about.slice(prefix.length) : about
  const verb = verbNamed(word)
  if (verb !== null) return [`${usage(verb, prefix)}: ${verb.does}.`]
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

function countsAlone(verb: Verb, rest: string): boolean {
  const words = rest.trim() === '' ? 0 : rest.trim().split(/\s+/, 2).length
  return words === 0 || (words === 1 && verb.secret === true)
}

function readArguments(verb: Verb, rest: string, defaultRole: string | null, prefix: string): Parsed {
  const args: Record<string, string | null> = {}
  let left = rest.trim()
  for (const argument of verb.args) {
    const taken = take(argument, left)
    if (taken === 'unclosed') return { problem: 'A quotation mark is not closed.' }
    const value = taken?.value ?? (argument.kind === 'role' ? defaultRole : null)
    if (value === null && argument.optional !== true) return { problem: `Use it like this: ${usage(verb, prefix)}.` }
    args[argument.name] = value
    left = taken?.left ?? left
  }
  if (left !== '') return { problem: `Use it like this: ${usage(verb, prefix)}.` }
  const forFleet = verb.fleetAction !== undefined && args.role === null
  const action = forFleet ? verb.fleetAction : verb.action
  // The table's rows and the type are made from the same `verbs`; what was read above follows the row.
  return { verb: verb.verb, args, action } as Command
}

/** The value of one argument from the front of `text` and what is left, or null when it is not there. */
function take(argument: Argument, text: string): { value: string; left: string } | 'unclosed' | null {
  if (text === '') return null
  if (argument.kind === 'text') {
    const whole = text.match(/^"((?:[^"\\]|\\.)*)"$/s)
    return { value: whole?.[1] === undefined ? text : unescaped(whole[1]), left: '' }
  }
  if (argument.kind === 'room' && !text.startsWith('#')) return null
  if (text.startsWith('"')) {
    const quoted = text.match(/^"((?:[^"\\]|\\.)*)"(?:\s+|$)/s)
    return quoted ? { value: unescaped(quoted[1] ?? ''), left: text.slice(quoted[0].length) } : 'unclosed'
  }
  const [, word = '', left = ''] = text.match(/^(\S+)\s*(.*)$/s) ?? []
  if (argument.kind === 'room') return word === '#' ? null : { value: word.slice(1), left }
  return { value: argument.kind === 'role' ? asRole(word) : word, left }
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

function usage(verb: Verb, prefix: string): string {
  const args = verb.args.map(({ name, kind, optional }) => {
    const shown = kind === 'room' ? `#${name}` : name
    return optional ? `[${shown}]` : `<${shown}>`
  })
  return [prefix + verb.verb, ...args].join(' ')
}
