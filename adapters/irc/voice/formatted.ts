import { printIrc } from '../../../core/markup/irc.ts'
import { linesAndFences, parseLine } from '../../../core/markup/markdown.ts'
import { harmless } from '../wire/plain-text.ts'
import { splitText } from '../wire/split.ts'

/** Bytes of formatting around a line of code. */
const aroundCode = 2

/**
 * Canonical text as lines of IRC of at most `budget` bytes. It is made harmless first, so that every control byte in a line is a formatting
 * code of ours. A line is cut before it is formatted, which never makes it longer: a style that a cut goes through shows its marks.
 */
export function formatted(text: string, budget: number): string[] {
  const clean = harmless(text).replace(/\r\n?|[\u2028\u2029]/g, '\n')
  return linesAndFences(clean).flatMap((part) =>
    typeof part === 'string'
      ? splitText(part, budget).map((piece) => printIrc([parseLine(piece)]))
      : splitText(part.text, budget - aroundCode).map((piece) => printIrc([{ ...part, text: piece }])),
  )
}
