import { stemmer } from 'stemmer'

/** Letters and digits, as the index cuts them; inside a word of code an underscore or a dot is a border too. */
const word = /[\p{L}\p{N}]+/gu

/** Words that say nothing about what is asked. */
const stopWords = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being below between both but by can could did do does ' +
    'doing down during each few for from further had has have having he her here hers him his how i if in into is it its itself just me ' +
    'more most my no nor not now of off on once only or other our ours out over own please same she should so some such tell than that the ' +
    'their theirs them then there these they this those through to too under until up us very was we were what when where which while who ' +
    'whom whose why will with would you your yours'
  ).split(' '),
)

/** A word of a text. */
export interface Word {
  /** As it stands there. */
  text: string
  /** Lower case, without accents. */
  plain: string
  /** Porter's stem of `plain`, nearly: what is looked up. */
  stem: string
  at: number
  /** A word that says nothing by itself. */
  stop: boolean
}

/** Lower case and without accents: `Zoë` is `zoe`. The same as the index's own folding. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** The words of a text, in order. Takes linear time. */
export function wordsOf(text: string): Word[] {
  return [...text.matchAll(word)].map(({ 0: found, index }) => {
    const folded = plain(found)
    return { text: found, plain: folded, stem: stemOf(folded), at: index, stop: stopWords.has(folded) }
  })
}

/** Porter's stem, but that a `y` behind a vowel stays: `deploys` is of the family of `deployment`. */
function stemOf(word: string): string {
  const stem = stemmer(word)
  if (!/[aeou]i$/.test(stem)) return stem
  const kept = `${stem.slice(0, -1)}y`
  return word.startsWith(kept) ? kept : stem
}

/** The stems to look up for a text: without stop words, each once; with them when there is nothing else. */
export function stemsOf(text: string): string[] {
  const words = wordsOf(text)
  const telling = words.filter(({ stop }) => !stop)
  return [...new Set((telling.length > 0 ? telling : words).map(({ stem }) => stem))]
}
