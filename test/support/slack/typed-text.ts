import type { World } from './world.ts'

const token = /<@(U\d+)>|@([\w.-]*\w)|#([\w-]+)|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>]+)|[&<>]/g

/**
 * What Slack makes of text that a person types. Known names behind `@` and `#` become mentions, as picked from the completion;
 * everything else that could be markup is escaped. Follows docs.slack.dev "Formatting text for app surfaces".
 */
export function typedText(world: World, text: string): string {
  return text.replace(token, (all, userId, name, channelName, label, labelled, url) => {
    if (userId !== undefined) return world.users.has(userId) ? all : escapeText(all)
    if (name !== undefined) return mention(world, name) ?? all
    if (channelName !== undefined) return channelMention(world, channelName) ?? all
    if (labelled !== undefined) return `<${escapeText(labelled)}|${escapeText(label)}>`
    if (url !== undefined) return `<${escapeText(url)}>`
    return escapeText(all)
  })
}

/** Bare links in text that an app posts become links too. */
export function linkedText(text: string): string {
  return text.replace(/<[^<>]*>|`[^`]*`|https?:\/\/[^\s<>|`]+/g, (all) => (/^https?:/.test(all) ? `<${all}>` : all))
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
