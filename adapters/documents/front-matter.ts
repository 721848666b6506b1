import { parseDocument } from 'yaml'
import { forMatching, oneLine } from '../../core/clean-text.ts'
import type { DocumentStatus, FrontMatter } from '../../core/knowledge/document.ts'
import { namePattern } from '../../core/role.ts'
import { plainValue } from '../yaml/plain-value.ts'
import { isoDay } from './iso-day.ts'

/** What a text says of itself, and the rest of it. */
export interface FrontMatterAndText {
  front: FrontMatter
  text: string
  warnings: string[]
}

/** Characters; a person's has a few hundred. */
const sizeLimit = 16_384
/** Where the line that ends it is looked for. */
const searchLimit = 1_000_000
const fence = /^\s*?(---|\+\+\+)[ \t\u00a0]*(?:(?:yaml|yml|toml|json)\b[ \t]*)?(?:[ \t]#[^\n]*)?\n/i
const keyLine = /^[ \t]{0,20}(?:\{|["']?[\w<][\w <-]{0,60}["']?[ \t]{0,20}[:=]|["'][^"'\n]{1,60}["'][ \t]{0,20}:|\?\s)/m
/** A line that is about who may read the text, however it stands there. */
const accessKey = /\baccess["']?[ \t]{0,20}[:=]/i

/**
 * Takes the front matter (YAML between two lines of `---`) off a text. As it may say who may read the text, whatever of
 * it cannot be understood is taken for "nobody" as soon as it speaks of access, with a warning. Aliases and the like
 * are refused, so it takes no more than its length says.
 */
export function splitFrontMatter(text: string): FrontMatterAndText {
  const opened = fence.exec(text)
  const rest = { front: {}, text, warnings: [] }
  if (opened === null) return rest
  const inner = text.slice(opened[0].length)
  const end = /^(?:---|\+\+\+|\.\.\.)[ \t]*$/m.exec(inner.slice(0, searchLimit))
  const written = end === null ? inner.slice(0, sizeLimit).split(/\n\s*\n|\n#/, 1)[0] : inner.slice(0, end.index)
  // As people see it: a key with something invisible in it is that key.
  const source = forMatching(written ?? '')
  // A line across the page is written the same way.
  if (!keyLine.test(source.slice(0, sizeLimit)) && !accessKey.test(source)) return rest
  if (end === null) return { ...notUnderstood(source, 'the line --- that ends it is missing'), text }
  if (source.length > sizeLimit) return { ...notUnderstood(source, 'it is far too long'), text }
  const body = inner.slice(end.index + end[0].length)
  if (opened[1] === '+++')
    return { ...notUnderstood(source, 'it is TOML; write YAML between lines of ---'), text: body }
  return { ...readFrontMatter(source), text: body }
}

function readFrontMatter(source: string): { front: FrontMatter; warnings: string[] } {
  const problems: string[] = []
  let value: unknown
  try {
    const document = parseDocument(source, {
      version: '1.2',
      schema: 'core',
      resolveKnownTags: false,
      prettyErrors: false,
      logLevel: 'silent',
      uniqueKeys: false,
    })
    if (document.errors[0] !== undefined) return notUnderstood(source, oneLine(document.errors[0].message, 120))
    value = plainValue(document.contents, (_, message) => problems.push(message))
  } catch {
    return notUnderstood(source, 'it is nested far too deep')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return notUnderstood(source, 'it is not a list of names and values')
  }
  const fields = new Map(
    Object.entries(value).map(([key, field]) => [key.trim().toLowerCase().replace(/[ -]/g, '_'), field]),
  )
  const warnings: string[] = []
  const front: FrontMatter = {}
  const set = <K extends keyof FrontMatter>(key: K, found: FrontMatter[K]) => {
    if (found !== undefined) front[key] = found
  }
  set('title', words(fields.get('title')))
  set(
    'date',
    dateKeys.map((key) => isoDay(fields.get(key))).find((day) => day !== undefined),
  )
  set('author', people(fields.get('author') ?? fields.get('authors')))
  set('status', statusOf(fields))
  set('topics', topicsOf(fields.get('topics') ?? fields.get('tags') ?? fields.get('keywords')))
  const first = problems[0]
  if (first !== undefined && speaksOfAccess(source)) return notUnderstood(source, first)
  if (first !== undefined) warnings.push(`Something in its front matter was left out: ${first}.`)
  if (fields.has('access')) {
    const rooms = roomsOf(fields.get('access'))
    front.access = rooms ?? []
    if (rooms === null)
      warnings.push(`Nobody may read it: "access" in its front matter must be names of rooms, such as [board].`)
  }
  return { front, warnings }
}

function notUnderstood(source: string, why: string): { front: FrontMatter; warnings: string[] } {
  if (!speaksOfAccess(source)) return { front: {}, warnings: [`Its front matter cannot be read: ${why}.`] }
  return { front: { access: [] }, warnings: [`Nobody may read it, because its front matter cannot be read: ${why}.`] }
}

function speaksOfAccess(source: string): boolean {
  return /access/i.test(source)
}

/** The day of the last change before that of the first. */
const dateKeys = [
  'last_modified',
  'last_modified_at',
  'last_updated',
  'lastmod',
  'updated',
  'updated_at',
  'modified',
  'date',
  'published',
  'created',
]

const drafts = /\b(draft|wip|in progress|in review|proposed|proposal|pending|rfc)\b/i
const overs =
  /\b(superseded|deprecated|archived?|obsolete|replaced|retired|outdated|withdrawn|rejected|expired|historical)\b/i

function statusOf(fields: Map<string, unknown>): DocumentStatus | undefined {
  const over = ['deprecated', 'archived', 'obsolete'].some((key) => fields.get(key) === true)
  if (over || (fields.get('superseded_by') ?? null) !== null) return 'superseded'
  const written = words(fields.get('status'))
  if (written !== undefined && overs.test(written)) return 'superseded'
  if (fields.get('draft') === true || (written !== undefined && drafts.test(written))) return 'draft'
  return written === undefined ? undefined : 'current'
}

/** The rooms, or null when it cannot be told which. */
function roomsOf(value: unknown): string[] | null {
  const listed = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(listed)) return null
  const rooms = listed.map((room) => (typeof room === 'string' ? room.trim().replace(/^#/, '') : ''))
  return rooms.length > 0 && rooms.every((room) => namePattern.test(room)) ? rooms : null
}

function people(value: unknown): string | undefined {
  const listed = Array.isArray(value) ? value : [value]
  const names = listed.map((one) => words(isObject(one) ? one.name : one)).filter((name) => name !== undefined)
  return words(names.join(', '))
}

/** Topics as people list them: a list, or words between commas. */
export function topicsOf(value: unknown): string[] | undefined {
  const listed = typeof value === 'string' ? value.split(/[,;]/) : value
  if (!Array.isArray(listed)) return undefined
  const topics = listed.map((topic) => oneLine(words(topic) ?? '', 60)).filter((topic) => topic !== '')
  return [...new Set(topics)].slice(0, 32)
}

/** One line of at most 300 characters, or undefined when there is nothing. */
export function words(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  return oneLine(String(value), 300) || undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
