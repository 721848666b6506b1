/** A line of a page, and where it stands: points from the bottom, height of its letters. */
export interface PageLine {
  text: string
  y: number
  height: number
}

/** What pdf.js says of a piece of text; a mark without text is none. */
type Piece = { str: string; transform: number[]; hasEOL: boolean } | { type: string }

/** The lines of a page in the order in which they are written. */
export function linesOfPage(pieces: readonly Piece[]): PageLine[] {
  const lines: PageLine[] = []
  let line: PageLine | null = null
  for (const piece of pieces) {
    if (!('str' in piece)) continue
    const [, , c = 0, d = 0, , y = 0] = piece.transform
    if (piece.str.trim() !== '') {
      line ??= { text: '', y, height: Math.hypot(c, d) }
    }
    if (line !== null) line.text += piece.str
    if (line !== null && piece.hasEOL) {
      lines.push(line)
      line = null
    }
  }
  if (line !== null) lines.push(line)
  return lines
}

/** Fewer pages than these do not show what stands on every page. */
const pagesToTell = 4

const pageNumber = /^\s*(?:page\s+)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|\/)\s*\d{1,4})?\s*$/i

/**
 * The pages without their numbers, and without the lines at top and bottom that most of them have, whatever numbers
 * stand in those.
 */
export function withoutRunningLines(pages: readonly PageLine[][]): PageLine[][] {
  if (pages.length < 2) return [...pages]
  const ends = [0, -1].map((end) => {
    const counts = new Map<string, number>()
    for (const lines of pages) {
      const key = keyOf(lines.at(end))
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return counts
  })
  const runs = (line: PageLine | undefined, end: number) => {
    const key = keyOf(line)
    if (line === undefined || key === null) return false
    return pageNumber.test(line.text) || (pages.length >= pagesToTell && (ends[end]?.get(key) ?? 0) > pages.length / 2)
  }
  return pages.map((lines) => lines.slice(runs(lines[0], 0) ? 1 : 0, runs(lines.at(-1), 1) ? -1 : undefined))
}

function keyOf(line: PageLine | undefined): string | null {
  return line === undefined ? null : line.text.replace(/\d+/g, '0').trim()
}

/**
 * The paragraphs of a page: lines that stand close together are one text, and words that were cut at their end are
 * whole again.
 */
export function paragraphsOf(lines: readonly PageLine[]): string[] {
  const paragraphs: string[] = []
  const usual = usualLength(lines)
  let before: PageLine | null = null
  for (const line of lines) {
    const last = paragraphs.at(-1)
    if (last === undefined || before === null || startsNew(line, before, usual)) paragraphs.push(line.text)
    else paragraphs[paragraphs.length - 1] = joined(last, line.text)
    before = line
  }
  return paragraphs
}

/** How long a line is that goes to the margin: three in four are not longer. */
function usualLength(lines: readonly PageLine[]): number {
  const lengths = lines.map(({ text }) => text.trim().length).toSorted((a, b) => a - b)
  return lengths[Math.floor(lengths.length * 0.75)] ?? 0
}

function startsNew(line: PageLine, before: PageLine, usual: number): boolean {
  const gap = before.y - line.y
  const otherSize = Math.abs(line.height - before.height) > before.height * 0.12
  // A line that was ended long before the margin was ended on purpose, unless in the middle of a word.
  const ended = before.text.trim().length < usual * 0.6 && !cutWord.test(before.text.trimEnd())
  return otherSize || ended || gap > before.height * 1.8 || /^\s*(?:[•‣▪–*-]\s|\d{1,2}[.)]\s)/.test(line.text)
}

const cutWord = /\u00ad$|\p{L}[-\u2010]$/u

/** A hyphen between a letter and a small letter is the margin's; the soft one always is. */
function joined(text: string, next: string): string {
  const [start, end] = [text.trimEnd(), next.trimStart()]
  if (end === '') return start
  if (start.endsWith('\u00ad')) return start.slice(0, -1) + end
  if (/\p{L}[-\u2010]$/u.test(start) && /^\p{Ll}/u.test(end)) return start.slice(0, -1) + end
  return `${start} ${end}`
}
