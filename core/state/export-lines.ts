import { z } from 'zod'
import { oneLine } from '../clean-text.ts'
import { isDeeperThan } from '../envelope.ts'
import { BreakroomError } from '../errors.ts'
import { type StateCounts, type StateEntry, stateCountsSchema, stateEntrySchema, stateSections } from './entry.ts'
import { canonicalJson, createStateDigest } from './state-digest.ts'

/*
 * An exported file is JSON Lines: a header, an entry a line, and an end that says how many there were and the hash of them. A file without
 * its end was cut short.
 */

/** The format that this code writes and reads. */
const format = 1

/** Deeper than anything we write. */
const depthLimit = 64

const headerSchema = z.looseObject({
  breakroom_state: z.literal(format),
  org: z.string().min(1).max(64),
  fleet: z.string().min(1).max(300),
  exported_at: z.iso.datetime(),
})
const endSchema = z.looseObject({
  end: z.literal(true),
  counts: stateCountsSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** Whose memory it is, by the id of the fleet that wrote it, and when. */
export interface ExportHeader {
  org: string
  fleet: string
  /** ISO 8601. */
  exported_at: string
}

/** The first line, without its line break, like the others. */
export function headerLine({ org, fleet, exported_at }: ExportHeader): string {
  return inOneLine(JSON.stringify({ breakroom_state: format, org, fleet, exported_at }))
}

/** A line between header and end. */
export function entryLine(entry: StateEntry): string {
  return inOneLine(canonicalJson(entry))
}

/** The last line; `counts` and `sha256` as a digest of all entries gives them. */
export function endLine({ counts, sha256 }: { counts: StateCounts; sha256: string }): string {
  return JSON.stringify({ end: true, counts, sha256 })
}

/** Reads an exported file line by line; `file` is what errors call it. */
export interface ExportReader {
  /**
   * The entry in the next line, which comes without its line break, or null for header and end. Throws `usage` with a sentence that begins
   * with `file:line:column` for whatever cannot stand there.
   */
  line(text: string): StateEntry | null
  /**
   * To be called behind the last line. Throws `usage` when the file is not whole. `counts` and `sha256` are of the entries as they were
   * read: with what this code fills in where an older writer left it out.
   */
  end(): ExportHeader & { counts: StateCounts; sha256: string }
}

export function createExportReader(file: string): ExportReader {
  // The end speaks of what was written; whoever takes the entries speaks of what was read.
  const [written, read] = [createStateDigest(), createStateDigest()]
  let number = 0
  let header: ExportHeader | null = null
  let ended = false

  return {
    line(text) {
      number++
      if (ended) {
        if (text.trim() !== '') throw off('There is something behind the end of the export.')
        return null
      }
      const value = parsed(text)
      if (header === null) header = headerOf(value)
      else if (value !== null && typeof value === 'object' && 'end' in value) checkEnd(value)
      else return entryOf(value)
      return null
    },
    end() {
      if (header === null) throw off('The file is empty; an export begins with a line that says what it is.')
      if (!ended) {
        number++
        throw off('The file ends before the export does: it is not whole, and nothing was taken from it.')
      }
      const { org, fleet, exported_at } = header
      const { counts, sha256 } = read.result()
      return { org, fleet, exported_at, counts, sha256 }
    },
  }

  function parsed(text: string): unknown {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const what = header === null ? 'This is no export of Breakroom' : 'This line is no JSON'
      throw off(`${what}; the file was changed, or is something else.`, columnIn(text, error))
    }
    if (isDeeperThan(value, depthLimit)) throw off('This line nests deeper than anything in an export.')
    return value
  }

  function headerOf(value: unknown): ExportHeader {
    const { breakroom_state: found } = (value ?? {}) as { breakroom_state?: unknown }
    if (typeof found === 'number' && found > format) {
      const sentence = `A newer Breakroom wrote this (format ${found}; this one reads ${format}). Update Breakroom, and import it then.`
      throw off(sentence)
    }
    if (found === undefined)
      throw off('This is no export of Breakroom: an export begins with a line that says what it is.')
    return checked(headerSchema, value, 'The first line of the export is off')
  }

  function entryOf(value: unknown): StateEntry {
    const entry = checked(stateEntrySchema, value, 'This line is no entry of an export')
    written.add(value as StateEntry)
    read.add(entry)
    return entry
  }

  function checkEnd(value: object): void {
    const { counts, sha256 } = checked(endSchema, value, 'The end of the export is off')
    const found = written.result()
    for (const what of ['tasks', ...stateSections] as const) {
      if (counts[what] !== found.counts[what]) {
        const [said, are] = [counts[what], found.counts[what]].map((count) => count.toLocaleString('en'))
        throw off(`The export had ${said} of ${what}, and ${are} are in the file; nothing was taken from it.`)
      }
    }
    if (sha256 !== found.sha256) {
      throw off('What is in the file is not what was exported: it was changed or damaged. Nothing was taken from it.')
    }
    ended = true
  }

  function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    const issue = result.error.issues[0]
    const path = issue?.path.join('.') ?? ''
    const why = `${path === '' ? '' : `${path}: `}${issue?.message ?? 'it cannot be read'}`
    throw off(`${what}: ${oneLine(why, 300)}.`, 1, path)
  }

  function off(sentence: string, column = 1, path?: string): BreakroomError {
    // An empty file is off at its first line.
    const line = Math.max(1, number)
    return new BreakroomError('usage', `${file}:${line}:${column}: ${sentence}`, {
      detail: { file, line, column, ...(path === undefined ? {} : { path }) },
    })
  }
}

/** Some readers, Node's among them, take these for line breaks; JSON has them in strings alone. */
function inOneLine(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** Where the parser stopped, as far as it says so. Its own words have pieces of the text in them. */
function columnIn(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : ''
  if (message.startsWith('Unexpected end')) return text.length + 1
  return Number(/\(line 1 column (\d+)\)$/.exec(message)?.[1] ?? 1)
}
