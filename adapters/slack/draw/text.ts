import type { MrkdwnElement, PlainTextElement } from '@slack/types'
import { forMatching, oneLine } from '../../../core/clean-text.ts'
import { quoted } from '../../../core/task/wording.ts'

/**
 * Text that Slack shows as it is: no marks, no mentions, no `:names:` of emoji. All that people and agents wrote goes through here.
 * It keeps its lines, and is cut to `limit` characters (UTF-16 units).
 */
export function plain(text: string, limit: number): PlainTextElement {
  return { type: 'plain_text', text: cutLines(text, limit) || '(nothing)', emoji: false }
}

/** Words of ours in Slack's own notation; nothing that anybody else wrote goes in. */
export function marked(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true }
}

/** What somebody wrote, within a sentence: one line of at most so many characters, in quotation marks that it cannot close. */
export function inQuotes(text: string, limit: number): string {
  // Four bytes hold any character.
  return quoted(oneLine(text, limit), limit * 4)
}

/** A moment as everybody reads it in their own time zone; in UTC where Slack cannot tell. */
export function moment(iso: string): string {
  return `<!date^${Math.floor(Date.parse(iso) / 1000)}^{date_short_pretty} at {time}|${utc(iso)}>`
}

/** `2026-11-21 12:40 UTC`. */
export function utc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Plain text in pieces of at most `limit` characters, cut between lines, else between words, where that is near. */
export function plainPieces(text: string, limit: number): string[] {
  const list: string[] = []
  let left = text
  while (left.length > limit) {
    const near = ['\n', ' '].map((gap) => left.lastIndexOf(gap, limit)).find((at) => at > limit / 2)
    const end = near ?? wholeEnd(left, limit)
    list.push(left.slice(0, end))
    left = left.slice(end).replace(/^[ \n]/, '')
  }
  return [...list, left]
}

function cutLines(text: string, limit: number): string {
  const clean = forMatching(text).trim()
  return clean.length <= limit ? clean : `${clean.slice(0, wholeEnd(clean, limit - 1)).trimEnd()}…`
}

/** `end`, or just before it where it would fall within a character. */
function wholeEnd(text: string, end: number): number {
  const before = text.charCodeAt(end - 1)
  return before >= 0xd800 && before <= 0xdbff ? end - 1 : end
}
