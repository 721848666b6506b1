import type { SectionWriter } from './section-writer.ts'

/**
 * The line below a heading in reStructuredText and in most text files; which one is the first level, each file says by
 * order.
 */
const underline = /^([=\-~^"'*+#`])\1{2,}\s*$/
/** A heading of AsciiDoc. */
const asciiDoc = /^(={1,6})\s+(\S.*)$/
/** Lines that begin something of their own: indented, listed, tables. */
const own = /^(?:\s|[-*+•|.]|\d+[.)]|\w[.)]\s)/
/** Lines that are shorter were ended by whoever wrote them, not by the margin. */
const fullLine = 50

/**
 * Writes plain text down: paragraphs between empty lines, headings where a line is underlined or marked as in AsciiDoc.
 */
export function writePlainText(text: string, writer: SectionWriter): void {
  const marks: string[] = []
  const lines = text.split('\n')
  let paragraph = ''
  let before = ''
  const end = () => {
    writer.line(paragraph)
    paragraph = ''
  }
  for (let at = 0; at < lines.length && !writer.full; at++) {
    const line = lines[at] ?? ''
    const below = underline.exec(lines[at + 1] ?? '')
    const [, signs, title] = asciiDoc.exec(line) ?? []
    if (signs !== undefined && title !== undefined) {
      end()
      writer.heading(signs.length, title)
    } else if (isHeading(line, below?.[0]) && below?.[1] !== undefined && paragraph === '') {
      if (!marks.includes(below[1])) marks.push(below[1])
      writer.heading(marks.indexOf(below[1]) + 1, line)
      at += 1
    } else if (line.trim() === '' || underline.test(line)) {
      end()
    } else {
      if (own.test(line) || before.length < fullLine) end()
      paragraph += ` ${line}`
    }
    before = line
  }
  end()
}

function isHeading(line: string, below: string | undefined): boolean {
  const title = line.trim()
  return (
    title !== '' &&
    below !== undefined &&
    title.length <= 120 &&
    below.trim().length >= Math.min(title.length, 4) &&
    !underline.test(line)
  )
}
