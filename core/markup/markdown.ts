import { freeLength, printCode, ticksIn } from './code-span.ts'
import { bareLinkAt, isLinkTarget, namedLinkAt } from './link-syntax.ts'
import { type Block, type Inline, nameOf, type Style } from './nodes.ts'
import { type Dialect, parseSpans } from './spans.ts'

type Fence = Extract<Block, { kind: 'fence' }>

const markOf: Record<Style, string> = { bold: '**', italic: '_', struck: '~~' }

const dialect: Dialect = {
  special: /`+|\*+|_+|~+|\[|https?:\/\//gi,
  marks: new Map((Object.keys(markOf) as Style[]).map((style) => [markOf[style], style])),
  atomAt(line, at) {
    const found =
      line[at] === '[' ? namedLinkAt(line, at) : /[\p{L}\p{N}]/u.test(line[at - 1] ?? ' ') ? null : bareLinkAt(line, at)
    return found === null ? null : { nodes: [found.link], end: found.end }
  },
  code: (raw) => (/^ (?:`.*|.*`) $/s.test(raw) ? raw.slice(1, -1) : raw),
  text: (raw) => raw,
}

/**
 * Reads canonical text: `**bold**`, `_italic_`, `~~struck~~`, code in backticks, fences, `> ` at the beginning of a line, `[label](https://…)` and bare
 * links. A fence that nobody closes runs to the end. What is none of these is plain text; mentions are too. Never throws.
 */
export function parseMarkdown(text: string): Block[] {
  return linesAndFences(text).map((part) => (typeof part === 'string' ? parseLine(part) : part))
}

/** The lines of canonical text as they stand, and the fences between them. */
export function linesAndFences(text: string): (string | Fence)[] {
  const lines = text.split('\n')
  const parts: (string | Fence)[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const [, fence, language = ''] = line.match(/^(`{3,})[^\S\n]*([\w+#.-]*)\s*$/) ?? []
    if (fence === undefined) {
      parts.push(line)
      continue
    }
    let last = at + 1
    while (last < lines.length && lines[last]?.trimEnd() !== fence) last++
    const code = lines.slice(at + 1, last)
    // A language is no text, but without an end nobody knows whether it is one.
    const closed = last < lines.length
    if (!closed && language !== '') code.unshift(language)
    parts.push({ kind: 'fence', language: closed ? language : '', text: code.join('\n') })
    at = last
  }
  return parts
}

/** Reads one line of canonical text that is no part of a fence. */
export function parseLine(line: string): Block {
  const quoted = line.match(/^>(?: (.*)|)$/s)
  if (quoted !== null) return { kind: 'quote', children: parseSpans(quoted[1] ?? '', dialect) }
  return { kind: 'line', children: parseSpans(line, dialect) }
}

/**
 * Prints nodes as canonical text. What was parsed from canonical text is the same nodes when it is parsed again. Marks in plain texts
 * are printed as they are: in the record there is no way to say that they mean nothing.
 */
export function printMarkdown(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n')
}

function printBlock(block: Block): string {
  if (block.kind !== 'fence') {
    const line = printInline(block.children, new Set())
    return block.kind === 'line' ? line : line === '' ? '>' : `> ${line}`
  }
  const lines = new Set(block.text.split('\n').map((line) => line.trimEnd()))
  const fence = '`'.repeat(freeLength(3, (length) => lines.has('`'.repeat(length))))
  return `${fence}${block.language}\n${block.text === '' ? '' : `${block.text}\n`}${fence}`
}

/** `loose` are the lengths of the runs of backticks that stand before it as plain text. */
function printInline(nodes: readonly Inline[], loose: Set<number>): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          for (const length of ticksIn(node.text)) loose.add(length)
          return node.text
        case 'code':
          return printCode(node.text, loose)
        case 'link':
          return node.label === null ? node.href : printLink(node.label, node.href)
        case 'mention':
          return nameOf(node)
        default: {
          const mark = markOf[node.kind]
          return `${mark}${printInline(node.children, loose)}${mark}`
        }
      }
    })
    .join('')
}

/** Where the label cannot stand in brackets, both stand side by side. */
function printLink(label: string, href: string): string {
  const link = `[${label}](${isLinkTarget(href) ? href : href.replace(/[\s()<>[\]]/g, percentEncoded)})`
  return namedLinkAt(link, 0)?.end === link.length ? link : `${label} (${href})`
}

function percentEncoded(sign: string): string {
  return { '(': '%28', ')': '%29' }[sign] ?? encodeURIComponent(sign)
}
