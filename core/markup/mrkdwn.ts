import { escapeSlack, type Piece, slackCode, slackLine, slackWords, unescapeSlack } from './mrkdwn-line.ts'
import { type NameOf, refersTo } from './mrkdwn-reference.ts'
import { type Block, type Inline, isStyled, type Link, nameOf, type Style, textOf } from './nodes.ts'
import { type Dialect, parseSpans } from './spans.ts'
import { onWholeWords } from './whole-words.ts'

/**
 * Reads what Slack sends as mrkdwn. Mentions are called what `names` says, else what Slack wrote beside the id, else by the id. Styles inside of
 * words are left out. Never throws; what makes no sense is plain text.
 */
export function parseMrkdwn(text: string, names: NameOf = () => null): Block[] {
  const dialect = dialectWith(names)
  const blocks: Block[] = []
  const lines = (part: string) => {
    for (const line of part.split('\n')) blocks.push(parseLine(line, dialect))
  }
  let from = 0
  for (;;) {
    const open = text.indexOf('```', from)
    const close = open === -1 ? -1 : text.indexOf('```', open + 3)
    if (close === -1) break
    if (open > from) lines(text.slice(from, open).replace(/\n$/, ''))
    blocks.push({
      kind: 'fence',
      language: '',
      text: dialect.code(text.slice(open + 3, close).replace(/^\n|\n$/g, '')),
    })
    from = close + 3
    if (text[from] === '\n') from++
  }
  if (from < text.length || from === 0) lines(text.slice(from))
  return blocks
}

/** Who is meant by `@name` in a message: their id at Slack, or null for nobody who may be rung there. */
export type Allowed = (name: string) => string | null

/** Nobody rings half a company with one message. */
const mostRung = 3
const markOf: Record<Style, string> = { bold: '*', italic: '_', struck: '~' }
const saidName =
  /(?<![\p{L}\p{N}\p{M}_.+\-/@%=&#~\\])@([A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?)(?![\p{L}\p{N}\p{M}/@])/gu

/**
 * Prints nodes as Slack's mrkdwn. `<` is written only for links and for people whom `mention` gives an id for, three of them at
 * most; `&`, `<` and `>` that were said are escaped, also in code, and what was said never becomes formatting. `@channel` and its like ring nobody.
 */
export function printMrkdwn(blocks: readonly Block[], options: { mention: Allowed }): string {
  const ring = ringingAtMost(mostRung, options.mention)
  return blocks
    .map((block) => {
      if (block.kind === 'fence') return `\`\`\`\n${slackCode(block.text)}\n\`\`\``
      const line = slackLine([
        ...(block.kind === 'quote' ? [written('&gt; ')] : []),
        ...block.children.flatMap((node) => piecesOf(node, ring)),
      ])
      return block.kind === 'quote' ? line.trimEnd() : line
    })
    .join('\n')
}

function piecesOf(node: Inline, ring: Allowed): Piece[] {
  switch (node.kind) {
    case 'text':
      return withMentions(node.text, ring)
    case 'code':
      return codePieces(node.text)
    case 'link':
      return [linkPiece(node)]
    case 'mention': {
      const id = node.of === 'user' ? ring(node.name) : null
      return [id === null ? said(nameOf(node)) : written(`<@${id}>`)]
    }
    default: {
      const pieces = node.children.flatMap((child) => piecesOf(child, ring))
      const mark = markOf[node.kind]
      // A sign of the same kind inside would end the style wherever it stands.
      const fits = node.children.some((child) => textOf([child]).trim() !== '') && !holds(node.children, mark)
      return fits ? [written(mark), ...pieces, written(mark)] : pieces
    }
  }
}

function withMentions(text: string, ring: Allowed): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: whole, 1: name = '', index } of text.matchAll(saidName)) {
    const id = ring(name)
    if (id === null) continue
    pieces.push(said(text.slice(from, index)), written(`<@${id}>`))
    from = index + whole.length
  }
  return [...pieces, said(text.slice(from))]
}

/** Slack's code ends at the first backtick; a fence lets single ones through. */
function codePieces(text: string): Piece[] {
  if (!text.includes('`')) return [written(`\`${slackWords(text)}\``)]
  return [written(`\`\`\` ${slackCode(text)} \`\`\``)]
}

function linkPiece({ href, label }: Link): Piece {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return said(label === null ? href : `${label} (${href})`)
  const target = escapeSlack(href.replace(/[\s<>|]/g, encodeURIComponent))
  const words = label === null || label.trim() === '' ? '' : `|${slackWords(label.replace(/\n/g, ' '))}`
  return written(`<${target}${words}>`)
}

function ringingAtMost(most: number, mention: Allowed): Allowed {
  const rung = new Set<string>()
  return (name) => {
    if (/^(?:channel|here|everyone)$/i.test(name)) return null
    const id = mention(name)
    if (id === null || !/^[UW][A-Z0-9]+$/.test(id) || (rung.size >= most && !rung.has(id))) return null
    rung.add(id)
    return id
  }
}

function holds(nodes: readonly Inline[], mark: string): boolean {
  return nodes.some((node) =>
    isStyled(node) ? holds(node.children, mark) : node.kind === 'text' && node.text.includes(mark),
  )
}

function said(text: string): Piece {
  return { text, said: true }
}

function written(text: string): Piece {
  return { text, said: false }
}

function parseLine(line: string, dialect: Dialect): Block {
  const [, quoted] = line.match(/^&gt; ?(.*)$/s) ?? []
  if (quoted !== undefined) return { kind: 'quote', children: onWholeWords(parseSpans(quoted, dialect)) }
  return { kind: 'line', children: onWholeWords(parseSpans(line, dialect)) }
}

function dialectWith(names: NameOf): Dialect {
  return {
    special: /`+|\*+|_+|~+|</g,
    marks: new Map([
      ['*', 'bold'],
      ['_', 'italic'],
      ['~', 'struck'],
    ]),
    atomAt(line, at) {
      const reference = /<([^<>\n]+)>/y
      reference.lastIndex = at
      const [whole, inner] = reference.exec(line) ?? []
      return whole === undefined || inner === undefined
        ? null
        : { nodes: [refersTo(inner, names)], end: at + whole.length }
    },
    code: (raw) => unescapeSlack(raw.replace(/<([^<>\n]+)>/g, (_, inner: string) => textOf([refersTo(inner, names)]))),
    text: unescapeSlack,
  }
}
