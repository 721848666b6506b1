import { oneLine } from '../../../core/clean-text.ts'
import type { OutgoingLine } from '../../../ports/chat.ts'
import { cutIntoPieces, isOpenAfter, pieceBudget } from './pieces.ts'
import type { Print } from './print.ts'

/** A line as it is going to be shown: one message, up to three, or the beginning in a message and the whole in a file. */
export type Part = { kind: 'text'; text: string } | { kind: 'file'; text: string }

/** Longer ones become a file. */
const mostPieces = 3
/** What is shown of a text that became a file, in UTF-16 units. */
const opening = 500
const prefixLimit = 80

/** What a line is cut into. Empty when it says nothing. `budget` is for one message, in UTF-16 units. */
export function draft(line: OutgoingLine, print: Print, budget = pieceBudget): Part[] {
  const text = harmless(line.text)
  if (text.trim() === '') return []
  const pieces = printedPieces(line, text, print, budget)
  if (pieces.length <= mostPieces) return pieces.map((piece) => ({ kind: 'text', text: piece }))
  const [first = ''] = printedPieces(line, text, print, Math.min(budget, opening))
  return [
    { kind: 'text', text: `${first}\n_It is longer than fits here: all of it is in the file below._` },
    { kind: 'file', text },
  ]
}

/** All of a line as messages, however many they are: where files are not allowed. */
export function draftWithoutFile(line: OutgoingLine, print: Print, budget = pieceBudget): Part[] {
  return printedPieces(line, harmless(line.text), print, budget).map((text) => ({ kind: 'text', text }))
}

/** What may be said: well-formed, line breaks as `\n`, no control bytes and no colours of IRC. Tabs stay. */
function harmless(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(/\x03(?:\d{1,2}(?:,\d{1,2})?)?/g, '')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
}

function printedPieces(line: OutgoingLine, text: string, print: Print, budget: number): string[] {
  const body = print.text(text).trimEnd()
  if (line.prefix === undefined) {
    return cutIntoPieces(line.kind === 'action' && isPlain(body) ? `_${body.trim()}_` : body, budget)
  }
  const prefix = `${print.words(oneLine(line.prefix, prefixLimit)).trim()} `
  return cutIntoPieces(underPrefix(body, prefix), budget - prefix.length).map((piece) =>
    piece.startsWith(prefix) || piece.startsWith(prefix.trim()) ? piece : before(piece, prefix),
  )
}

/** Every line says whose it is, so that none can pass for somebody else's; inside a code block nothing passes for a line. */
function underPrefix(body: string, prefix: string): string {
  let open = false
  return body
    .split('\n')
    .map((line) => {
      const inside = open
      open = isOpenAfter(line, open)
      return inside || line.trim() === '' ? line : before(line, prefix)
    })
    .join('\n')
}

function before(line: string, prefix: string): string {
  return line.startsWith('```') ? `${prefix.trim()}\n${line}` : prefix + line
}

function isPlain(body: string): boolean {
  return !/[\n`_]/.test(body)
}
