import { numbersOf } from './number-words.ts'
import { sentencesOf } from './sentences.ts'
import { plain, wordsOf } from './words.ts'

/** What a writer was given to write from. */
export interface Passage {
  title: string
  heading: readonly string[]
  /** Whole sentences, as they stand in the document. */
  text: string
}

/** A sentence as a writer hands it in. */
export interface WrittenSentence {
  text: string
  /** Which passages it is from, the first one is 1. */
  cites: readonly number[]
  /** The words of one of them that say it. */
  quote: string
}

/** Why a sentence is not used. */
export type Flaw =
  /** Too short, too long, or more than one sentence. */
  | 'length'
  /** A link, a mention, markup or an invisible character that the passages do not have. */
  | 'markup'
  /** It names no passage, or one that there is not. */
  | 'uncited'
  /** What it quotes stands in none of the passages that it names. */
  | 'quote'
  /** What it quotes is about something else than what was asked. */
  | 'beside'
  /** A number, or what is counted in it (%, $), that the quoted words do not have. */
  | 'number'
  /** A name that the passages do not have. */
  | 'name'
  /** It denies what the quoted words say, or says what they deny. */
  | 'denial'
  /** Too many of its words stand nowhere near what it quotes. */
  | 'unsupported'

/** `passage`: the place, from 0, of the one that has the quoted words. */
export type CitedCheck = { flaw: Flaw } | { flaw: null; passage: number }

const textLimit = { least: 8, most: 400 }
const quoteLimit = { least: 8, most: 800, words: 2 }
/** How many of the words that mean something have to stand in what is quoted, in its title or its headings. */
const supportedShare = 0.6

const denying =
  /(?<![\p{L}\p{N}])(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|cannot|without)(?![\p{L}\p{N}])|n['’]t(?!\p{L})/iu
/** What no sentence of ours has in it but a document may: then it has to be written as it is there. */
const unusual = /[^\p{L}\p{M}\p{N}.,;:!?'"’‘“”«»()\-–—…%$€£¥&+§°]|\p{L}\.\p{L}|:\/|^www\./u
const invisible = /\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{Co}/u
/** May begin a sentence without standing in any document. */
const openers = new Set(['yes'])

/**
 * Whether a sentence says no more than the passages that it cites: what it quotes is really there and is about what was asked (`asked`:
 * stems of the question; none is no condition), its numbers stand in the quoted words, its names in the passages, and most of its words
 * too. It sees words, not meaning: "allowed" for "forbidden" can pass. Takes linear time.
 */
export function checkCited(
  sentence: WrittenSentence,
  passages: readonly Passage[],
  asked: readonly string[],
): CitedCheck {
  const { text, quote } = sentence
  if (!isWithin(text, textLimit) || !isWithin(quote, quoteLimit) || sentencesOf(text).length !== 1) {
    return { flaw: 'length' }
  }
  const places = [...new Set(sentence.cites)].map((number) => number - 1)
  const cited = places.flatMap((place) => passages[place] ?? [])
  if (cited.length === 0 || cited.length < places.length) return { flaw: 'uncited' }
  if (hasForeignMarkup(text, cited)) return { flaw: 'markup' }
  const quoted = normal(quote)
  const passage = places.find((place) => stands(quoted, normal(passages[place]?.text ?? '')))
  const source = passage === undefined ? undefined : passages[passage]
  if (passage === undefined || source === undefined) return { flaw: 'quote' }
  // A document is about what its title says, also where its sentences do not repeat it.
  const flaw = flawAgainst(text, quoted, [source.title, ...source.heading, quoted].join('\n'), cited, asked)
  return flaw === null ? { flaw, passage } : { flaw }
}

/**
 * Which sentences of a passage a quote is from: `from` to before `to`, as few as have it. Null when it is from none, or from more than
 * eight in a row.
 */
export function sentencesQuoted(sentences: readonly string[], quote: string): { from: number; to: number } | null {
  const quoted = normal(quote)
  for (let count = 1; count <= Math.min(8, sentences.length); count++) {
    for (let from = 0; from + count <= sentences.length; from++) {
      if (stands(quoted, normal(sentences.slice(from, from + count).join(' ')))) return { from, to: from + count }
    }
  }
  return null
}

function flawAgainst(
  text: string,
  quoted: string,
  evidence: string,
  cited: readonly Passage[],
  asked: readonly string[],
): Flaw | null {
  const stems = new Set(wordsOf(evidence).map(({ stem }) => stem))
  if (asked.length > 0 && !asked.some((stem) => stems.has(stem))) return 'beside'
  const known = numbersOf(evidence)
  if ([...numbersOf(text)].some((number) => !known.has(number))) return 'number'
  const telling = wordsOf(text).filter(({ stop, plain: word }) => !stop && !openers.has(word))
  const named = new Set(cited.flatMap((passage) => wordsOf(whole(passage)).map(({ plain: word }) => word)))
  const isNamed = (word: string, stem: string) => named.has(word) || stems.has(stem)
  if (telling.some(({ text: word, plain: folded, stem }) => isName(word) && !isNamed(folded, stem))) return 'name'
  if (denying.test(text) !== denying.test(quoted)) return 'denial'
  const supported = telling.filter(({ stem }) => stems.has(stem)).length
  return supported < supportedShare * telling.length || telling.length === 0 ? 'unsupported' : null
}

/** Also the first word of a sentence: who does something stands there. */
function isName(word: string): boolean {
  return /\p{Lu}/u.test(word) || /\p{L}\p{N}|\p{N}\p{L}/u.test(word)
}

function isWithin(text: string, { least, most, words = 1 }: { least: number; most: number; words?: number }): boolean {
  return text.length >= least && text.length <= most && text.trim().split(/\s+/).length >= words
}

function hasForeignMarkup(text: string, cited: readonly Passage[]): boolean {
  if (invisible.test(text.replace(/[\n\t]/g, ' '))) return true
  const odd = text.split(/\s+/).filter((word) => unusual.test(word))
  if (odd.length === 0) return false
  const there = new Set(cited.flatMap((passage) => whole(passage).split(/\s+/).map(bare)))
  return odd.some((word) => !there.has(bare(word)))
}

/** A word without the punctuation that its place in a sentence gives it. */
function bare(word: string): string {
  return word.replace(/^["'“‘(]+/, '').replace(/[.,;:!?"'”’)]+$/, '')
}

function whole({ title, heading, text }: Passage): string {
  return [title, ...heading, text].join('\n')
}

/** The same for the same words, however they are spaced, capitalised and punctuated by typographers. */
function normal(text: string): string {
  const even = plain(text.normalize('NFKC'))
    .replace(/[’‘`´]/g, "'")
    .replace(/[“”«»]/g, '"')
    .replace(/[‐‑‒–—−]/g, '-')
  const line = even.replace(/\s+/g, ' ').trim()
  // The marks around a quotation, and the dots where it was cut, are no part of it.
  return line.replace(/^(?:["' ]|\.{3})+/, '').replace(/(?:["' ]|\.{3})+$/, '')
}

/** Whether the words stand there whole: "4 days" does not stand in "14 days", nor "2" in "2.5". */
function stands(quote: string, text: string): boolean {
  if (quote === '') return false
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    const end = at + quote.length
    if (
      !/(?:[\p{L}\p{N}][.,:/-]?|[.,]|[$€£¥] ?)$/u.test(text.slice(Math.max(0, at - 2), at)) &&
      !continues(quote, text, end)
    ) {
      return true
    }
  }
  return false
}

function continues(quote: string, text: string, end: number): boolean {
  const after = text.slice(end, end + 2)
  if (/[\p{L}\p{N}]$/u.test(quote)) return /^(?:[\p{L}\p{N}]|[.,:/-]\p{N}| ?[%$€£¥])/u.test(after)
  return /[.,:/-]$/.test(quote) && /^\p{N}/u.test(after)
}
