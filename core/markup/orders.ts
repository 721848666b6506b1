import { type Block, type Inline, isStyled, textOf } from './nodes.ts'

/**
 * A heard text without the styles that would hide an order: those around a whole line, and one around the command or the address
 * that a line begins with (`**!stop**`, `**cto:** please`). Code is words too when it is the whole line.
 */
export function withPlainOrders(blocks: readonly Block[]): Block[] {
  return blocks.map((block) =>
    block.kind === 'line' ? { kind: 'line', children: plainOrders(block.children) } : block,
  )
}

function plainOrders(nodes: Inline[]): Inline[] {
  const said = nodes.filter((node) => node.kind !== 'text' || node.text.trim() !== '')
  const [first] = said
  if (first === undefined) return nodes
  const content = contentOf(first)
  if (content === null) return nodes
  const isOrder = first.kind !== 'code' && /^\s*[!@]|[:,]\s*$/.test(textOf(content))
  if (said.length > 1 && !isOrder) return nodes
  return plainOrders(nodes.flatMap((node) => (node === first ? content : [node])))
}

function contentOf(node: Inline): Inline[] | null {
  if (isStyled(node)) return node.children
  return node.kind === 'code' ? [{ kind: 'text', text: node.text }] : null
}
