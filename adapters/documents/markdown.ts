import type { RootContent } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { type HtmlToBlocks, writeBlocks } from './blocks.ts'
import { markdownPieces } from './markdown-pieces.ts'
import type { SectionWriter } from './section-writer.ts'

const parser = unified().use(remarkParse).use(remarkGfm, { singleTilde: false }).freeze()

/** Writes Markdown down; of MDX what it has in common with Markdown, without imports and expressions. */
export async function writeMarkdown(text: string, writer: SectionWriter, { mdx }: { mdx: boolean }): Promise<void> {
  // Most documents have no HTML that says anything, and its parser is large.
  const fromHtml = /^\s{0,3}<[a-z]/im.test(text) ? (await import('./html.ts')).blocksOfHtml : noBlocks
  for (const piece of markdownPieces(text)) {
    if (writer.full) return
    const blocks = parser.parse(piece).children
    writeBlocks(mdx ? blocks.filter((block) => !isCode(block, piece)) : blocks, writer, fromHtml)
  }
}

const noBlocks: HtmlToBlocks = () => []

function isCode({ type, position }: RootContent, text: string): boolean {
  const start = position?.start.offset ?? 0
  return (
    type === 'paragraph' &&
    /^(?:import\s[^\n]*['"]|export\s|\{[\s\S]*\}$)/.test(text.slice(start, position?.end.offset))
  )
}
