import { forMatching } from '../../../core/clean-text.ts'
import { printMarkdown } from '../../../core/markup/markdown.ts'
import { parseMrkdwn } from '../../../core/markup/mrkdwn.ts'
import type { Block, Inline, Mention } from '../../../core/markup/nodes.ts'

/** Whoever and whatever a message may name. */
export interface Named {
  /** What our own apps are called in the rooms, by the user id of their bot. */
  ours: ReadonlyMap<string, string>
  /** Names that address somebody of the fleet, in lower case. */
  reserved: ReadonlySet<string>
  /** What a person or a channel is called, or null when that is not known. */
  person(id: string): Promise<string | null>
  room(id: string): Promise<string | null>
}

/** Names that are asked for, for one text. More is no talk, and each may take a call of which Slack allows few. */
const mostNamed = 50

/** mrkdwn as canonical text. What it names is called as people know it; whole channels and groups are plain words. */
export async function canonicalText(mrkdwn: string, named: Named): Promise<string> {
  const names = new Map<string, string>()
  const mentioned = new Map(mentionsIn(mrkdwn).map((mention) => [`${mention.of} ${mention.id}`, mention]))
  const asked = [...mentioned].slice(0, mostNamed).map(async ([key, { of, id }]) => {
    const ours = of === 'user' ? named.ours.get(id) : undefined
    const name = ours ?? (await (of === 'user' ? named.person(id) : named.room(id)))
    if (name !== null) names.set(key, ours ?? nameAsWord(name, named.reserved))
  })
  await Promise.all(asked)
  const blocks = parseMrkdwn(mrkdwn, (of, id) => names.get(`${of} ${id}`) ?? null)
  return printMarkdown(blocks.map((block) => inWords(block, names, named.reserved)))
}

/** The people and channels that are mentioned. */
function mentionsIn(mrkdwn: string): { of: 'user' | 'room'; id: string }[] {
  const found: { of: 'user' | 'room'; id: string }[] = []
  parseMrkdwn(mrkdwn, (of, id) => {
    if (of === 'user' || of === 'room') found.push({ of, id })
    return null
  })
  return found
}

function inWords(block: Block, names: ReadonlyMap<string, string>, reserved: ReadonlySet<string>): Block {
  if (block.kind === 'fence') return block
  const words = (nodes: Inline[]): Inline[] =>
    nodes.map((node) => {
      if ('children' in node) return { ...node, children: words(node.children) }
      return node.kind === 'mention' ? mentionInWords(node, names, reserved) : node
    })
  return { ...block, children: words(block.children) }
}

function mentionInWords(node: Mention, names: ReadonlyMap<string, string>, reserved: ReadonlySet<string>): Inline {
  // An app may write any name beside an id.
  const name = names.get(`${node.of} ${node.id}`) ?? nameAsWord(node.name, reserved)
  if (node.of === 'user' || node.of === 'room') return { ...node, name }
  return { kind: 'text', text: name }
}

/**
 * A name that somebody gave themselves, as one word that can stand in somebody else's line: it cannot go on as a command
 * (`breakroom stop cto`), end a quotation, style what follows, nor be the name of somebody of the fleet.
 */
export function nameAsWord(name: string, reserved: ReadonlySet<string>): string {
  const word = forMatching(name)
    .slice(0, 64)
    .replace(/[^\p{L}\p{N}\p{M}.-]+/gu, '_')
    .replace(/^[_.-]+|[_.-]+$/g, '')
  if (word === '') return 'somebody'
  return reserved.has(word.toLowerCase()) ? `${word}_` : word
}
