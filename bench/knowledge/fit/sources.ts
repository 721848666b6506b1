import { BreakroomError } from '../../../core/errors.ts'
import { calibrationArticles, findSets, forCalibration, loadSet, type Question, type QuestionSet } from '../data.ts'
import { type Looked, lookUp } from './lookup.ts'
import type { Style } from './styles.ts'

/** The sets that may be fitted on, and how much each counts, however many questions it has. */
const sources = [
  { name: 'squad', licence: 'CC-BY-SA-4.0', weight: 1 },
  { name: 'selqaA', licence: 'Apache-2.0', weight: 0.4 },
]

export interface Source {
  name: string
  licence: string
  weight: number
  set: QuestionSet
  questions: readonly Question[]
}

/** Of which source it is. */
export type FromSource = Looked & { source: Source }

/** The sets in a folder that may be fitted on: of SQuAD only the calibration articles. Throws `config_invalid` when one is not there. */
export function sourcesIn(folder: string): Source[] {
  const sets = findSets(folder).map(loadSet)
  return sources.map((source) => {
    const set = sets.find(({ name }) => name === source.name)
    if (!set)
      throw new BreakroomError('config_invalid', `There is no set ${source.name} in ${folder}: it is fitted on.`)
    const isSplit = set.questions.some(({ doc }) => calibrationArticles.has(doc))
    return { ...source, set, questions: isSplit ? forCalibration(set) : set.questions }
  })
}

/** Looks everything up that may be fitted on. */
export function lookUpAll(folder: string, stylesOf: (question: Question) => readonly Style[]): FromSource[] {
  return sourcesIn(folder).flatMap((source) =>
    [...lookUp(source.set, source.questions, stylesOf)].map((one) => ({ ...one, source })),
  )
}
