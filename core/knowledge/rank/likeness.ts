import type { Question } from '../question.ts'
import type { Token } from './reading.ts'
import type { Weighing } from './weighing.ts'

/*
 * In how far a sentence is like a question. `hits`: of each term, how well it stands there, 0-1. `standsFor`: of each word of the sentence,
 * which term it stands for, or -1. All results are between 0 and 1.
 */

/** Share of the question's weight that is hit. */
export function coverage({ weights, total }: Weighing, hits: Float64Array): number {
  if (total <= 0) return 0
  return sumOf(weights, (weight, term) => weight * (hits[term] ?? 0)) / total
}

function sumOf(weights: readonly number[], value: (weight: number, term: number) => number): number {
  let sum = 0
  for (let term = 0; term < weights.length; term++) sum += value(weights[term] ?? 0, term)
  return sum
}

/** BM25 of the sentence, as a share of the most that it could be. */
export function saturated(
  { weights, total, terms }: Weighing,
  tokens: readonly Token[],
  standsFor: readonly number[],
): number {
  if (total <= 0) return 0
  const times = new Float64Array(terms.length)
  for (const term of standsFor) if (term >= 0) times[term] = (times[term] ?? 0) + 1
  const length = 0.25 + (0.75 * tokens.length) / 25
  return sumOf(weights, (weight, term) => (weight * (times[term] ?? 0)) / ((times[term] ?? 0) + 1.2 * length)) / total
}

/** Of the question's neighbouring words, the share that stands close together and in the same order here. */
export function pairs({ weights }: Weighing, standsFor: readonly number[], tokens: readonly Token[]): number {
  if (weights.length < 2) return 0
  const found = new Float64Array(weights.length)
  let last = -1
  let lastAt = -10
  for (let place = 0; place < tokens.length; place++) {
    const term = standsFor[place] ?? -1
    if (term < 0) continue
    if (term === last + 1 && place - lastAt <= 3) found[term] = place - lastAt === 1 ? 1 : 0.7
    last = term
    lastAt = place
  }
  let sum = 0
  let all = 0
  for (let term = 1; term < weights.length; term++) {
    const weight = (weights[term] ?? 0) + (weights[term - 1] ?? 0)
    all += weight
    sum += weight * (found[term] ?? 0)
  }
  return all > 0 ? sum / all : 0
}

/** Share of the weight in the longest run of terms that stand here in the order of the question. */
export function inOrder({ weights, total }: Weighing, standsFor: readonly number[]): number {
  if (total <= 0) return 0
  const reach = new Float64Array(weights.length)
  for (const term of standsFor) {
    if (term < 0) continue
    let before = 0
    for (let other = 0; other < term; other++) before = Math.max(before, reach[other] ?? 0)
    reach[term] = Math.max(reach[term] ?? 0, before + (weights[term] ?? 0))
  }
  return Math.max(0, ...reach) / total
}

/** How close together the matched terms stand: coverage, thinned by the words between the first and the last of each. */
export function density(weighing: Weighing, standsFor: readonly number[], hits: Float64Array): number {
  const wanted = hits.filter((hit) => hit > 0).length
  if (wanted < 2) return 0
  const times = new Int32Array(hits.length)
  let have = 0
  let from = 0
  let shortest = Number.POSITIVE_INFINITY
  for (let to = 0; to < standsFor.length; to++) {
    const term = standsFor[to] ?? -1
    if (term >= 0) {
      times[term] = (times[term] ?? 0) + 1
      if (times[term] === 1) have += 1
    }
    while (have === wanted) {
      shortest = Math.min(shortest, to - from + 1)
      const first = standsFor[from] ?? -1
      if (first >= 0) {
        times[first] = (times[first] ?? 0) - 1
        if (times[first] === 0) have -= 1
      }
      from += 1
    }
  }
  return (coverage(weighing, hits) * wanted) / shortest
}

/** Share of the question's runs of three words, those that say nothing too, that stand here as they are. */
export function runs({ words }: Question, tokens: readonly Token[]): number {
  if (words.length < 3) return 0
  const here = new Set<string>()
  for (let place = 2; place < tokens.length; place++) {
    here.add(`${tokens[place - 2]?.stem} ${tokens[place - 1]?.stem} ${tokens[place]?.stem}`)
  }
  let found = 0
  const last = Math.min(words.length, 60)
  for (let place = 2; place < last; place++) {
    if (here.has(`${words[place - 2]?.stem} ${words[place - 1]?.stem} ${words[place]?.stem}`)) found += 1
  }
  return found / (last - 2)
}

/** Share of the weight whose words stand here in the same form, but for an ending. */
export function sameForms(
  { terms, weights, total }: Weighing,
  tokens: readonly Token[],
  standsFor: readonly number[],
): number {
  if (total <= 0) return 0
  const same = new Float64Array(terms.length)
  for (const [place, term] of standsFor.entries()) {
    const wanted = terms[term]
    const token = tokens[place]
    if (wanted && token && bare(wanted.plain) === bare(token.plain)) same[term] = 1
  }
  return sumOf(weights, (weight, term) => weight * (same[term] ?? 0)) / total
}

function bare(word: string): string {
  return word.length > 4 ? word.replace(/(?:'s|s|es|ed|d|ing)$/, '').replace(/e$/, '') : word
}

/** How close a word that could answer is to a word of the question. */
export function nearness(answering: readonly number[], matched: readonly number[]): number {
  let nearest = Number.POSITIVE_INFINITY
  for (const one of answering) for (const other of matched) nearest = Math.min(nearest, Math.abs(one - other))
  return nearest === Number.POSITIVE_INFINITY ? 0 : 1 / nearest
}
