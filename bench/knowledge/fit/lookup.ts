import { join } from 'node:path'
import { createSqliteLibrary } from '../../../adapters/sqlite/knowledge/library.ts'
import { questionOf } from '../../../core/knowledge/question.ts'
import { createGatherer, type Gathered } from '../../../knowledge-proxy/gather.ts'
import { temporaryFolder } from '../../../test/support/process.ts'
import type { Question, QuestionSet } from '../data.ts'
import { put } from '../finder-engine.ts'
import { type Gold, goldOf } from '../gold.ts'
import { byCorpus, casesOf, type Kind } from '../mix.ts'
import { type Style, styles } from './styles.ts'

/** One question under one condition, in one style, and what was found for it. */
export interface Looked {
  question: Question
  kind: Kind
  style: Style
  gold: Gold
  found: Gathered
}

const reader = { rooms: new Set<string>() }
const clock = { now: () => new Date(0), monotonic: () => 0 }
const log = { info() {}, warn() {}, error() {} }

/** Looks up every question under every condition in the styles that `stylesOf` names. Each passage is a document of its own. */
export function* lookUp(
  set: QuestionSet,
  questions: readonly Question[],
  stylesOf: (question: Question) => readonly Style[],
): Generator<Looked> {
  using folder = temporaryFolder()
  const library = createSqliteLibrary({ file: join(folder.path, 'knowledge.sqlite'), clock, log })
  try {
    for (const passage of set.passages) put(library, passage)
    const gathered = createGatherer(library)
    for (const { without, cases } of byCorpus(casesOf(set, questions))) {
      const gone = set.passages.filter(({ doc }) => without.includes(doc))
      for (const { id } of gone) library.remove(id)
      for (const { question, kind } of cases) {
        for (const style of stylesOf(question)) {
          yield {
            question,
            kind,
            style,
            gold: goldOf(question),
            found: gathered(questionOf(styles[style](question.q)), reader),
          }
        }
      }
      for (const passage of gone) put(library, passage)
    }
  } finally {
    library.close()
  }
}
