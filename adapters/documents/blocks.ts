import type { Nodes, RootContent, Table, TableRow } from 'mdast'
import { toString as leafText } from 'mdast-util-to-string'
import type { SectionWriter } from './section-writer.ts'

/** Turns a piece of raw HTML into blocks. */
export type HtmlToBlocks = (html: string) => readonly RootContent[]

/** Writes blocks of Markdown down. Raw HTML between them goes through `fromHtml`; what is struck out is left out. */
export function writeBlocks(blocks: readonly RootContent[], writer: SectionWriter, fromHtml: HtmlToBlocks): void {
  for (const block of blocks) {
    if (writer.full) return
    writeBlock(block, writer, fromHtml)
  }
}

function writeBlock(block: RootContent, writer: SectionWriter, fromHtml: HtmlToBlocks): void {
  if (block.type === 'heading') writer.heading(block.depth, inlineText(block.children))
  else if (block.type === 'code') {
    // A drawing says nothing to whoever reads it a line at a time.
    if (!/[\u2500-\u257f]/.test(block.value)) writer.code(block.value)
  } else if (block.type === 'list') for (const item of block.children) writeInner(item.children, writer, fromHtml)
  else if (block.type === 'table') writeTable(block, writer)
  else if (block.type === 'html') writeBlocks(fromHtml(block.value), writer, fromHtml)
  else if (block.type === 'blockquote' || block.type === 'footnoteDefinition')
    writeInner(block.children, writer, fromHtml)
  else if (block.type === 'paragraph') writeLines(inlineText(block.children), writer)
  else writeLines(inlineText([block]), writer)
}

/** A heading in a list or a quotation is no heading of the document. */
function writeInner(blocks: readonly RootContent[], writer: SectionWriter, fromHtml: HtmlToBlocks): void {
  const lines = blocks.map((block): RootContent => {
    return block.type === 'heading' ? { type: 'paragraph', children: block.children } : block
  })
  writeBlocks(lines, writer, fromHtml)
}

function writeLines(text: string, writer: SectionWriter): void {
  for (const line of text.split(lineBreak)) writer.line(line)
}

/** A row is a line: what it is about, and then each cell behind the head of its column. */
function writeTable(table: Table, writer: SectionWriter): void {
  const [head, ...rows] = table.children
  const heads = head === undefined ? [] : cellsOf(head)
  if (rows.length === 0) writer.line(heads.filter((cell) => cell !== '').join(' · '))
  for (const row of rows) {
    const cells = cellsOf(row).map((cell, column) => {
      const name = heads[column] ?? ''
      return column === 0 || cell === '' || name === '' ? cell : `${name}: ${cell}`
    })
    writer.line(cells.filter((cell) => cell !== '').join(' · '))
  }
}

function cellsOf(row: TableRow): string[] {
  return row.children.map((cell) => inlineText(cell.children).replace(/\s+/g, ' ').trim())
}

/** Marks a line break that is meant, unlike those of the source; it stands in no text that was cleaned. */
const lineBreak = '\v'

function inlineText(nodes: readonly Nodes[]): string {
  return nodes.map(oneInline).join('')
}

function oneInline(node: Nodes): string {
  if (node.type === 'break' || (node.type === 'html' && /^<br\b/i.test(node.value))) return lineBreak
  if (node.type === 'delete') return ''
  if ('children' in node) return inlineText(node.children)
  return leafText(node, { includeHtml: false })
}
