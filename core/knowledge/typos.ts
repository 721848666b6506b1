import { type Word, wordsOf } from './words.ts'

const letters = [...'abcdefghijklmnopqrstuvwxyz']
/** Shorter words have too many neighbours ("ever" and "every", "king" and "kind"), and longer ones are none. Letters. */
const mendable = /^[a-z]{5,30}$/
/** So many words of a question are looked at: one that is not known takes some hundred looks into the index. */
const lookLimit = 40
/** A word that begins with another letter has to be so many times as common: hardly anybody mistypes the first one. */
const firstLetterWeight = 20
/** What is added to a stem, or to a word cut short, to look for others of the family. */
const endings = [
  '',
  'e',
  's',
  'es',
  'ed',
  'ing',
  'er',
  'ers',
  'y',
  'ies',
  'ied',
  'ly',
  'al',
  'ment',
  'ion',
  'ions',
  'ation',
  'able',
  'ive',
  'ity',
]

/** A question with its typos mended, and from what to what they were. */
export interface Mended {
  text: string
  mended: [from: string, to: string][]
}

/**
 * Mends words that stand nowhere and are one edit (insert, delete, replace, or two neighbours swapped) away from one that does: then the
 * most common of those is meant, and rather one with the same first letter. `occurrences` tells how often a folded word stands
 * in what may be read. A word is left alone when another form of it is known, when it has digits or fewer than five letters, and when
 * nothing is near.
 */
export function mendTypos(question: string, occurrences: (word: string) => number): Mended {
  const mended: [string, string][] = []
  let text = ''
  let done = 0
  /** What each word that was looked at is meant to be, null for itself. */
  const meanings = new Map<string, string | null>()
  for (const word of wordsOf(question)) {
    if (word.stop || !mendable.test(word.plain)) continue
    if (!meanings.has(word.plain)) {
      if (meanings.size >= lookLimit) break
      meanings.set(word.plain, isKnown(word, occurrences) ? null : nearest(word.plain, occurrences))
    }
    const meant = meanings.get(word.plain) ?? null
    if (meant === null) continue
    const to = likeIn(word.text, meant)
    text += question.slice(done, word.at) + to
    done = word.at + word.text.length
    mended.push([word.text, to])
  }
  return { text: text + question.slice(done), mended }
}

/** Whether the word stands anywhere, or one with the same stem does. */
function isKnown({ plain, stem }: Word, occurrences: (word: string) => number): boolean {
  if (occurrences(plain) > 0) return true
  // `happi` is the stem of `happy`.
  const roots = stem.endsWith('i') ? [stem, `${stem.slice(0, -1)}y`] : [stem]
  return roots.some((root) =>
    endings.some((ending) => {
      const form = root + ending
      return occurrences(form) > 0 && wordsOf(form)[0]?.stem === stem
    }),
  )
}

function nearest(word: string, occurrences: (word: string) => number): string | null {
  let best: string | null = null
  let bestCount = 0
  for (const candidate of new Set(oneEditAway(word))) {
    const count = occurrences(candidate) * (candidate[0] === word[0] ? firstLetterWeight : 1)
    if (count <= bestCount) continue
    best = candidate
    bestCount = count
  }
  return best
}

function* oneEditAway(word: string): Generator<string> {
  for (let at = 0; at <= word.length; at++) {
    const before = word.slice(0, at)
    const after = word.slice(at + 1)
    const letter = word[at] ?? ''
    if (letter !== '') yield before + after
    if (after !== '') yield before + after[0] + letter + after.slice(1)
    for (const other of letters) {
      if (letter !== '' && other !== letter) yield before + other + after
      yield before + other + letter + after
    }
  }
}

/** Written in capitals as far as the other was. */
function likeIn(written: string, word: string): string {
  if (written === written.toUpperCase()) return word.toUpperCase()
  const first = written[0] ?? ''
  return first === first.toLowerCase() ? word : word.slice(0, 1).toUpperCase() + word.slice(1)
}
