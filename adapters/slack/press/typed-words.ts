const entity = /<([@#])([A-Z0-9]{1,40})(?:\|([^<>|]*))?>|<(https?:[^<>|\s]+)(?:\|[^<>|]*)?>|&(amp|lt|gt);/g
const characters = { amp: '&', lt: '<', gt: '>' }

interface Names {
  /** Channel id -> fleet room. */
  roomOf(channel: string): string | null
  /** User id -> name, where Slack gives none. */
  nameOf?(user: string): string | null
}

/** What was typed, before Slack made entities of `@names`, `#channels`, links and `&`, `<`, `>`. */
export function typedWords(text: string, names: Names): string {
  return text
    .replace(entity, (_all, sign?: string, id = '', label?: string, url?: string, character?: string) => {
      if (character !== undefined) return characters[character as keyof typeof characters]
      if (url !== undefined) return typedWords(url, names)
      if (sign === '@') return `@${label || (names.nameOf?.(id) ?? id)}`
      return `#${names.roomOf(id) ?? (label || id)}`
    })
    .trim()
}
