/** A piece of a line on its way to Slack: written by us, or said by somebody. Slack reads marks in both. */
export interface Piece {
  text: string
  /** True for what somebody said: nothing in it may become formatting or a mention. */
  said: boolean
}

const zeroWidth = '\u200b'

/**
 * Joins the pieces of one line. What was said is escaped; a mark in it that would begin a span has a zero-width space behind it, and so
 * has the `@` of what rings a whole channel; `>` at the beginning has one before it. Other marks stay as they are. Takes linear time.
 */
export function slackLine(pieces: readonly Piece[]): string {
  const line = pieces.map(({ text }) => text).join('')
  const lastEnd = endsOfSpans(line)
  let offset = 0
  return pieces
    .map(({ text, said }) => {
      const start = offset
      offset += text.length
      if (!said) return text
      const harmless = text.replace(/[*_~`]/g, (mark, at: number) => {
        const place = start + at
        const opens = /[^\p{L}\p{N}]/u.test(line[place - 1] ?? ' ') && /\S/.test(line[place + 1] ?? ' ')
        return opens && (lastEnd.get(mark) ?? 0) > place ? mark + zeroWidth : mark
      })
      const unquoted = start === 0 && harmless.startsWith('>') ? zeroWidth + harmless : harmless
      return slackWords(unquoted)
    })
    .join('')
}

/** Where each mark may end a span for the last time. */
function endsOfSpans(line: string): Map<string, number> {
  const last = new Map<string, number>()
  for (const { 0: mark, index } of line.matchAll(/(?<=\S)[*_~](?![\p{L}\p{N}])|`/gu)) last.set(mark, index)
  return last
}

/** Words that ring nobody, escaped. */
export function slackWords(text: string): string {
  return escapeSlack(text.replace(/@(?=channel|here|everyone)/gi, `@${zeroWidth}`))
}

/** Text as Slack takes it literally, as far as `& < >` go. */
export function escapeSlack(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)
}

/** Text as it was before Slack, or `escapeSlack`, escaped it. */
export function unescapeSlack(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name: 'amp' | 'lt' | 'gt') => ({ amp: '&', lt: '<', gt: '>' })[name])
}

/**
 * Code for three backticks around it: longer runs of backticks in it are broken, since Slack knows no other fence. It rings nobody even
 * where Slack, which reads backticks by rules of its own, takes it for words.
 */
export function slackCode(text: string): string {
  return slackWords(text.replace(/``(?=`)/g, `\`\`${zeroWidth}`))
}
