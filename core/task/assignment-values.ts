import { closest } from '../closest.ts'
import { didYouMean } from '../did-you-mean.ts'
import { type DirectoryEntry, roleNamed } from '../mention.ts'
import type { AssignmentKey } from './assignment-text.ts'
import { asLabel } from './label.ts'
import { quotedSpans, unquoted, withoutSpans } from './quoted-span.ts'
import { type Priority, priorities, type Step, type TaskSpec } from './task.ts'

/** What there is to name. */
export interface KnownNames {
  roles: DirectoryEntry[]
  /** Names under `checks:`. */
  checks: readonly string[]
}

/** A value that was understood, or a sentence that names its key and says how to mend it. */
export type Read<T> = { value: T } | { problem: string }

/** Uses a value that was understood; returns the problem otherwise, or null. */
export function use<T>(read: Read<T>, withValue: (value: T) => void): string | null {
  if ('problem' in read) return read.problem
  withValue(read.value)
  return null
}

const examples = new Map<AssignmentKey, string>([
  ['accept', '429 after 100 requests a minute'],
  ['verify', '`npm test`, review by cso'],
  ['prep', 'architect'],
  ['qa', 'fullstack'],
  ['review', 'cto'],
  ['priority', 'high'],
  ['ack', '60s'],
  ['due', '60m'],
  ['after', 't-12'],
  ['about', 'bursts take the gateway down'],
  ['context', 'the last burst was on Monday'],
  ['budget', '3 attempts'],
  ['then', 'cso "Review {task_id}"'],
  ['also', 'marketing "Tell what {task_id} brings"'],
  ['else', 'cso "Look at {task_id}: {reason}"'],
])

/** One good value for a key. */
export function exampleOf(key: AssignmentKey): string {
  return examples.get(key) ?? ''
}

/** The sentence about a value: `due: takes m, h or d; for example due: 60m.` Or what was probably meant, instead of an example. */
export function wrong(key: AssignmentKey, what: string, guess = ''): { problem: string } {
  return { problem: `${key}: ${what}${guess || `; for example ${key}: ${exampleOf(key)}.`}` }
}

/** Free text: whole quotation marks are taken off. A setting that has slipped into it is asked about, never swallowed. */
export function readWords(key: AssignmentKey, text: string, limit: number): Read<string> {
  const words = unquoted(text).trim()
  if (words === '') return wrong(key, 'is empty')
  if (words.length > limit) return { problem: `${key}: has ${words.length} characters; ${limit} is the most.` }
  const slipped = words === text ? settingWithin(words) : null
  if (slipped === null) return { value: words }
  return {
    problem: `Is "${slipped}" in ${key}: a setting? Put ; before it. If it is text, put quotation marks around all of it.`,
  }
}

/** One text, or several when they stand in a list of `- ` lines. */
export function readList(key: AssignmentKey, text: string, limit: number): Read<string[]> {
  const items: string[] = []
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const item = line.match(/^\s*(?:[-*•]|\d{1,2}[.)])(?:\s(.*))?$/)
    if (item !== null) items.push(item[1]?.trim() ?? '')
    else items.push(`${items.length === 0 ? '' : `${items.pop()} `}${line.trim()}`)
  }
  if (items.length === 0) return wrong(key, 'is empty')
  const read = items.map((item) => readWords(key, item, limit))
  const problem = read.find((one) => 'problem' in one)
  return problem ?? { value: read.flatMap((one) => ('value' in one ? [one.value] : [])) }
}

const slippedSetting =
  /\s((?:priority: ?(?:low|normal|high|urgent)|(?:ack|due): ?\d+ ?[smhd]|after: ?t-\d+|budget: ?(?:\$\d|\d+ attempts))(?![\w-])|(?:prep|qa): ?@?[a-z][\w-]*(?=\s*$)|verify: ?(?=\0))/i

/** A setting with a good value behind words that were not ended, as it is written; prose hardly ever has one by chance. */
function settingWithin(words: string): string | null {
  return withoutSpans(words).match(slippedSetting)?.[1]?.trim() ?? null
}

export function readPriority(text: string): Read<Priority> {
  const priority = priorities.find((one) => one === unquoted(text).toLowerCase())
  if (priority !== undefined) return { value: priority }
  return wrong('priority', 'is low, normal, high or urgent', didYouMean(text, priorities))
}

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 }
const units: [RegExp, keyof typeof unitSeconds][] = [
  [/^s(ec(onds?)?)?$/, 's'],
  [/^m(in(utes?)?)?$/, 'm'],
  [/^h(ours?|r)?$/, 'h'],
  [/^d(ays?)?$/, 'd'],
]

/** A span in seconds, at most a week to acknowledge and a year to be done. */
export function readSpan(key: 'ack' | 'due', text: string): Read<number> {
  const [, amount, word = ''] = unquoted(text).match(/^(\d{1,9})\s?([A-Za-z]*)$/) ?? []
  const unit = units.find(([names]) => names.test(word.toLowerCase()))?.[1]
  const takes = key === 'ack' ? 'takes s, m, h or d' : 'takes m, h or d'
  if (amount === undefined || unit === undefined) return wrong(key, takes)
  const seconds = Number(amount) * unitSeconds[unit]
  if (key === 'due' && seconds % 60 !== 0) return wrong(key, 'is in whole minutes')
  const most = key === 'ack' ? 7 : 365
  if (seconds === 0) return wrong(key, 'is at least 1')
  if (seconds > most * unitSeconds.d) return wrong(key, `is at most ${most}d`)
  return { value: seconds }
}

export function readLabels(text: string): Read<string[]> {
  const words = text.split(/[\s,]+/).filter((word) => !/^(?:[-*•]|and|)$/i.test(word))
  if (words.length === 0) return wrong('after', 'is empty')
  const labels = words.map(asLabel)
  const bad = labels.indexOf(null)
  if (bad !== -1) return wrong('after', `takes tasks, and ${(words[bad] ?? '').slice(0, 40)} is none`)
  return { value: [...new Set(labels.filter((label) => label !== null))] }
}

export function readBudget(text: string): Read<TaskSpec['budget']> {
  let attempts: number | undefined
  let usd: number | undefined
  for (const item of text.split(/,|\sand\s/)) {
    const [, tries] = item.trim().match(/^(\d{1,4}) (?:attempts?|tries|try)$/i) ?? []
    const [, dollars] = item.trim().match(/^(?:\$|usd )(\d{1,7}(?:\.\d{1,4})?)$/i) ?? []
    if (tries !== undefined && attempts === undefined) attempts = Number(tries)
    else if (dollars !== undefined && usd === undefined) usd = Number(dollars)
    else return wrong('budget', 'takes a number of attempts, dollars such as $2, or both')
  }
  if (attempts !== undefined && (attempts < 1 || attempts > 100)) return wrong('budget', 'is 1 to 100 attempts')
  if (usd === 0) return wrong('budget', 'is more than $0')
  return { value: { attempts: attempts ?? 5, ...(usd === undefined ? {} : { usd }) } }
}

/** The one role that a value names. */
export function readRoleName(key: 'prep' | 'qa', text: string, { roles }: KnownNames): Read<string> {
  const name = bareRole(unquoted(text))
  if (name === '') return wrong(key, 'is empty')
  const role = roleNamed(name, roles)
  return role === null ? { problem: `${key}: ${unknownRole(name, roles)}` } : { value: role }
}

/** The roles that a value names, each once. */
export function readRoleNames(key: 'review', text: string, { roles }: KnownNames): Read<string[]> {
  const names = text.split(/[\s,]+/).filter((word) => !/^(?:[-*•]|and|)$/i.test(word))
  if (names.length === 0) return wrong(key, 'is empty')
  const found = names.map((name) => roleNamed(bareRole(name), roles))
  const unknown = found.indexOf(null)
  if (unknown !== -1) return { problem: `${key}: ${unknownRole(bareRole(names[unknown] ?? ''), roles)}` }
  return { value: [...new Set(found.filter((role) => role !== null))] }
}

/** `@CTO,` and `cto` are the same role. */
function bareRole(word: string): string {
  return word
    .trim()
    .replace(/^@/, '')
    .replace(/[:,.]$/, '')
    .toLowerCase()
}

/**
 * Steps of verification: a check in backticks or by its bare name, `file dist/report.md`, `qa by fullstack`, `review by cso`, `review`,
 * a bare role, or a person's yes.
 */
export function readSteps(text: string, known: KnownNames): Read<Step[]> {
  const items = splitItems(text)
  if (items.length === 0) return wrong('verify', 'is empty')
  const steps: Step[] = []
  for (const item of items) {
    const step = readStep(item, known)
    if ('problem' in step) return step
    steps.push(step.value)
  }
  return { value: steps }
}

function readStep(item: string, { roles, checks }: KnownNames): Read<Step> {
  const inTicks = item.match(/^`([^`]*)`$/)?.[1]?.trim()
  const words = (inTicks ?? unquoted(item)).replace(/\s+/g, ' ').replace(/[’‘]/g, "'")
  const check = checks.find((name) => name === words) ?? checks.find((name) => name === words.toLowerCase())
  if (check !== undefined) return { value: { kind: 'check', check } }
  if (inTicks !== undefined) return { problem: unknownCheck(words, checks) }
  const file = item.match(/^(?:a |the )?file\s+(.+)$/is)?.[1]
  if (file !== undefined) return readFile(file)
  if (/^(?:(?:an? )?approval|(?:an? )?(?:human|person)(?:'s (?:yes|approval))?)$/i.test(words)) {
    return { value: { kind: 'approval' } }
  }
  if (/^(?:an? )?review$/i.test(words)) return { value: { kind: 'review', by: null } }
  const tester = words.match(/^qa by (\S+)$/i)?.[1]
  const named = tester ?? words.match(/^(?:an? )?review by (\S+)$/i)?.[1]
  const role = roleNamed((named ?? words).replace(/^@/, '').toLowerCase(), roles)
  if (role !== null) {
    return { value: { kind: 'review', by: role, ...(tester === undefined ? {} : { stage: 'qa' as const }) } }
  }
  if (named !== undefined) return { problem: `verify: ${unknownRole(named, roles)}` }
  const names = [...checks, ...roles.map(({ role }) => role), 'approval']
  return wrong(
    'verify',
    `takes checks, files, reviews and approval, and "${words.slice(0, 40)}" is none`,
    didYouMean(words, names),
  )
}

/** A path in the worker's folder; one with a space in it stands in quotation marks or backticks. */
function readFile(text: string): Read<Step> {
  const inTicks = text.match(/^`([^`]*)`$/)?.[1]
  const path = (inTicks ?? unquoted(text)).trim()
  const isWhole = inTicks !== undefined || path !== text.trim() || !/\s/.test(path)
  if (path === '' || !isWhole) {
    return { problem: 'verify: a file is one path; with a space in it in quotation marks, as in file "a b.md".' }
  }
  if (path.length > 300) return { problem: `verify: the path has ${path.length} characters; 300 is the most.` }
  if (/^(?:[/\\~]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path)) {
    return { problem: "verify: a file is inside the worker's folder; for example verify: file dist/report.md." }
  }
  return { value: { kind: 'artifact', path } }
}

/** The answer to a name that is no role, after a colon. */
export function unknownRole(name: string, roles: readonly DirectoryEntry[]): string {
  const guess = nearRole(name, roles)
  const names = roles.slice(0, 12).map(({ role }) => role)
  return `there is no role ${name.slice(0, 40)}${guess === null ? '.' : `; did you mean ${guess}?`} Roles: ${names.join(', ')}.`
}

/** The role that a mistyped name was probably meant to be. Short names are near to too many others. */
export function nearRole(name: string, roles: readonly DirectoryEntry[]): string | null {
  const names = roles.map(({ role }) => role)
  return closest(name, names, name.length < 5 ? 1 : 2)
}

function unknownCheck(name: string, checks: readonly string[]): string {
  const there = checks
    .slice(0, 12)
    .map((one) => `\`${one}\``)
    .join(', ')
  const guess = didYouMean(name, checks) || '.'
  return `verify: there is no check \`${name.slice(0, 40)}\` under checks: in breakroom.yaml${guess} There is ${there || 'none'}.`
}

/** What stands between commas and line breaks, without bullets; backticks and quotation marks hold together what is in them. */
function splitItems(text: string): string[] {
  const endOfSpan = quotedSpans(text)
  const items: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const end = endOfSpan(at)
    if (end !== null) at = end - 1
    else if (text.charAt(at) === ',' || text.charAt(at) === '\n') {
      items.push(text.slice(from, at))
      from = at + 1
    }
  }
  const written = [...items, text.slice(from)].map((item) => item.trim()).filter((item) => item !== '')
  return written.map((item) => item.replace(/^[-*•]\s+/, ''))
}
