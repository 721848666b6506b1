import type { Question, QuestionSet } from './data.ts'

/**
 * `knocked out`: an answerable question whose gold documents are not in the corpus. `near miss`: one that people say cannot be
 * answered, though there is something like it.
 */
export type Kind = 'answerable' | 'knocked out' | 'near miss'

/** How much of what is asked is of each kind. A set without one of them shares its part out among the others. */
const shares: Readonly<Record<Kind, number>> = { answerable: 60, 'knocked out': 30, 'near miss': 10 }

/** A question under one condition. */
export interface Case {
  question: Question
  kind: Kind
  /** Documents (`Passage.doc`) that are not in the corpus when it is asked. */
  without: readonly string[]
}

/** Each answerable question as it is and with all of its gold documents gone, each other one as a near miss. */
export function casesOf(set: QuestionSet, questions: readonly Question[]): Case[] {
  const documents = new Map(set.passages.map(({ id, doc }) => [id, doc]))
  return questions.flatMap((question): Case[] => {
    if (!question.answerable) return [{ question, kind: 'near miss', without: [] }]
    const without = [...new Set(question.gold.map((id) => documents.get(id) ?? ''))].toSorted()
    return [
      { question, kind: 'answerable', without: [] },
      { question, kind: 'knocked out', without },
    ]
  })
}

/** Those that are asked of the same corpus, together: it is changed once for each group. The whole corpus comes first. */
export function byCorpus(cases: readonly Case[]): { without: readonly string[]; cases: Case[] }[] {
  const groups = new Map<string, { without: readonly string[]; cases: Case[] }>()
  for (const one of cases) {
    const key = JSON.stringify(one.without)
    const group = groups.get(key) ?? { without: one.without, cases: [] }
    group.cases.push(one)
    groups.set(key, group)
  }
  return [...groups.values()].toSorted((a, b) => a.without.length - b.without.length)
}

/** The weight of one case of each kind, so that the mix is as it should be and all weights together are 1. */
export function weightsOf(cases: readonly { kind: Kind }[]): Record<Kind, number> {
  const counts: Record<Kind, number> = { answerable: 0, 'knocked out': 0, 'near miss': 0 }
  for (const { kind } of cases) counts[kind]++
  const whole = kinds.reduce((sum, kind) => sum + (counts[kind] > 0 ? shares[kind] : 0), 0)
  const weight = (kind: Kind) => (counts[kind] > 0 ? shares[kind] / whole / counts[kind] : 0)
  return { answerable: weight('answerable'), 'knocked out': weight('knocked out'), 'near miss': weight('near miss') }
}

const kinds: readonly Kind[] = ['answerable', 'knocked out', 'near miss']
