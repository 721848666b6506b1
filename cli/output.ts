import { forTerminal } from '../core/clean-text.ts'

/** Where a command speaks: results to stdout, talk and errors to stderr. */
export interface Output {
  /** A result, for people or as one JSON document. */
  result(text: string, json: unknown): void
  /** A line of a result that goes on. */
  line(text: string, json: unknown): void
  /** Progress and errors. */
  talk(text: string): void
  readonly json: boolean
  /** Aborts when nobody reads the results any more, as after `| head`. */
  readonly unread: AbortSignal
}

/**
 * Nothing here uses colour, so NO_COLOR and a pipe change nothing; what came from chat cannot drive the terminal, in words or in
 * JSON. What nobody reads any more is dropped.
 */
export function createOutput(json: boolean, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  const reading = new AbortController()
  whenUnread(stdout, () => reading.abort())
  whenUnread(stderr, () => {})
  const print = (text: string, value: unknown, indent: number) => {
    if (!reading.signal.aborted) stdout.write(`${json ? plainJson(value, indent) : forTerminal(text)}\n`)
  }
  return {
    json,
    unread: reading.signal,
    result: (text, value) => print(text, value, 2),
    line: (text, value) => print(text, value, 0),
    talk: (text) => stderr.write(`${forTerminal(text)}\n`),
  }
}

/** JSON leaves these as they are: C1 controls, which some terminals obey, and what reorders or breaks lines. */
const unsafeInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** The same value, in JSON that a terminal shows as it stands. */
function plainJson(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replace(
    unsafeInJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function whenUnread(stream: NodeJS.WritableStream, handle: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    handle()
  })
}
