import { parseArgs } from 'node:util'
import { closest } from '../core/closest.ts'
import { BreakroomError, sentenceOf } from '../core/errors.ts'
import { assignmentKeys } from '../core/task/assignment-text.ts'

interface Shape {
  /** What the one word is that may follow. */
  word?: string
  /** What all words after it are together. */
  rest?: string
  /** Whether a program may follow, after "--". */
  program?: true
  options?: readonly OptionName[]
}

/** Options that only some commands take; all take --json, --help and --version. What is `multiple` may be given again and again. */
const options = {
  lines: { type: 'string', short: 'n' },
  role: { type: 'string' },
  'reports-to': { type: 'string' },
  all: { type: 'boolean' },
  last: { type: 'boolean' },
  accept: { type: 'string', multiple: true },
  verify: { type: 'string', multiple: true },
  prep: { type: 'string' },
  qa: { type: 'string' },
  review: { type: 'string', multiple: true },
  priority: { type: 'string' },
  ack: { type: 'string' },
  due: { type: 'string' },
  after: { type: 'string', multiple: true },
  // biome-ignore lint/suspicious/noThenProperty: it is what people write, and no function.
  then: { type: 'string', multiple: true },
  'no-then': { type: 'boolean' },
  also: { type: 'string', multiple: true },
  else: { type: 'string', multiple: true },
  about: { type: 'string' },
  context: { type: 'string', multiple: true },
  budget: { type: 'string' },
  room: { type: 'string' },
  name: { type: 'string' },
  http: { type: 'string' },
  'no-input': { type: 'boolean' },
  access: { type: 'string', multiple: true },
  only: { type: 'string', multiple: true },
  branch: { type: 'string' },
  staged: { type: 'boolean' },
  force: { type: 'boolean' },
  days: { type: 'string' },
} as const
type OptionName = keyof typeof options
type ValueOf<O> = O extends { type: 'boolean' } ? boolean : O extends { multiple: true } ? string[] : string

/** Every command, and what may follow it. A new one is a new row. */
const commands = {
  up: {},
  run: { word: 'part', options: ['role'] },
  doctor: {},
  status: {},
  sweep: { options: ['last'] },
  tail: { options: ['lines', 'all'] },
  'roles check': {},
  'roles new': { word: 'name', options: ['reports-to'] },
  'slack init': { options: ['role', 'name', 'http', 'no-input'] },
  'slack manifest': { options: ['role', 'name', 'http'] },
  people: {},
  'people login': {},
  assign: {
    word: 'role',
    rest: 'title',
    options: [...assignmentKeys, 'no-then', 'room'],
  },
  tasks: { word: 'role', options: ['all'] },
  task: { word: 'task' },
  why: { word: 'task' },
  dlq: { word: 'what', rest: 'words', options: ['all'] },
  state: {},
  'state status': {},
  'state compare': {},
  'state metrics': { word: 'role', options: ['days'] },
  'state export': { word: 'file', options: ['force'] },
  'state import': { word: 'file' },
  'state rebuild': {},
  evidence: { program: true, options: ['role'] },
  'evidence check': { program: true, options: ['role', 'staged'] },
  'evidence hook': { program: true, options: ['role'] },
  ask: { word: 'question', rest: 'words' },
  'corpus add': { word: 'folder', options: ['name', 'access', 'only', 'branch'] },
  'corpus status': {},
  'corpus remove': { word: 'name' },
  'corpus reindex': { word: 'name' },
  stop: { word: 'role' },
  resume: { word: 'role' },
  help: { word: 'command' },
  version: {},
} as const satisfies Record<string, Shape>
type CommandName = keyof typeof commands

/** A command line that was understood. */
export interface Invocation {
  command: CommandName
  word: string | undefined
  /** The words after it, joined. */
  rest: string | undefined
  /** The program after "--", word by word, of a command that takes one. */
  program?: readonly string[]
  options: { [O in OptionName]?: ValueOf<(typeof options)[O]> }
}

/** Reads a command line; null when it is empty. Throws `usage` with what was probably meant. */
export function readInvocation(argv: readonly string[]): Invocation | null {
  const { words, behind, values } = parse(argv)
  const { help, version, json: _, ...given } = values
  const nothing = { word: undefined, rest: undefined, options: {} }
  if (help || version) return { command: help ? 'help' : 'version', ...nothing }
  if (words.length === 0 && behind.length === 0) return null
  const command = commandOf(words.length === 0 ? behind : words)
  const shape: Shape = commands[command]
  const [word, ...others] = (shape.program === true ? words : [...words, ...behind]).slice(command.split(' ').length)
  const tooMuch = shape.word === undefined ? word : shape.rest === undefined ? others[0] : undefined
  if (tooMuch !== undefined) {
    const most = shape.word === undefined ? 'nothing more' : `one ${shape.word} at most`
    throw usage(`${command} takes ${most}; "${tooMuch}" is one too many.`)
  }
  for (const option of Object.keys(given) as OptionName[]) {
    if (shape.options?.includes(option)) continue
    const meant = shape.word === option && word === undefined ? `breakroom ${command} ${given[option]}` : null
    throw usage(`${command} takes no ${written(option)}. ${meant === null ? seeHelp : `Did you mean "${meant}"?`}`)
  }
  const rest = others.length === 0 ? undefined : others.join(' ')
  return { command, word, rest, options: given, ...(shape.program === true ? { program: behind } : {}) }
}

const seeHelp = 'See breakroom --help.'

/** The words before "--" and those behind it, which are never options. */
function parse(argv: readonly string[]) {
  try {
    const { positionals, values, tokens } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      tokens: true,
      options: {
        ...options,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    })
    const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? argv.length
    const before = tokens.filter(({ kind, index }) => kind === 'positional' && index < end).length
    return { words: positionals.slice(0, before), behind: positionals.slice(before), values }
  } catch (cause) {
    throw new BreakroomError('usage', `${sentenceOf(cause).split('. ')[0]}. ${seeHelp}`, { cause })
  }
}

function commandOf([first = '', second]: string[]): CommandName {
  const both = `${first} ${second}`
  if (isCommand(both)) return both
  const names = Object.keys(commands)
  const longer = names.filter((name) => name.startsWith(`${first} `))
  if (isCommand(first) && (second === undefined || longer.length === 0)) return first
  if (longer.length > 0 && second === undefined) throw usage(`There is ${longer.join(' and ')}. ${seeHelp}`)
  const [tried, candidates] =
    longer.length > 0 ? [both, longer] : [first, names.map((name) => name.split(' ')[0] ?? '')]
  const near = closest(tried, candidates)
  throw usage(`There is no command "${tried}". ${near === null ? seeHelp : `Did you mean ${near}?`}`)
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

function written(option: OptionName): string {
  return 'short' in options[option] ? `-${options[option].short}` : `--${option}`
}

function usage(message: string): BreakroomError {
  return new BreakroomError('usage', message)
}
