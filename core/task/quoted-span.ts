/**
 * Finds what stands in quotation marks ("..." or the curly pair) or in backticks on one line. Returns a function that tells where
 * the span that begins at an index ends, or null when none begins there. A straight mark opens only at the beginning of a word, so
 * that 19" is a size; between straight marks a line break that is meant stands behind a backslash. Asked with growing indices it
 * takes linear time in all.
 */
export function quotedSpans(text: string): (at: number) => number | null {
  /** By closing mark: before this index no opened span is closed. */
  const openUntil = new Map<string, number>()

  return function endOfSpan(at) {
    const closing = closingMarks.get(text.charAt(at))
    if (closing === undefined || at < (openUntil.get(closing) ?? 0)) return null
    if (closing === '"' && at > 0 && !/[\s([:;,]/.test(text.charAt(at - 1))) return null
    let end = at + 1
    for (; end < text.length && text.charAt(end) !== '\n'; end++) {
      if (text.charAt(end) === closing) return end + 1
      if (closing === '"' && text.charAt(end) === '\\') end++
    }
    openUntil.set(closing, end)
    return null
  }
}

const closingMarks = new Map([
  ['"', '"'],
  ['“', '”'],
  ['`', '`'],
])

/** The text in the quotation marks at the front and what stands behind them, or null when there are none. */
export function quotedFront(text: string): { inside: string; behind: string } | null {
  const end = text.startsWith('`') ? null : quotedSpans(text)(0)
  if (end === null) return null
  return { inside: text.slice(1, end - 1).replace(/\\(["\\\n])/g, '$1'), behind: text.slice(end).trim() }
}

/** The text without the quotation marks that hold all of it. */
export function unquoted(text: string): string {
  const front = quotedFront(text)
  return front !== null && front.behind === '' ? front.inside : text
}

/** The text at its own length, with what stands in quotation marks or backticks filled with NUL. */
export function withoutSpans(text: string): string {
  const endOfSpan = quotedSpans(text)
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const end = endOfSpan(at)
    if (end === null) continue
    pieces.push(text.slice(from, at), '\0'.repeat(end - at))
    from = end
    at = end - 1
  }
  return [...pieces, text.slice(from)].join('')
}
