import { defangLinks } from '../markup/links.ts'
import { parseLine } from '../markup/markdown.ts'
import { cut } from '../task/wording.ts'

/** An underscore that may begin or end a style. A letter of two UTF-16 units is none to who reads the marks. */
const besideNoLetter = /(?<![[\p{L}\p{N}]&&[\0-\uffff]])_|_(?![[\p{L}\p{N}]&&[\0-\uffff]])/gv

/** An `@` that a network may take for the beginning of somebody's name; one inside of an address is none. */
const ringing = /(?<![\p{L}\p{N}\p{M}_.+\-/%=&#~\\])@(?=[A-Za-z0-9])/gu

/** Words of a document inside a line of ours: one line of at most `bytes` bytes, in quotation marks that they cannot close. */
export function quotedWords(text: string, bytes: number): string {
  return `"${cut(text.replace(/["“”„‟«»″〝〞＂]/g, "'"), bytes)}"`
}

/**
 * A line with words of documents in it, so that they are words and nothing else: no marks that set them in a style, no named links, no
 * name that rings somebody, and no address that opens unless its host is one of `links`. Code and names with an underscore stay as they are where they mean no style.
 */
export function wordsOnly(line: string, links: readonly string[]): string {
  const shown = defangLinks(line.replace(ringing, '@\u200b'), links)
  if (isPlain(shown)) return shown
  return shown
    .replace(/`+/g, "'")
    .replace(besideNoLetter, '')
    .replace(/\*{2,}|~{2,}/g, (run) => run.charAt(0))
    .replace(/\](?=\()/g, '] ')
}

/** Whether nothing in it is more than text. What is left of bare links after `defangLinks` may open. */
function isPlain(line: string): boolean {
  const block = parseLine(line)
  return (
    block.kind === 'line' &&
    block.children.every((node) => node.kind === 'text' || (node.kind === 'link' && node.label === null))
  )
}
