import { plain, wordsOf } from '../../../core/knowledge/words.ts'

/** Longer words are no words: nobody asks for them, and they would fill the index. Characters. */
const wordLimit = 100
/** Words that are remembered, so that none is stemmed anew each time that it stands somewhere. */
const cacheSize = 50_000

/** A word of a text. */
export interface Term {
  /** Folded, as `wordsOf` does it. */
  word: string
  stem: string
  /** The 32-bit number (FNV-1a) that stands for the stem in packed terms. */
  hash: number
  /** Says nothing by itself. */
  stop: boolean
}

/** Which words stand in a section, in their order. */
export interface SectionTerms {
  title: readonly Term[]
  heading: readonly Term[]
  windows: readonly (readonly Term[])[]
}

/** By the hash of the word: what is known is never cut out of its text. */
const known = new Map<number, Term>()

/** The words of a text, as `wordsOf` finds them, but for the ones that are too long. Most often the same word is the same object. */
export function termsIn(text: string): Term[] {
  const terms: Term[] = []
  let from = 0
  let hash = hashStart
  let folded = true
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at)
    const lower = code | 32
    if ((lower >= 97 && lower <= 122) || (code >= 48 && code <= 57)) hash = hashStep(hash, lower)
    else if (code > 127 && isWordPart(text, at)) folded = false
    else {
      if (at > from && at - from <= wordLimit)
        terms.push(folded ? termAt(text, from, at, hash) : foldedTerm(text.slice(from, at)))
      from = at + 1
      hash = hashStart
      folded = true
    }
  }
  return terms
}

/** Whether something beyond ASCII is of a word. */
function isWordPart(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  // Quotation marks and dashes, most often.
  if (code >= 0x2000 && code <= 0x206f) return false
  // The second half of a character goes with the first.
  const start = code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
  return /[\p{L}\p{N}]/u.test(String.fromCodePoint(text.codePointAt(start) ?? 0))
}

function foldedTerm(word: string): Term {
  const folded = plain(word)
  return termAt(folded, 0, folded.length, hashOf(folded))
}

/** The word that stands there and has this hash. */
function termAt(text: string, from: number, to: number, hash: number): Term {
  const found = known.get(hash)
  if (found !== undefined && isThere(found.word, text, from, to)) return found
  const { plain: word, stem, stop } = wordsOf(text.slice(from, to))[0] ?? { plain: '', stem: '', stop: true }
  const term = { word, stem, hash: hashOf(stem), stop }
  if (known.size >= cacheSize) known.clear()
  known.set(hash, term)
  return term
}

function isThere(word: string, text: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let at = 0; at < word.length; at++) {
    const code = text.charCodeAt(from + at)
    if (word.charCodeAt(at) !== (code < 128 ? code | 32 : code)) return false
  }
  return true
}

const hashStart = 0x811c9dc5 | 0

/** FNV-1a. */
function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

export function hashOf(stem: string): number {
  let hash = hashStart
  for (let at = 0; at < stem.length; at++) hash = hashStep(hash, stem.charCodeAt(at))
  return hash
}

/*
 * Packed, terms are 32-bit numbers: how many parts there are (title, heading, then the windows), where each of them ends, and the
 * hashes of all stems in their order.
 */
export function packTerms({ title, heading, windows }: SectionTerms): Uint8Array {
  const parts = [title, heading, ...windows]
  const head = 1 + parts.length
  const packed = new Int32Array(parts.reduce((sum, part) => sum + part.length, head))
  packed[0] = parts.length
  let at = head
  for (const [number, part] of parts.entries()) {
    for (const { hash } of part) packed[at++] = hash
    packed[1 + number] = at
  }
  return new Uint8Array(packed.buffer)
}

/** How often the stems of a question stand in a section: in the title, in the headings and in each of its windows. */
export interface Matches {
  title: Uint16Array
  heading: Uint16Array
  windows: Uint16Array[]
  /** Words of each window. */
  lengths: number[]
}

/** Counts in packed terms; `places` says for the hash of a stem what its number in the counts is. */
export function matchesIn(packedTerms: Uint8Array, places: ReadonlyMap<number, number>): Matches {
  // Numbers can only be seen in place when they begin where numbers may.
  const bytes = packedTerms.byteOffset % 4 === 0 ? packedTerms : packedTerms.slice()
  const packed = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
  const parts = packed[0] ?? 0
  const counts: Uint16Array[] = []
  const lengths: number[] = []
  let at = 1 + parts
  for (let part = 0; part < parts; part++) {
    const end = packed[1 + part] ?? at
    const count = new Uint16Array(places.size)
    lengths.push(end - at)
    for (; at < end; at++) {
      const place = places.get(packed[at] ?? 0)
      if (place !== undefined) count[place] = (count[place] ?? 0) + 1
    }
    counts.push(count)
  }
  const [title = new Uint16Array(places.size), heading = new Uint16Array(places.size), ...windows] = counts
  return { title, heading, windows, lengths: lengths.slice(2) }
}
