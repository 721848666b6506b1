import { quoted } from '../task/wording.ts'
import type { KnowledgeSettings } from './settings.ts'

const dayMs = 86_400_000
const weekMs = 7 * dayMs
const longestSpanMs = 4 * weekMs
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
/** So many lines are read; more would not be. */
const mostLines = 12
const titleLines = 3

/** A week that is to be told of. */
export interface DueDigest {
  /** ISO week in which it fell due: `2026-W47`. */
  week: string
  /** When it fell due. */
  at: Date
  /** What happened since then belongs to it. */
  since: Date
}

/**
 * The digest that is due at `now` and was not sent yet, or null. It falls due once a week, at the day and hour (UTC) of
 * the settings; while nobody was there to send it, it waits, and of several weeks the last one tells. `last` is the one
 * sent before, null for none.
 */
export function digestDue(
  now: Date,
  { day, hour }: KnowledgeSettings['digest'],
  last: { week: string; at: Date } | null,
): DueDigest | null {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour)
  const back = (now.getUTCDay() - days.indexOf(day) + 7) % 7
  const thisWeek = today - back * dayMs
  const due = thisWeek <= now.getTime() ? thisWeek : thisWeek - weekMs
  const week = isoWeek(new Date(due))
  if (last !== null && week <= last.week) return null
  const since = last === null ? due - weekMs : Math.max(last.at.getTime(), due - longestSpanMs)
  return { week, at: new Date(due), since: new Date(since) }
}

/** `2026-W47`: weeks begin on Mondays, and belong to the year that has their Thursday. */
export function isoWeek(date: Date): string {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  const thursday = new Date(midnight + (3 - ((date.getUTCDay() + 6) % 7)) * dayMs)
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / weekMs) + 1
  return `${year}-W${String(week).padStart(2, '0')}`
}

/** What a digest tells. All of it may be read by everybody. */
export interface DigestContent {
  /**
   * Questions nobody could answer. `label` and `question` are of the newest that asks it; `asked` is the name of who
   * was asked.
   */
  open: readonly { label: string; question: string; times: number; asked: string | null }[]
  /** Answers that wait to be confirmed: `name` gave them, `why` they no longer count. */
  ended: readonly { label: string; question: string; name: string; why: string }[]
  /** What people who may not say so think is right. */
  suggested: readonly { label: string; name: string; text: string }[]
}

/**
 * The digest as text of at most 12 lines, or null when there is nothing to tell. What others wrote stands in quotation
 * marks.
 */
export function digestText({ open, ended, suggested }: DigestContent): string | null {
  const most = sharesOf([open.length, ended.length, suggested.length], mostLines - titleLines)
  const lines = [
    ...part(
      'Nobody could answer this week (!answer <question> <text> does):',
      open.map(
        ({ label, question, times, asked }) =>
          `- ${label} ${quoted(question)}${times > 1 ? `, asked ${times} times` : ''}${asked === null ? '' : `, with ${asked}`}`,
      ),
      most[0] ?? 0,
    ),
    ...part(
      'To be confirmed by who said it (!remember <question>), or answered anew:',
      ended.map(({ label, question, name, why }) => `- ${label} ${quoted(question, 80)}, ${name}: ${why}`),
      most[1] ?? 0,
    ),
    ...part(
      'Suggested, and not learned (!answer <question> <text> learns it):',
      suggested.map(({ label, name, text }) => `- ${label} by ${quoted(name, 40)}: ${quoted(text)}`),
      most[2] ?? 0,
    ),
  ]
  return lines.length === 0 ? null : lines.join('\n')
}

function part(title: string, items: readonly string[], most: number): string[] {
  if (items.length === 0) return []
  const shown = items.slice(0, most)
  const left = items.length - shown.length
  const last = shown.length - 1
  return [title, ...shown.map((line, index) => (index === last && left > 0 ? `${line} (and ${left} more)` : line))]
}

/** Lines for each part, given out in turn to those that have more to say. */
function sharesOf(counts: readonly number[], room: number): number[] {
  const shares = counts.map(() => 0)
  for (let round = 0, left = room; left > 0 && counts.some((count) => count > round); round++) {
    for (const [index, count] of counts.entries()) {
      if (count <= round || left === 0) continue
      shares[index] = round + 1
      left--
    }
  }
  return shares
}
