import type { Question, QuestionSet } from './data.ts'
import { askingOf, type Engine } from './engine.ts'
import { type Gold, goldOf, isRight } from './gold.ts'
import { ranksOf } from './metrics.ts'
import { byCorpus, casesOf, type Kind } from './mix.ts'
import type { SearchLibrary } from './search-libraries.ts'
import { withTypo } from './typos.ts'

/** How one case went. */
export interface Outcome {
  question: string
  kind: Kind
  right: boolean
  signals: Readonly<Record<string, number>>
}

/** How an answerable question went, asked of the whole corpus. */
export interface Lookup {
  question: string
  /** Places at which gold passages were found, and of how many; the places again with a typo in the question. */
  ranks: readonly number[]
  gold: number
  typoRanks: readonly number[]
  /** Whether the first sentence, and the block, answers; null when no sentence is known to be gold. */
  first: boolean | null
  block: boolean | null
}

/** Everything an engine did. */
export interface Run {
  engine: string
  lookups: Lookup[]
  outcomes: Outcome[]
  /** How long each question of the whole corpus took, ms. */
  times: number[]
}

/** So many questions are asked before times are taken. */
const warmUp = 100

/**
 * Asks all cases of the questions, first of the whole corpus, then group by group without the documents that are knocked out: these are
 * removed before and put back after each group.
 */
export function run(engine: Engine, set: QuestionSet, questions: readonly Question[]): Run {
  const golds = new Map(questions.map((question) => [question.id, goldOf(question)]))
  const [outcomes, lookups, times]: [Outcome[], Lookup[], number[]] = [[], [], []]
  for (const question of questions.slice(0, warmUp)) engine.ask(askingOf(question))
  for (const { without, cases } of byCorpus(casesOf(set, questions))) {
    if (without.length > 0) engine.remove(without)
    for (const { question, kind } of cases) {
      const gold = golds.get(question.id) as Gold
      const begun = performance.now()
      const { passages, block, signals } = engine.ask(askingOf(question))
      if (without.length === 0) times.push(performance.now() - begun)
      // What is left answers nothing: gold passages are gone, and a near miss has no answer.
      outcomes.push({ question: question.id, kind, right: kind === 'answerable' && isRight(gold, block), signals })
      if (kind !== 'answerable') continue
      const typo = engine.ask(askingOf(question, withTypo(question.q, question.id)))
      const [first] = block
      lookups.push({
        question: question.id,
        ranks: ranksOf(passages, gold.passages),
        gold: gold.passages.size,
        typoRanks: ranksOf(typo.passages, gold.passages),
        first: gold.hasSentences ? first !== undefined && gold.answers(first) : null,
        block: gold.hasSentences ? block.some((found) => gold.answers(found)) : null,
      })
    }
    if (without.length > 0) engine.restore(without)
  }
  return { engine: engine.name, lookups, outcomes, times }
}

/** Looks the answerable questions up in a library that only finds passages. */
export async function runLibrary({ name, find }: SearchLibrary, questions: readonly Question[]): Promise<Run> {
  const [lookups, times]: [Lookup[], number[]] = [[], []]
  for (const question of questions.filter(({ answerable }) => answerable)) {
    const gold = new Set(question.gold)
    const begun = performance.now()
    const found = await find(askingOf(question))
    times.push(performance.now() - begun)
    const typo = await find(askingOf(question, withTypo(question.q, question.id)))
    lookups.push({
      question: question.id,
      ranks: ranksOf(found, gold),
      gold: gold.size,
      typoRanks: ranksOf(typo, gold),
      first: null,
      block: null,
    })
  }
  return { engine: name, lookups, outcomes: [], times }
}
