import { unescapeSlack } from '../../../core/markup/mrkdwn-line.ts'

const entity = /<([@#])([A-Z0-9]{1,40})(?:\|([^<>|]*))?>|<(https?:[^<>|\s]+)(?:\|[^<>|]*)?>|&(?:amp|lt|gt);/g

/**
 * The words behind a slash command as they were typed, before Slack made entities of `@names`, `#channels`, links and `&`, `<`, `>`.
 * `roomOf` tells which fleet room a channel id is.
 */
export function typedWords(text: string, roomOf: (channel: string) => string | null): string {
  return text
    .replace(entity, (whole: string, sign?: string, id = '', label?: string, url?: string) => {
      if (url !== undefined) return typedWords(url, roomOf)
      if (sign === '@') return `@${label || id}`
      if (sign === '#') return `#${roomOf(id) ?? (label || id)}`
      return unescapeSlack(whole)
    })
    .trim()
}
