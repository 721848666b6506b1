import type { FoundSection } from '../found.ts'
import { wordsOf } from '../words.ts'

/** A word of a section, as ranking needs it. */
export interface Token {
  plain: string
  stem: string
  stop: boolean
  /** Begins with a capital letter. */
  capital: boolean
  /** Has a digit. */
  number: boolean
}

/** A section cut into words. */
export interface ReadSection {
  found: FoundSection
  /** Stems of title and headings. */
  above: ReadonlySet<string>
  sentences: readonly (readonly Token[])[]
}

const word = /[\p{L}\p{N}]+/gu
/** Of a sentence that is none: a table, a listing. */
const longestSentence = 150
const longestSection = 150

/** Cuts sections into words and remembers the words it saw, up to `memory` of them: stemming is most of the work. */
export function createSectionReading(memory = 20_000): (found: FoundSection) => ReadSection {
  const known = new Map<string, Token>()
  const tokenOf = (text: string): Token => {
    const seen = known.get(text)
    if (seen) return seen
    if (known.size >= memory) known.clear()
    const { plain = text, stem = text, stop = false } = wordsOf(text)[0] ?? {}
    const token = { plain, stem, stop, capital: /^\p{Lu}/u.test(text), number: /\p{N}/u.test(text) }
    known.set(text, token)
    return token
  }
  const tokens = (text: string): Token[] => {
    const found: Token[] = []
    for (const { 0: text_ } of text.matchAll(word)) {
      if (found.push(tokenOf(text_)) === longestSentence) break
    }
    return found
  }
  return (found) => ({
    found,
    above: new Set(tokens(`${found.document.title} ${found.heading.join(' ')}`).map(({ stem }) => stem)),
    sentences: found.sentences.slice(0, longestSection).map(tokens),
  })
}
