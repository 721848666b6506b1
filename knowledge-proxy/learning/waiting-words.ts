import type { WaitingWords } from '../../ports/learning-log.ts'

/** Lines of one person that are no further apart are one answer. */
const togetherMs = 10 * 60_000

const reason = 'reason:'

/** What stands in place of a line's id for the reason of somebody's vote. */
export function reasonLine(actor: string): string {
  return `${reason}${actor}`
}

/**
 * The lines that somebody said last, together, or the reason that they gave last; `words` are of one
 * person, oldest first.
 */
export function lastSaid(words: readonly WaitingWords[]): readonly WaitingWords[] {
  let from = words.length
  while (from > 0 && goesOn(words[from - 1], words[from])) from--
  return words.slice(from)
}

/** Whether a line goes on with the one before. */
function goesOn(before: WaitingWords | undefined, next: WaitingWords | undefined): boolean {
  if (before === undefined || next === undefined) return before !== undefined
  if (before.line.startsWith(reason) || next.line.startsWith(reason)) return false
  return next.at.getTime() - before.at.getTime() <= togetherMs
}
