import { type Inline, isStyled, joined, type Style, textOf } from './nodes.ts'
import { type Dialect, parseSpans } from './spans.ts'

const onlyCode: Dialect = {
  special: /`+/g,
  marks: new Map(),
  atomAt: () => null,
  code: (raw) => raw,
  text: (raw) => raw,
}

/** What may stand between a space and a styled word, and the other way round. */
const before = /(?:^|\s)[([{"'“‘«*_~]*$/
const after = /^[)\]}"'”’».,;:!?…*_~]*(?:\s|$)/
/** More punctuation in a row is no sentence. */
const reach = 8

/** What would end a style too early in canonical text. */
const endsEarly: Record<Style, RegExp> = {
  bold: /\*\*/,
  italic: /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u,
  struck: /~~/,
}

/**
 * The nodes of one line with styles only around whole words, without the spaces at their ends: elsewhere canonical text cannot show
 * them, and a name, a command or a key that is styled in part would not be found. The words stay as they are.
 */
export function onWholeWords(nodes: readonly Inline[]): Inline[] {
  const line = textOf(nodes)
  let at = 0

  const settle = (list: readonly Inline[]): Inline[] =>
    list.flatMap((node) => {
      const start = at
      if (!isStyled(node)) {
        at += textOf([node]).length
        return [node]
      }
      const { lead, core, trail } = trimmed(settle(node.children))
      const words = [start + lead.length, at - trail.length] as const
      const fits =
        before.test(line.slice(Math.max(0, words[0] - reach), words[0])) &&
        after.test(line.slice(words[1], words[1] + reach)) &&
        !core.some((child) => holds(child, endsEarly[node.kind]))
      return [
        { kind: 'text', text: lead },
        ...(fits ? [{ kind: node.kind, children: core }] : core),
        { kind: 'text', text: trail },
      ]
    })

  return joined(settle(nodes))
}

/** Takes the white space at both ends off. */
function trimmed(nodes: readonly Inline[]): { lead: string; core: Inline[]; trail: string } {
  const core = joined(nodes)
  let [lead, trail] = ['', '']
  const first = core[0]
  if (first?.kind === 'text') {
    const text = first.text.trimStart()
    lead = first.text.slice(0, first.text.length - text.length)
    core[0] = { kind: 'text', text }
  }
  const last = core.at(-1)
  if (last?.kind === 'text') {
    const text = last.text.trimEnd()
    trail = last.text.slice(text.length)
    core[core.length - 1] = { kind: 'text', text }
  }
  return { lead, core: joined(core), trail }
}

/** On IRC code is typed with its backticks. */
function outsideCode(text: string): string {
  return textOf(parseSpans(text, onlyCode).filter(({ kind }) => kind === 'text'))
}

function holds(node: Inline, pattern: RegExp): boolean {
  if (node.kind === 'text') return pattern.test(outsideCode(node.text))
  return isStyled(node) && node.children.some((child) => holds(child, pattern))
}
