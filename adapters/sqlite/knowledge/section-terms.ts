import { stemmer } from 'stemmer'
import { plain } from '../../../core/knowledge/words.ts'

/** Longer words are no words: nobody asks for them, and they would fill the index. Characters. */
const wordLimit = 100
/** Stems that are remembered, so that a word is not stemmed anew each time that it stands somewhere. */
const cacheSize = 50_000

/** A stem, and the 32-bit number (FNV-1a) that stands for it in packed terms. */
export interface Stem {
  stem: string
  hash: number
}

/** Which words stand in a section, in their order. */
export interface SectionTerms {
  title: readonly Stem[]
  heading: readonly Stem[]
  windows: readonly (readonly Stem[])[]
}

const known = new Map<string, Stem>()

/** The words of a text, folded, as `wordsOf` finds them, but for the ones that are too long. */
export function foldedWords(text: string): string[] {
  const lower = text.toLowerCase()
  const words = isAscii(lower)
    ? (lower.match(/[a-z0-9]+/g) ?? [])
    : (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => (isAscii(word) ? word.toLowerCase() : plain(word)))
  return words.filter((word) => word.length <= wordLimit)
}

function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text)
}

/** The stem of a folded word, as `wordsOf` makes it. */
export function stemOf(word: string): Stem {
  const before = known.get(word)
  if (before !== undefined) return before
  const stem = stemmer(word)
  const made = { stem, hash: hashOf(stem) }
  if (known.size >= cacheSize) known.clear()
  known.set(word, made)
  return made
}

export function hashOf(stem: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < stem.length; at++) hash = Math.imul(hash ^ stem.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/*
 * Packed, terms are 32-bit numbers: how many parts there are (title, heading, then the windows), where each of them ends, and the
 * hashes of all stems in their order.
 */
export function packTerms({ title, heading, windows }: SectionTerms): Uint8Array {
  const parts = [title, heading, ...windows]
  const head = 1 + parts.length
  const packed = new Uint32Array(parts.reduce((sum, part) => sum + part.length, head))
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
  const packed = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
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
