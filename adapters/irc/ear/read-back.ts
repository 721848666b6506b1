import type { IrcLine } from '../wire/line.ts'
import { tagOf, timeOf } from '../wire/line.ts'

/** The place in a room up to which we have heard everything. */
export interface Mark {
  id: string | null
  at: Date
  /** True when it is a moment and not a line: nothing need be found there. */
  quiet: boolean
}

/** A room's past since a mark. */
export interface Past {
  /** Oldest first; may begin before the mark. */
  lines: IrcLine[]
  /** True when the mark, or anything older, is among them: then nothing is missing. */
  reached: boolean
}

/** Lines we look back over for our own posts, even where the mark is nearer. */
const lookBack = 1_000
/** More than this is a gap and not a catch-up. */
const mostLines = 20_000
/** Servers that keep joins in their history may fill whole pages with them. */
const mostPages = 64

/**
 * Pages back through CHATHISTORY until the mark is found, and far enough to find our own posts. `page` asks for the lines before
 * a message id (null for the latest) and gives null when the server refuses or the connection ended.
 * Going back from the end, rather than on from the mark, needs no answer to "what if the server has forgotten the mark": Ergo
 * answers AFTER an unknown id with nothing at all.
 */
export async function readBack(
  page: (before: IrcLine | null) => Promise<IrcLine[] | null>,
  mark: Mark | null,
): Promise<Past | null> {
  let lines: IrcLine[] = []
  let reached = mark === null
  for (let pages = 0; pages < mostPages; pages++) {
    const older = await page(lines[0] ?? null)
    if (older === null) return pages === 0 ? null : { lines, reached }
    const known = new Set(lines.slice(0, 1000).map((line) => tagOf(line, 'msgid')))
    const fresh = older.filter((line) => !known.has(tagOf(line, 'msgid')))
    lines = fresh.concat(lines)
    reached ||= mark !== null && isReached(fresh, mark)
    // The history begins after a quiet moment: nothing was said there that it could have lost.
    if (fresh.length === 0) reached ||= mark?.quiet ?? false
    if (fresh.length === 0 || (reached && lines.length >= lookBack) || lines.length >= mostLines) break
  }
  return { lines, reached }
}

/** True when the mark itself or something older is there. */
export function isReached(lines: IrcLine[], mark: Mark): boolean {
  return lines.some((line) => (mark.id !== null && tagOf(line, 'msgid') === mark.id) || isOlder(line, mark))
}

/** What of these lines comes after the mark. */
export function linesAfter(lines: IrcLine[], mark: Mark): IrcLine[] {
  const at = mark.id === null ? -1 : lines.findLastIndex((line) => tagOf(line, 'msgid') === mark.id)
  return at === -1 ? lines.filter((line) => !isOlder(line, mark)) : lines.slice(at + 1)
}

/** InspIRCd replays times cut to the second, so what is of the mark's second may be after it. */
function isOlder(line: IrcLine, mark: Mark): boolean {
  const at = timeOf(line)?.getTime()
  if (at === undefined) return false
  return at % 1000 === 0 ? at < Math.floor(mark.at.getTime() / 1000) * 1000 : at < mark.at.getTime()
}
