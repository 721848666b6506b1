import { longestQuestion, type Question, questionOf, type Term } from './question.ts'

/** Words of earlier turns count so much less than those of the question: the last turn, and the one before. */
const weights = [0.4, 0.3]
const mostTerms = 12
/** A question with so few telling words may well leave out what it is about. */
const fewTerms = 4

/** Words by which a question says that it goes on from something. */
const leaning =
  /\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|his|her|hers|one|ones|there|such|same|else|another|others?|also|too|instead|both|either|neither)\b/iu
const openings =
  /^\W*(?:and|but|or|so|then|what about|how about|what if|what else|why not|why|how so|how come|really|ok|okay|yes|no)\b/iu

/** Whether a question says itself that it goes on from something. */
export function pointsBack(question: string): boolean {
  const read = question.slice(0, longestQuestion)
  return leaning.test(read) || openings.test(read)
}

/** Whether a question can hardly be understood without what was said before: it points back, or says next to nothing itself. */
export function leansBack(question: string): boolean {
  return pointsBack(question) || questionOf(question.slice(0, longestQuestion)).terms.length <= fewTerms
}

/**
 * What a question asks for, together with what it was about before: the telling words of up to two earlier questions of the same person
 * (`earlier`, oldest first) at a lower weight. A question that stands alone is taken as it is.
 */
export function withEarlier(question: string, earlier: readonly string[]): Question {
  const asked = questionOf(question)
  if (earlier.length === 0 || !leansBack(question)) return asked
  const terms = new Map<string, Term>(asked.terms.map((term) => [term.stem, term]))
  for (const [back, weight] of weights.entries()) {
    const turn = earlier.at(-1 - back)
    if (turn === undefined) break
    for (const term of questionOf(turn).terms.slice(0, mostTerms)) {
      if (!terms.has(term.stem)) terms.set(term.stem, { ...term, weight })
    }
  }
  return { ...asked, terms: [...terms.values()] }
}
