import type { Json } from './message.ts'

/**
 * The `rich_text` block that Slack adds to a message that was typed, or posted with text only.
 * Follows docs.slack.dev "Rich text block" and "Formatting text for app surfaces".
 */
export function richTextBlocks(text: string, blockId: string): Json[] {
  const parts = text.split(/(```[\s\S]*?```)/)
  const elements = parts.flatMap((part): Json[] => {
    if (part === '') return []
    const code = /^```([\s\S]*?)```$/.exec(part)
    if (code) return [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: plain(code[1] ?? '') }] }]
    return [{ type: 'rich_text_section', elements: inline(part) }]
  })
  return [{ type: 'rich_text', block_id: blockId, elements }]
}

const styles: Record<string, string> = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'code' }
const token = /<([^<>]+)>|:([a-z0-9_+-]+):|([*_~`])(\S|\S[^\n]*?\S)\3(?![A-Za-z0-9])/g

function inline(text: string): Json[] {
  const elements: Json[] = []
  let from = 0
  for (const match of text.matchAll(token)) {
    if (match.index > from) elements.push({ type: 'text', text: plain(text.slice(from, match.index)) })
    elements.push(elementOf(match))
    from = match.index + match[0].length
  }
  if (from < text.length) elements.push({ type: 'text', text: plain(text.slice(from)) })
  return elements
}

function elementOf([, entity, emoji, mark, styled]: RegExpExecArray): Json {
  if (entity !== undefined) return entityElement(entity)
  if (emoji !== undefined) return { type: 'emoji', name: emoji }
  return { type: 'text', text: plain(styled ?? ''), style: { [styles[mark ?? ''] ?? 'bold']: true } }
}

function entityElement(entity: string): Json {
  const [target = '', label] = entity.split('|')
  if (target.startsWith('@')) return { type: 'user', user_id: target.slice(1) }
  if (target.startsWith('#')) return { type: 'channel', channel_id: target.slice(1) }
  if (target.startsWith('!subteam^')) return { type: 'usergroup', usergroup_id: target.slice('!subteam^'.length) }
  if (target.startsWith('!')) return { type: 'broadcast', range: target.slice(1) }
  return { type: 'link', url: plain(target), ...(label === undefined ? {} : { text: plain(label) }) }
}

function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
