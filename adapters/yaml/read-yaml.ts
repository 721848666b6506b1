import { Lexer, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { validate } from './explain-issues.ts'
import { createPlaces, type Places } from './places.ts'
import { plainValue } from './plain-value.ts'
import type { ConfigProblem } from './problem.ts'
import { readText } from './read-text.ts'

/**
 * Tokens and escapes that a file may have. The parser takes up to 7 microseconds for each in the worst case measured (a list of
 * stray commas), so this is what keeps every file, however hostile, under 100 ms. A role has about 500.
 */
const effortLimit = 8_000

export type YamlFile<T> = { value: T; places: Places } | { problems: ConfigProblem[] }

/**
 * Reads a file of ours: YAML 1.2 as people write it (no aliases, anchors, tags, merge keys, directives or second documents; keys are
 * text and unique), at most 256 KB, then checked against `schema`. Returns the value and where its parts are, or every problem in
 * file order. Never throws, never changes a prototype, and takes less than 100 ms. `file` is the name used in problems.
 */
export function readYaml<T>(path: string, file: string, schema: z.ZodType<T>): YamlFile<T> {
  const fail = (line: number, column: number, message: string): YamlFile<T> => ({
    problems: [{ file, line, column, message }],
  })
  const read = readText(path)
  if (!('text' in read)) return fail(read.line, read.column, read.message)

  const lines = new LineCounter()
  const busyAt = offsetOverEffort(read.text)
  if (busyAt !== null) {
    const line = read.text.slice(0, busyAt).split('\n').length
    return fail(line, 1, 'the file has far too many parts up to here; a file of ours is a few dozen lines')
  }
  const directive = /^%/m.exec(read.text)
  if (directive)
    return fail(read.text.slice(0, directive.index).split('\n').length, 1, 'directives (%) are not supported')
  const document = parseDocument(read.text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    strict: true,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
    // Checked in plainValue: the parser compares every key with every other.
    uniqueKeys: false,
  })
  const places = createPlaces(document.contents, lines)
  // What follows a first error of syntax is mostly its echo.
  const error = document.errors[0]
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    return fail(Math.max(line, 1), Math.max(col, 1), syntaxSentence(error.code, error.message))
  }

  const problems: ConfigProblem[] = []
  const report = (found: { line: number; column: number; message: string }) => {
    // A part that was refused already is not validated again.
    const told = problems.some(({ line, column }) => line === found.line && column === found.column)
    if (!told) problems.push({ file, line: found.line, column: found.column, message: found.message })
  }
  const plain = plainValue(document.contents, (node, message) => report({ ...places.ofNode(node), message }))
  const validated = validate(schema, plain, places)
  if ('problems' in validated) for (const problem of validated.problems) report(problem)
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return 'value' in validated && problems.length === 0 ? { value: validated.value, places } : { problems }
}

/** Marks that the lexer puts between tokens; they are not in the text, which has no control characters. */
const lexerMark = /^[\x02\x18\x1f]$/

/** Where a file passes the effort limit, or null. Only the lexer runs, which is quick. */
function offsetOverEffort(text: string): number | null {
  let effort = 0
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    effort += 1
    if (token.startsWith('"')) effort += token.split('\\').length - 1
    if (effort > effortLimit) return offset
    if (!lexerMark.test(token)) offset += token.length
  }
  return null
}

function syntaxSentence(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'only one document per file: remove the "---" that begins another'
  if (code === 'RESOURCE_EXHAUSTION') return 'this is nested far too deep'
  return `this is not YAML: ${message}`
}
