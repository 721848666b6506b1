/**
 * What a text says and how it is set, apart from how any network writes that down. The record keeps the canonical form, which
 * markdown.ts reads and prints; every network's own form is made from these nodes and read into them.
 */

/** How words are set. A style is never inside itself. */
export type Style = 'bold' | 'italic' | 'struck'

/** A name that rings somebody where it was written. Printed, it is only a name. */
export interface Mention {
  kind: 'mention'
  of: 'user' | 'room' | 'group' | 'everyone'
  /** The network's id; `here`, `channel` or `everyone` for everyone. */
  id: string
  /** Without `@` or `#`; the id where the network gave no name. */
  name: string
}

/** `label` is plain text, null for a link that shows its own address. `href` is http, https or mailto. */
export interface Link {
  kind: 'link'
  href: string
  label: string | null
}

/** What stands in a line. Texts, codes and labels hold no line breaks. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: Style; children: Inline[] }
  | { kind: 'code'; text: string }
  | Link
  | Mention

/** A line, a quoted line, or lines of code. A text is its blocks, one below the other. */
export type Block =
  | { kind: 'line'; children: Inline[] }
  | { kind: 'quote'; children: Inline[] }
  | { kind: 'fence'; language: string; text: string }

/** True for a node that sets others in a style. */
export function isStyled(node: Inline): node is Extract<Inline, { children: Inline[] }> {
  return 'children' in node
}

/** A mention as plain words. */
export function nameOf({ of, name }: Mention): string {
  return `${of === 'room' ? '#' : '@'}${name}`
}

/** The words alone, without any style. A link gives its label, or its address where it has none. */
export function textOf(nodes: readonly Inline[]): string {
  return nodes.map(wordsOf).join('')
}

function wordsOf(node: Inline): string {
  switch (node.kind) {
    case 'text':
    case 'code':
      return node.text
    case 'link':
      return node.label ?? node.href
    case 'mention':
      return nameOf(node)
    default:
      return textOf(node.children)
  }
}

/** The same nodes in the fewest: neighbours of one kind are one, and nothing is empty or twice in the same style. */
export function joined(nodes: readonly Inline[], within: readonly Style[] = []): Inline[] {
  const list: Inline[] = []
  for (const node of nodes) {
    if (!isStyled(node)) add(list, node)
    else if (within.includes(node.kind)) for (const child of node.children) add(list, child)
    else add(list, { kind: node.kind, children: [...node.children] })
  }
  return list
    .map((node) => (isStyled(node) ? { ...node, children: joined(node.children, [...within, node.kind]) } : node))
    .filter((node) => !isStyled(node) || node.children.length > 0)
}

/** A styled node belongs to the list and is added to. */
function add(list: Inline[], node: Inline): void {
  const last = list.at(-1)
  if ((node.kind === 'text' || node.kind === 'code') && node.text === '') return
  if ((node.kind === 'text' || node.kind === 'code') && last?.kind === node.kind) {
    list[list.length - 1] = { kind: node.kind, text: last.text + node.text }
  } else if (isStyled(node) && last?.kind === node.kind && isStyled(last)) {
    for (const child of node.children) last.children.push(child)
  } else list.push(node)
}
