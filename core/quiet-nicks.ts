import { withoutPing } from './clean-text.ts'

/** What a nick may be made of; anything else ends a word, for chat clients as well. */
const words = /[\p{L}\p{N}\p{M}[\]\\`_^{|}~-]+/gu
const plainPieces = /[\p{L}\p{N}\p{M}]+/gu

/**
 * The text, ringing at most `most` of those whose nicks are in it: the first ones stay as they are, however often they come, and the
 * nicks of all others are broken up invisibly. `rings` says whether somebody has a nick. Takes time linear in the text.
 */
export function ringAtMost(text: string, rings: (nick: string) => boolean, most: number): string {
  const rung = new Set<string>()
  const hushed = (nick: string) => {
    const key = nick.toLowerCase()
    if (rung.size < most) rung.add(key)
    return rung.has(key) ? nick : withoutPing(nick)
  }
  return text.replace(words, (word) => {
    if (rings(word)) return hushed(word)
    const pieces = [...word.matchAll(plainPieces)]
    const start = pieces[0]?.index ?? 0
    const end = (pieces.at(-1)?.index ?? 0) + (pieces.at(-1)?.[0].length ?? 0)
    // `alice` in Markdown, and [alice].
    const bare = word.slice(start, end)
    if (bare !== word && rings(bare)) return word.slice(0, start) + hushed(bare) + word.slice(end)
    // alice|bob|carol: some clients see three names there.
    return pieces.length < 2 ? word : word.replace(plainPieces, (piece) => (rings(piece) ? hushed(piece) : piece))
  })
}
