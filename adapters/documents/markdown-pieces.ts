/**
 * The parser takes time that grows with the square of how many lists a text has (64,000 characters of small ones: 8 s),
 * and memory of two hundred times its length. So it gets pieces of about this many characters.
 */
const pieceLength = 8_000
/** A piece without any border, such as one line or one block of code, is cut anywhere after this many. */
const longest = 250_000

const definition = /^ {0,3}\[(\^?)([^\]\n]{1,200})\]:[^\n]*$/gm

/**
 * Cuts Markdown before headings, else between paragraphs, never inside of a block of code that is not huge. What is
 * defined anywhere for the whole text (`[name]: address`) stands at the end of each piece.
 */
export function* markdownPieces(text: string): Generator<string> {
  if (text.length <= pieceLength) return yield text
  const shared = definitionsIn(text)
  let start = 0
  let fence: string | null = null
  let afterEmpty = false
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at)
    const end = Math.min(feed === -1 ? text.length : feed + 1, at + longest)
    const line = text.slice(at, Math.min(end, at + 100))
    const length = at - start
    const heading = fence === null && /^#{1,6}\s/.test(line)
    const paragraph = fence === null && afterEmpty && /^\S/.test(line)
    if ((heading && length > pieceLength / 2) || (paragraph && length > pieceLength) || length > longest) {
      yield text.slice(start, at) + shared
      start = at
      fence = null
    }
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark !== undefined && fence === null) fence = mark
    else if (mark !== undefined && fence !== null && mark.startsWith(fence)) fence = null
    afterEmpty = line.trim() === ''
    at = end
  }
  yield text.slice(start) + shared
}

/** Definitions of links as they stand there, those of footnotes without their text, which is to be read once. */
function definitionsIn(text: string): string {
  let found = ''
  for (const [line, footnote, name] of text.matchAll(definition)) {
    found += footnote === '' ? `\n${line}` : `\n[^${name}]:`
    if (found.length > pieceLength) break
  }
  return found === '' ? '' : `\n\n${found}\n`
}
