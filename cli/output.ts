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
}

/** Nothing here uses colour, so NO_COLOR and a pipe change nothing; what came from chat cannot drive the terminal. */
export function createOutput(json: boolean, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  const print = (text: string, value: unknown, indent: number) =>
    stdout.write(`${json ? JSON.stringify(value, null, indent) : forTerminal(text)}\n`)
  return {
    json,
    result: (text, value) => print(text, value, 2),
    line: (text, value) => print(text, value, 0),
    talk: (text) => stderr.write(`${forTerminal(text)}\n`),
  }
}
