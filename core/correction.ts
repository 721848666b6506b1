import { oneLine } from './clean-text.ts'

/** More of it would be a second message rather than a correction. */
const mostShown = 120

/**
 * An edit in a few words, for networks that cannot change a line: what was said and what it is now, with the words around them left
 * out; the new text alone, cut, when too much of it changed or when it is not known what it was.
 */
export function correction(before: string | null, now: string): string {
  const whole = `(edited) ${oneLine(now, 2 * mostShown)}`
  if (before === null) return whole
  const old = wordsOf(before)
  const fresh = wordsOf(now)
  const shared = Math.min(old.length, fresh.length)
  let start = 0
  while (start < shared && old[start] === fresh[start]) start++
  let end = 0
  while (end < shared - start && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end++
  // A word on each side tells where it is.
  const span = (words: string[]) => words.slice(Math.max(0, start - 1), words.length - Math.max(0, end - 1)).join(' ')
  const [was, is] = [span(old), span(fresh)]
  if (was === is) return whole
  if (was === '' || is === '' || was.length > mostShown || is.length > mostShown) return whole
  return `(edited) "${quiet(was)}" is now "${quiet(is)}"`
}

function wordsOf(text: string): string[] {
  return oneLine(text, 40_000).split(' ')
}

/** A quotation mark of theirs must not end ours. */
function quiet(text: string): string {
  return text.replaceAll('"', "'")
}
