import { printCode, ticksIn } from './code-span.ts'
import { type Block, type Inline, joined, nameOf, type Style } from './nodes.ts'
import { onWholeWords } from './whole-words.ts'

const codeOf: Record<Style, string> = { bold: '\x02', italic: '\x1d', struck: '\x1e' }
const styleOf = new Map((Object.keys(codeOf) as Style[]).map((style) => [codeOf[style], style]))
const monospace = '\x11'
const reset = '\x0f'
/** One code that carries formatting, with its colour. In parentheses, so that `split` keeps it. */
export const ircFormatting =
  /(\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?|[\x02\x0f\x11\x16\x1d-\x1f])/g

/**
 * Reads what a line on IRC says: bold, italic, struck and monospace around whole words are kept; colours, underline, reverse and
 * styles inside of words are left out. Marks of Markdown that somebody typed stay in the text. Never throws.
 */
export function parseIrc(text: string): Block[] {
  const runs: Inline[] = []
  let styles: Style[] = []
  let code = false
  for (const [index, piece] of text.split(ircFormatting).entries()) {
    if (index % 2 === 0) {
      const words: Inline = { kind: code ? 'code' : 'text', text: piece }
      if (piece !== '') runs.push(styles.reduceRight<Inline>((node, kind) => ({ kind, children: [node] }), words))
      continue
    }
    const style = styleOf.get(piece)
    if (style !== undefined)
      styles = styles.includes(style) ? styles.filter((one) => one !== style) : [...styles, style]
    else if (piece === monospace) code = !code
    else if (piece === reset) [styles, code] = [[], false]
  }
  return [{ kind: 'line', children: onWholeWords(joined(runs)) }]
}

/**
 * Prints nodes as one line of IRC with formatting codes, every one of them closed. Code in a line keeps its backticks, since not every client
 * shows monospace, and people copy commands; lines of a fence are monospace. No other control character comes out, whatever is
 * in the nodes: line breaks and tabs are spaces. In bytes it is never longer than the same in canonical text.
 */
export function printIrc(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join(' ')
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'line':
      return printInline(joined(block.children), new Set())
    case 'quote':
      return `> ${printInline(joined(block.children), new Set())}`.trimEnd()
    case 'fence':
      return block.text === '' ? '' : `${monospace}${plain(block.text)}${monospace}`
  }
}

/** `loose` as for `printCode`. */
function printInline(nodes: readonly Inline[], loose: Set<number>): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          for (const length of ticksIn(node.text)) loose.add(length)
          return plain(node.text)
        case 'code':
          return plain(printCode(node.text, loose))
        case 'link':
          return plain(node.label === null ? node.href : `${node.label} (${node.href})`)
        case 'mention':
          return plain(nameOf(node))
        default:
          return `${codeOf[node.kind]}${printInline(node.children, loose)}${codeOf[node.kind]}`
      }
    })
    .join('')
}

function plain(text: string): string {
  return text.replace(/[\t\r\n]/g, ' ').replace(/[\x00-\x1f\x7f-\x9f]/g, '')
}
