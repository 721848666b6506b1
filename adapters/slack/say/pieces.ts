/** What one message holds, in UTF-16 units of mrkdwn: Slack cuts a text somewhere above 4,000. */
export const pieceBudget = 3_900

/** Means something only as a whole: a mention, a link with its label, an escaped character, the edge of a code block. */
const wholes = /<[^<>\n]*>|&(?:amp|lt|gt);|```/g
const fence = '```'
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Cuts mrkdwn into pieces of at most `budget` UTF-16 units: at line breaks, else between words, else between characters as people
 * see them; never inside a mention, a link or an escape unless that alone is over the budget. A code block that is cut goes on in the
 * next piece. White space at a cut is lost, nothing else. Takes time linear in the text. `budget` is at least 20.
 */
export function cutIntoPieces(text: string, budget: number): string[] {
  const pieces: string[] = []
  let open = false
  let start = 0
  while (start < text.length) {
    const head = open ? `${fence}\n` : ''
    // Whether the block has to be closed behind this piece is known only when it is cut.
    const room = Math.max(20, budget) - head.length - fence.length - 1
    const { cut, next } = text.length - start <= room ? whole(text) : cutWithin(text, start, room)
    const body = text.slice(start, cut).trimEnd()
    open = isOpenAfter(body, open)
    start = next
    if (body !== '') pieces.push(`${head}${body}${open ? `\n${fence}` : ''}`)
  }
  return pieces
}

/** Whether a code block is open behind the text, given whether one was open before it. */
export function isOpenAfter(text: string, openBefore = false): boolean {
  return (text.split(fence).length % 2 === 0) !== openBefore
}

function whole(text: string): { cut: number; next: number } {
  return { cut: text.length, next: text.length }
}

/** Where to end the piece that begins at `start` and has `room`, and where the next one begins. */
function cutWithin(text: string, start: number, room: number): { cut: number; next: number } {
  // One more unit shows a gap that stands exactly behind the last word that fits.
  const window = text.slice(start, start + room + 1)
  const spans = [...text.slice(start, start + 3 * room).matchAll(wholes)].map(({ 0: found, index }) => ({
    from: index,
    to: index + found.length,
  }))
  const isInside = (at: number) => spans.some(({ from, to }) => at > from && at < to)
  const gap = (character: string, least: number) => {
    let at = window.lastIndexOf(character)
    while (at > least && isInside(at)) at = window.lastIndexOf(character, at - 1)
    return at > least ? { cut: start + at, next: start + at + 1 } : null
  }
  // A line break near the beginning would make many small pieces of a few long lines.
  return gap('\n', room / 3) ?? gap(' ', room / 3) ?? gap('\n', 0) ?? gap(' ', 0) ?? hard()

  function hard() {
    const span = spans.find(({ from, to }) => room > from && room < to)
    if (span !== undefined && span.from > 0) return { cut: start + span.from, next: start + span.from }
    const cluster = graphemes.segment(text.slice(start, start + room + 64)).containing(room)
    const end = start + (cluster !== undefined && cluster.index > 0 ? cluster.index : room)
    return { cut: end, next: end }
  }
}
