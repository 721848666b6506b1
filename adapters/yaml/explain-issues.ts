import { z } from 'zod'
import { closest } from '../../core/closest.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import type { Place, Places } from './places.ts'

type Explained = Place & { message: string }

/** Validates `value`; returns it typed, or what is wrong with it in sentences, each with its place in the file. */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  places: Places,
): { value: T } | { problems: Explained[] } {
  // Zod's final issues no longer say which keys would have been right; the raw ones do.
  const allowedKeys = new Map<string, string[]>()
  const parsed = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
        allowedKeys.set(pathText(issue.path ?? []), Object.keys(issue.inst.shape))
      }
      return undefined
    },
  })
  if (parsed.success) return { value: parsed.data }
  const problems: Explained[] = []
  const meant = new Set<string>()
  const [unknown, others] = splitOff(parsed.error.issues.flatMap(unfoldUnion))
  for (const { path, keys } of unknown) {
    const allowed = allowedKeys.get(pathText(path)) ?? []
    for (const key of keys) {
      meant.add(pathText([...path, closest(key, allowed) ?? key]))
      const message = `unknown key ${quoted(key)}${didYouMean(key, allowed)}`
      problems.push({ message, ...places.of([...path, key], 'key') })
    }
  }
  for (const issue of others) {
    // A key that was only mistyped is told once.
    if (!places.has(issue.path) && meant.has(pathText(issue.path))) continue
    const message = places.has(issue.path) ? sentence(issue, valueAt(value, issue.path)) : missing(issue.path)
    problems.push({ message, ...places.of(issue.path, issue.code === 'invalid_key' ? 'key' : 'value') })
  }
  return { problems }
}

type Issue = z.core.$ZodIssue
type UnknownKeys = z.core.$ZodIssueUnrecognizedKeys

function splitOff(issues: Issue[]): [UnknownKeys[], Exclude<Issue, UnknownKeys>[]] {
  return [
    issues.filter((issue) => issue.code === 'unrecognized_keys'),
    issues.filter((issue) => issue.code !== 'unrecognized_keys'),
  ]
}

/** Of a union's branches the one that got further than "something else was expected here", with its issues in its place. */
function unfoldUnion(issue: Issue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.discriminator !== undefined) return [issue]
  const further = issue.errors.find(
    ([first]) =>
      first !== undefined && (first.path.length > 0 || !['invalid_type', 'invalid_value'].includes(first.code)),
  )
  if (further === undefined) return [issue]
  return further.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function missing(path: PropertyKey[]): string {
  const key = path.at(-1)
  return key === undefined ? 'the file is empty' : `missing key ${quoted(String(key))}`
}

function sentence(issue: Exclude<Issue, UnknownKeys>, value: unknown): string {
  const where = issue.path.length > 0 ? quoted(pathText(issue.path)) : 'the file'
  switch (issue.code) {
    case 'invalid_type':
      return `${where} must be ${kindWords[issue.expected] ?? issue.expected}, not ${kindOf(value)}${hint(issue.expected, value)}`
    case 'invalid_value':
      return `${where} ${oneOf(issue.values, value)}`
    case 'invalid_union':
      if (issue.discriminator === undefined || !('options' in issue)) return `${where} ${issue.message}`
      return `${where} ${oneOf(issue.options?.filter((option) => option != null) ?? [], value)}`
    case 'invalid_key':
      return `the key ${quoted(String(issue.path.at(-1)))} is off: ${issue.issues[0]?.message ?? issue.message}`
    default:
      return `${where}: ${lowerFirst(issue.message)}`
  }
}

const kindWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction'
  if (typeof value === 'boolean') return `the value ${value}`
  return typeof value === 'string' ? 'text' : 'a map of keys'
}

function hint(expected: string, value: unknown): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean'
  return expected === 'string' && scalar ? '; write it in quotes' : ''
}

function oneOf(values: readonly unknown[], value: unknown): string {
  const words = values.map((word) => (typeof word === 'string' ? quoted(word) : String(word)))
  const choice = words.length > 1 ? `must be one of ${words.join(', ')}` : `must be ${words[0]}`
  return typeof value === 'string' ? `${choice}${didYouMean(value, values.filter(isText))}` : choice
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  let here = value
  for (const step of path) here = (here as Record<PropertyKey, unknown> | null | undefined)?.[step]
  return here
}

function pathText(path: PropertyKey[]): string {
  return path.map(String).join('.')
}

function quoted(word: string): string {
  return JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}...` : word)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
