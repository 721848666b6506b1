const entity = /<([@#])([A-Z0-9]{1,40})(?:\|([^<>|]*))?>|<(https?:[^<>|\s]+)(?:\|[^<>|]*)?>|&(amp|lt|gt);/g
const characters = { amp: '&', lt: '<', gt: '>' }

/**
 * The words behind a slash command as they were typed, before Slack made entities of `@names`, `#channels`, links and `&`, `<`, `>`.
 * `roomOf` tells which fleet room a channel id is.
 */
export function typedWords(text: string, roomOf: (channel: string) => string | null): string {
  return text
    .replace(entity, (_all, sign?: string, id = '', label?: string, url?: string, character?: string) => {
      if (character !== undefined) return characters[character as keyof typeof characters]
      if (url !== undefined) return typedWords(url, roomOf)
      if (sign === '@') return `@${label || id}`
      return `#${roomOf(id) ?? (label || id)}`
    })
    .trim()
}
