import { wordsOf } from '../../core/knowledge/words.ts'
import { type Random, seededRandom } from '../soak/random.ts'
import { hashOf } from './hash.ts'

/** Shorter words have no edit that leaves anything of them. */
const shortest = 4
const letters = 'abcdefghijklmnopqrstuvwxyz'

/** The question with one edit in one of its content words, always the same for an id; as it is when it has none of four letters. */
export function withTypo(text: string, id: string): string {
  const random = seededRandom(hashOf(id))
  const words = wordsOf(text).filter(({ stop, plain }) => !stop && plain.length >= shortest && !/\p{N}/u.test(plain))
  const word = words[random.between(0, words.length - 1)]
  if (word === undefined) return text
  let edited = word.text
  // An edit may happen to change nothing: two letters that are the same change places.
  while (edited === word.text) edited = edit(word.text, random)
  return text.slice(0, word.at) + edited + text.slice(word.at + word.text.length)
}

/** A letter left out, put in, taken for another, or two that change places. */
function edit(word: string, random: Random): string {
  const at = random.between(0, word.length - 1)
  const letter = letters[random.between(0, letters.length - 1)] ?? 'e'
  switch (random.between(0, 3)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1)
    case 1:
      return word.slice(0, at) + letter + word.slice(at)
    case 2:
      return word.slice(0, at) + letter + word.slice(at + 1)
    default: {
      const first = Math.min(at, word.length - 2)
      return word.slice(0, first) + (word[first + 1] ?? '') + (word[first] ?? '') + word.slice(first + 2)
    }
  }
}
