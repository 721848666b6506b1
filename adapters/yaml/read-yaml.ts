import { Lexer, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { validate } from './explain-issues.ts'
import { createPlaces, type Places } from './places.ts'
import { plainValue } from './plain-value.ts'
import type { ConfigProblem } from './problem.ts'
import { readText } from './read-text.ts'

/**
 * Tokens and escapes that a file may have. The parser takes up to 7 microseconds for each in the worst case measured (a list of
 * stray commas), so this is what keeps every file, however hostile, under 100 ms. A role has about 250.
 */
const effortLimit = 8_000
/** Brackets inside brackets; the parser's recursion ends in an exhausted stack, which alone can take 100 ms. */
const bracketLimit = 32

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

  const busyAt = offsetOverEffort(read.text)
  if (busyAt !== null) {
    const message = 'the file has far too many parts, or brackets in brackets; a file of ours is a few dozen lines'
    return fail(lineOf(read.text, busyAt), 1, message)
  }
  const directive = /^%/m.exec(read.text)
  if (directive) return fail(lineOf(read.text, directive.index), 1, 'directives (%) are not supported')

  const lines = new LineCounter()
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
  const plain = plainValue(document.contents, (node, message) => {
    problems.push({ file, ...places.ofNode(node), message })
  })
  // A part that was refused already is not judged again.
  const refused = new Set(problems.map(({ line, column }) => `${line}:${column}`))
  const validated = validate(schema, plain, places)
  for (const { line, column, message } of 'problems' in validated ? validated.problems : []) {
    if (!refused.has(`${line}:${column}`)) problems.push({ file, line, column, message })
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return 'value' in validated && problems.length === 0 ? { value: validated.value, places } : { problems }
}

/** Marks that the lexer puts between tokens; they are not in the text, which has no control characters. */
const lexerMark = /^[\x02\x18\x1f]$/

/** Where a file passes the effort limit or nests brackets too deep, or null. Only the lexer runs, which is quick. */
function offsetOverEffort(text: string): number | null {
  let effort = 0
  let depth = 0
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    effort += 1
    if (token.startsWith('"')) effort += token.split('\\').length - 1
    if (token === '[' || token === '{') depth += 1
    if (token === ']' || token === '}') depth -= 1
    if (effort > effortLimit || depth > bracketLimit) return offset
    if (!lexerMark.test(token)) offset += token.length
  }
  return null
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function syntaxSentence(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'only one document per file: remove the "---" that begins another'
  if (code === 'RESOURCE_EXHAUSTION') return 'this is nested far too deep'
  return `this is not YAML: ${message}`
}
