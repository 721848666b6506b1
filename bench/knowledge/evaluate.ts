import type { Fitted } from '../../core/knowledge/fitted.ts'
import { foldOf, heldOut, type Question, type QuestionSet } from './data.ts'
import { type Figures, figuresOf, lookupFigures, timesOf, worthOf } from './figures.ts'
import { createFinderEngine } from './finder-engine.ts'
import { type Outcome, type Run, run, runLibrary } from './run.ts'
import { searchLibraries } from './search-libraries.ts'
import { simpleCalibrations } from './simple-calibration.ts'
import { createSimpleEngine } from './simple-engine.ts'

/** Fitted numbers, and the questions that are answered with them. */
export interface Fold {
  fitted: Fitted
  questions: readonly Question[]
}

/** How the questions of a set were answered. */
export interface Evaluation {
  set: string
  passages: number
  questions: number
  /** Whether what is reported was fitted on. */
  seen: boolean
  /** What the figures rest on that people have to know. */
  notes: string[]
  ours: Figures
  /** FTS5 for what is found, the best simple answerer and signal for the rest; each says which. */
  baseline: Figures
  /** Libraries that only find passages. */
  libraries: { name: string; figures: Partial<Figures> }[]
  /** Everything that was answered; `confidence` is the signal. */
  outcomes: Outcome[]
  simpleOutcomes: Outcome[]
}

/** The name of our own signal. */
export const confidence = 'confidence'

/** What is asked of a set. */
export interface Plan {
  folds: readonly Fold[]
  seen: boolean
  notes: readonly string[]
}

/** Asks everybody the same questions. All folds together are what is reported. */
export async function evaluate(set: QuestionSet, { folds, seen, notes }: Plan): Promise<Evaluation> {
  const questions = folds.flatMap((fold) => fold.questions)
  const ours = together(
    folds.map((fold) => {
      using engine = createFinderEngine(set, fold.fitted)
      return run(engine, set, fold.questions)
    }),
  )
  using engine = createSimpleEngine(set)
  const simple = run(engine, set, questions)
  const libraries = []
  for (const library of await searchLibraries(set)) {
    const looked = await runLibrary(library, questions)
    libraries.push({
      name: library.name,
      figures: { ...lookupFigures(looked), sentence1: null, block3: null, ...timesOf(looked) },
    })
  }
  return {
    set: set.name,
    passages: set.passages.length,
    questions: questions.length,
    seen,
    notes: [...notes, ...notesOn(questions)],
    ours: figuresOf(ours, confidence),
    baseline: { ...lookupFigures(simple), ...worthOf(simple.outcomes, simpleCalibrations()), ...timesOf(simple) },
    libraries,
    outcomes: ours.outcomes,
    simpleOutcomes: simple.outcomes,
  }
}

/**
 * What of a set is reported, and with which numbers: the shipped ones for what these have not seen; for a set that they have, those of
 * `folds`, each for the articles it was fitted without; and when there are none, the shipped ones, and said so.
 */
export function planFor(set: QuestionSet, shipped: Fitted, folds: readonly Fitted[] | null): Plan {
  const unseen = heldOut(set)
  if (unseen.length > 0 && unseen.length < set.questions.length) {
    const left = set.questions.length - unseen.length
    const notes = [`Articles that were calibrated on are not asked about (${left} questions).`]
    return { folds: [{ fitted: shipped, questions: unseen }], seen: false, notes }
  }
  const seen = unseen.length === 0 || shipped.provenance.sets.some(({ name }) => name === set.name)
  if (!seen) return { folds: [{ fitted: shipped, questions: set.questions }], seen, notes: [] }
  if (folds === null) {
    const notes = ['SEEN: the shipped numbers were fitted on these questions.']
    return { folds: [{ fitted: shipped, questions: set.questions }], seen, notes }
  }
  const parts = folds.map((fitted, fold) => {
    return { fitted, questions: set.questions.filter(({ doc }) => foldOf(doc) === fold) }
  })
  return { folds: parts, seen: false, notes: [`Cross-validated by article, in ${folds.length} parts.`] }
}

function notesOn(questions: readonly Question[]): string[] {
  const answerable = questions.filter((question) => question.answerable)
  const labelled = answerable.filter(({ answers }) => answers.length > 0).length
  return [
    ...(answerable.length === 0 ? ['Nothing is answerable: there is nothing to find.'] : []),
    ...(answerable.length === questions.length ? ['No near misses: 67 % answerable, 33 % knocked out.'] : []),
    ...(answerable.length > 0 && labelled === 0
      ? ['No sentences are labelled: an answer is right when one of its sentences stands in a gold passage.']
      : []),
  ]
}

function together(runs: Run[]): Run {
  return {
    engine: runs[0]?.engine ?? '',
    lookups: runs.flatMap(({ lookups }) => lookups),
    outcomes: runs.flatMap(({ outcomes }) => outcomes),
    times: runs.flatMap(({ times }) => times),
  }
}
