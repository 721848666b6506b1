import { hash } from 'node:crypto'
import { wordsOf } from '../../../core/knowledge/words.ts'

/** What the double takes for one and the same. */
const synonyms = [
  ['vacation', 'holiday', 'leave', 'off'],
  ['refund', 'money', 'back', 'reimburse'],
  ['salary', 'pay', 'wage', 'compensation'],
  ['deploy', 'release', 'ship', 'rollout'],
  ['car', 'automobile', 'vehicle'],
  ['boss', 'manager', 'supervisor'],
]
const meaningOf = new Map(
  synonyms.flatMap((group) => group.map((word) => [wordsOf(word)[0]?.stem ?? word, group[0] ?? word] as const)),
)

/** What a text is about, as far as the double can tell: its words, those that mean the same as one. */
function meanings(text: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const { stem, stop } of wordsOf(text)) {
    const meaning = meaningOf.get(stem)
    if (stop && meaning === undefined) continue
    found.set(meaning ?? stem, (found.get(meaning ?? stem) ?? 0) + 1)
  }
  return found
}

/** A bag of meanings, hashed. */
export function embed(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0)
  for (const [meaning, times] of meanings(text)) {
    const at = hash('sha256', meaning, 'buffer').readUInt32BE() % dimensions
    vector[at] = (vector[at] ?? 0) + times
  }
  // No text is without a direction.
  if (!vector.some((value) => value > 0)) vector[0] = 1
  return vector
}

/** How much of a question a passage is about, 0 to 1. */
export function relevance(question: string, passage: string): number {
  const [asked, there] = [meanings(question), meanings(passage)]
  const shared = [...asked.keys()].filter((meaning) => there.has(meaning)).length
  return asked.size === 0 ? 0 : shared / asked.size
}
