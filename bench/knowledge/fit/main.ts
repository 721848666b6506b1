import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { along, rawOf } from '../../../core/knowledge/confidence.ts'
import { type Fitted, parseFitted } from '../../../core/knowledge/fitted.ts'
import { calibrationArticles, findSets, forCalibration, loadSet, type Question, type QuestionSet } from '../data.ts'
import { accuracyAt, auroc, coverageAt, ece, type Judged } from '../metrics.ts'
import { type Kind, weightsOf } from '../mix.ts'
import { fitBands, fitConfidence, type Seen, seenIn } from './certainty.ts'
import type { List } from './listwise.ts'
import { type Looked, lookUp } from './lookup.ts'
import { fitRanker, listOf, rounded } from './ranker.ts'
import { type Style, styles } from './styles.ts'

/*
 * Fits what ranks sentences and how sure an answer is: `node bench/knowledge/fit/main.ts --data DIR [--date 2026-01-31] [--out FILE]`.
 * DIR holds the sets as folders with a `normalized.json`. Only the calibration articles of SQuAD and SelQA-A are fitted on.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    date: { type: 'string', default: '1970-01-01' },
    out: { type: 'string', default: 'knowledge-proxy/fitted/fitted.json' },
  },
})

/** Sets that are fitted on, by name. */
const sources = [
  { name: 'squad', licence: 'CC-BY-SA-4.0', weight: 1 },
  { name: 'selqaA', licence: 'Apache-2.0', weight: 0.4 },
]

interface Source {
  name: string
  licence: string
  weight: number
  set: QuestionSet
  questions: readonly Question[]
}

/** As it was written, and in one other style: each style is another part of the questions. */
function stylesOf({ id }: Question): Style[] {
  const others = (Object.keys(styles) as Style[]).filter((style) => style !== 'written')
  const number = [...id].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0)
  return ['written', others[number % others.length] ?? 'lower case']
}

function sourcesIn(folder: string): Source[] {
  const sets = findSets(folder).map(loadSet)
  return sources.flatMap((source) => {
    const set = sets.find(({ name }) => name === source.name)
    if (!set) throw new Error(`there is no set ${source.name} in ${folder}`)
    const questions = set.questions.some(({ doc }) => calibrationArticles.has(doc))
      ? forCalibration(set)
      : set.questions
    return [{ ...source, set, questions }]
  })
}

/** Each source counts by its weight, however many questions it has; inside of it the kinds are mixed as they should be. */
function weighed(looked: readonly (Looked & { source: Source })[]): { one: Looked; weight: number }[] {
  return sources.flatMap(({ name, weight }) => {
    const own = looked.filter(({ source }) => source.name === name)
    const kinds: Record<Kind, number> = weightsOf(own)
    return own.map((one) => ({ one, weight: weight * kinds[one.kind] * looked.length }))
  })
}

function figuresOf(
  seen: readonly Seen[],
  confidence: Fitted['confidence'],
): { judged: Judged[]; figures: Record<string, number> } {
  const judged = seen.map(({ signs, right, weight }) => ({
    score: along(confidence.steps, rawOf(signs, confidence)),
    right,
    weight,
  }))
  const figures = {
    auroc: auroc(judged),
    accuracy_at_80: accuracyAt(0.8, judged),
    coverage_at_90: coverageAt(0.9, judged),
    ece: ece(judged),
  }
  return { judged, figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)])) }
}

const from = sourcesIn(values.data ?? '')
const looked = from.flatMap((source) =>
  [...lookUp(source.set, source.questions, stylesOf)].map((one) => ({ ...one, source })),
)
const lists: List[] = looked.filter(({ kind }) => kind === 'answerable').map((one) => listOf(one, 1))
const ranker = fitRanker(lists)
const seen = weighed(looked).map(({ one, weight }) => seenIn(one, ranker, weight))
const confidence = fitConfidence(seen)
const { judged, figures } = figuresOf(seen, confidence)
const fitted: Fitted = {
  ranker,
  confidence,
  bands: fitBands(judged),
  provenance: {
    script: 'bench/knowledge/fit/main.ts',
    date: values.date,
    sets: from.map(({ name, licence, questions }) => ({ name, licence, questions: questions.length })),
    mix: 'answerable 60, knocked out 30, near miss 10',
    options: { styles: Object.keys(styles).join(', ') },
    figures,
  },
}
writeFileSync(values.out, `${JSON.stringify(parseFitted(fitted, 'the fit'), null, 2)}\n`)
process.stdout.write(`${basename(values.out)} ${JSON.stringify(figures)}\n`)
