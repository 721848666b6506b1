import { closest } from './closest.ts'

/** The end of a sentence about an unknown word: `; did you mean "cto"?`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const guess = closest(word, candidates)
  return guess === null ? '' : `; did you mean "${guess}"?`
}
