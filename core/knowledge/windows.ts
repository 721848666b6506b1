import { wordCount } from './sentences.ts'

/** A window is full with this many words, and takes a further sentence only while it stays under `most`. */
const enough = 50
const most = 100

/** Sentences `from` to before `to`. */
export interface Window {
  from: number
  to: number
}

/**
 * Cuts sentences into consecutive windows of whole sentences that never overlap and leave none out. They have 50 to 100 words, but
 * for those that cannot: fewer when there is no more text or the next sentence is too long to be added, more when one sentence has.
 */
export function windowsOf(sentences: readonly string[]): Window[] {
  const windows: Window[] = []
  let from = 0
  let words = 0
  for (const [at, sentence] of sentences.entries()) {
    const more = wordCount(sentence)
    if (at > from && (words >= enough || words + more > most)) {
      windows.push({ from, to: at })
      from = at
      words = 0
    }
    words += more
  }
  if (from === sentences.length) return windows
  return withoutStub(windows, { from, to: sentences.length }, words, sentences)
}

/** The last few words of a text say little by themselves: they go to the window before them when there is room. */
function withoutStub(windows: Window[], last: Window, words: number, sentences: readonly string[]): Window[] {
  const before = windows.at(-1)
  if (before === undefined || words >= enough / 2) return [...windows, last]
  const joined = { from: before.from, to: last.to }
  const total = sentences.slice(joined.from, joined.to).reduce((sum, sentence) => sum + wordCount(sentence), 0)
  return total <= most ? [...windows.slice(0, -1), joined] : [...windows, last]
}
