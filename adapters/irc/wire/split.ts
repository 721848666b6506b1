const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const lineBreaks = /\r\n|[\r\n\u2028\u2029]/

/**
 * Cuts text into lines of at most `budget` bytes of UTF-8: at its own line breaks, then between words, then between grapheme
 * clusters, and only inside a cluster when that alone is over the budget. White space at a line's end and a single space at each
 * cut between words are lost, blank lines left out, nothing else. Takes time linear in the text. `budget` is at least 8.
 */
export function splitText(text: string, budget: number): string[] {
  return text
    .split(lineBreaks)
    .filter((line) => line.trim() !== '')
    .flatMap((line) => cutLine(line, Math.max(8, budget)))
}

/** How many bytes of UTF-8 a text takes. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

function cutLine(line: string, budget: number): string[] {
  const parts: string[] = []
  let start = 0
  while (start < line.length) {
    const end = furthest(line, start, budget)
    if (end === line.length) {
      parts.push(line.slice(start))
      break
    }
    const { cut, next } = cutBefore(line, start, end)
    parts.push(line.slice(start, cut))
    start = next
  }
  return parts.map((part) => part.trimEnd()).filter((part) => part !== '')
}

/** The furthest index that `budget` bytes from `start` reach, never between the halves of a surrogate pair. */
function furthest(line: string, start: number, budget: number): number {
  let left = budget
  let at = start
  while (at < line.length) {
    const code = line.charCodeAt(at)
    const pair = code >= 0xd800 && code < 0xdc00 && at + 1 < line.length
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : pair ? 4 : 3
    if (left < 0) return at
    at += pair ? 2 : 1
  }
  return at
}

/** Where to end the part that may reach `end`, and where the next begins: after the last whole word, else after the last whole cluster, else at `end`. */
function cutBefore(line: string, start: number, end: number): { cut: number; next: number } {
  // Two more code units show whether a cluster ends exactly at `end`; a cluster's start needs nothing from further right.
  const clusters = graphemes.segment(line.slice(start, end + 2))
  const space = line.lastIndexOf(' ', end)
  // A space that carries a combining mark is no gap between words.
  if (space > start && clusters.containing(space - start)?.segment === ' ') return { cut: space, next: space + 1 }
  const cluster = clusters.containing(end - start)
  const cut = cluster !== undefined && cluster.index > 0 ? start + cluster.index : end
  return { cut, next: cut }
}
