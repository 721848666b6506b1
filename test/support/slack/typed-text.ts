import type { World } from './world.ts'

// A link ends before the punctuation of its sentence.
const url = String.raw`https?:\/\/[^\s<>|\x60]*[^\s<>|\x60.,;:!?)'"]`
const token = new RegExp(
  [
    String.raw`(?<code>\x60\x60\x60[\s\S]*?\x60\x60\x60|\x60[^\x60\n]+\x60)`,
    String.raw`<@(?<id>U\d+)>`,
    String.raw`(?<![\w@])@(?<name>[\w.-]*\w)`,
    String.raw`(?<!\w)#(?<channel>[\w-]+)`,
    String.raw`\[(?<label>[^\]\n]+)\]\((?<target>https?:\/\/[^\s)]+)\)`,
    `(?<url>${url})`,
    '[&<>]',
  ].join('|'),
  'g',
)

/**
 * What Slack makes of text that a person types. Known names behind `@` and `#` become mentions, as picked from the completion;
 * everything else that could be markup is escaped, and nothing becomes a mention inside of code. Follows docs.slack.dev
 * "Formatting text for app surfaces".
 */
export function typedText(world: World, text: string): string {
  return text.replace(token, (all, ...rest) => {
    const found = rest.at(-1) as Record<string, string | undefined>
    if (found.id !== undefined) return world.users.has(found.id) ? all : escapeText(all)
    if (found.name !== undefined) return mention(world, found.name) ?? all
    if (found.channel !== undefined) return channelMention(world, found.channel) ?? all
    if (found.target !== undefined) return `<${escapeText(found.target)}|${escapeText(found.label ?? '')}>`
    if (found.url !== undefined) return `<${escapeText(found.url)}>`
    return escapeText(all)
  })
}

const entity = String.raw`<(?:[@#!][^<>\s][^<>]*|(?:https?|mailto|slack):[^<>\s][^<>]*)>`
const posted = new RegExp(String.raw`${entity}|\x60[^\x60]*\x60|(?<url>${url})|&(?!(?:amp|lt|gt);)|[<>]`, 'g')

/** What Slack keeps of text that an app posts: bare links become links, and what is neither an entity nor escaped is escaped. */
export function postedText(text: string): string {
  return text.replace(posted, (all, ...rest) => {
    const { url } = rest.at(-1) as { url?: string }
    if (url !== undefined) return `<${escapeBare(url)}>`
    return all.length === 1 ? escapeText(all) : all
  })
}

function escapeBare(text: string): string {
  return text.replace(/&(?!(?:amp|lt|gt);)/g, '&amp;')
}

function mention(world: World, name: string): string | null {
  if (['here', 'channel', 'everyone'].includes(name)) return `<!${name}>`
  const user = [...world.users.values()].find((user) => user.name === name && !user.deactivated)
  return user === undefined ? null : `<@${user.id}>`
}

function channelMention(world: World, name: string): string | null {
  const channel = [...world.channels.values()].find((channel) => channel.name === name)
  return channel === undefined ? null : `<#${channel.id}|${channel.name}>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
