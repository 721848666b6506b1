import { stemmer } from 'stemmer'
import { wordsOf } from '../../../core/knowledge/words.ts'

/** Longer words are no words: nobody asks for them, and they would fill the index. Characters. */
const wordLimit = 100
/** Stems that are remembered, so that a word is not stemmed each time it stands somewhere. */
const cacheSize = 50_000

/** Where a stem stands: in the title, the headings, or in the window with this number. */
export const titlePlace = 0
export const headingPlace = 1
const firstWindowPlace = 2

const stemCache = new Map<string, string>()

/** The words of a text, folded, as `wordsOf` finds them; without the ones that are too long. */
export function foldedWords(text: string): string[] {
  // Almost all text, and ten times as fast.
  const words = /^[\x00-\x7f]*$/.test(text)
    ? (text.toLowerCase().match(/[a-z0-9]+/g) ?? [])
    : wordsOf(text).map(({ plain }) => plain)
  return words.filter((word) => word.length <= wordLimit)
}

/** Its stem, as `wordsOf` makes it. */
export function stemOf(word: string): string {
  const known = stemCache.get(word)
  if (known !== undefined) return known
  const stem = stemmer(word)
  if (stemCache.size >= cacheSize) stemCache.clear()
  stemCache.set(word, stem)
  return stem
}

/** Which stems stand where in a section. */
export interface SectionTerms {
  title: readonly string[]
  heading: readonly string[]
  windows: readonly (readonly string[])[]
}

/**
 * Packs the terms of a section: two 32-bit numbers for each stem and place, ordered by the first, which is the hash of the stem. The
 * second holds the place above and how often it stands there below.
 */
export function packTerms({ title, heading, windows }: SectionTerms): Uint8Array {
  const counts = new Map<number, number>()
  for (const [place, stems] of [title, heading, ...windows].entries()) {
    for (const stem of stems) {
      const key = hashOf(stem) * 2 ** 20 + Math.min(place, 2 ** 20 - 1)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  const keys = Float64Array.from(counts.keys()).sort()
  const packed = new Uint32Array(2 * keys.length)
  for (const [at, key] of keys.entries()) {
    packed[2 * at] = Math.floor(key / 2 ** 20)
    packed[2 * at + 1] = (key % 2 ** 20) * 2 ** 12 + Math.min(counts.get(key) ?? 0, 2 ** 12 - 1)
  }
  return new Uint8Array(packed.buffer)
}

/** Calls `each` with every place of a stem and how often it stands there. */
export function eachPlace(terms: Uint32Array, hash: number, each: (place: number, count: number) => void): void {
  let low = 0
  let high = terms.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((terms[2 * middle] ?? 0) < hash) low = middle + 1
    else high = middle
  }
  for (let at = 2 * low; terms[at] === hash; at += 2) {
    const packed = terms[at + 1] ?? 0
    each(packed >>> 12, packed & 0xfff)
  }
}

/** The number of a window from a place, or null for the title and the headings. */
export function windowAt(place: number): number | null {
  return place < firstWindowPlace ? null : place - firstWindowPlace
}

export function unpackTerms(bytes: Uint8Array): Uint32Array {
  // Numbers can only be seen in place when they begin where numbers may.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2)
}

/** A 32-bit hash (FNV-1a) of a stem. */
export function hashOf(stem: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < stem.length; at++) hash = Math.imul(hash ^ stem.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
