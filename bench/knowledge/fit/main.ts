import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Fitted, parseFitted } from '../../../core/knowledge/fitted.ts'
import { foldCount, foldOf, type Question } from '../data.ts'
import { fitBands, fitConfidence } from './certainty.ts'
import { judgedBy, sawIn, worthOf } from './figures.ts'
import { fitRanker, listOf, rounded } from './ranker.ts'
import { type FromSource, lookUpAll } from './sources.ts'
import { type Style, styles } from './styles.ts'

/*
 * Fits what ranks sentences and how sure an answer is: `node bench/knowledge/fit/main.ts --data DIR [--date 2026-01-31] [--out FILE] [--folds FILE]`.
 * DIR holds the sets as folders with a `normalized.json`. Only the calibration articles of SQuAD and SelQA-A are fitted on. Nothing is
 * drawn at random: the same data give the same numbers.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    date: { type: 'string', default: '1970-01-01' },
    out: { type: 'string', default: 'knowledge-proxy/fitted/fitted.json' },
    folds: { type: 'string' },
  },
})

/** As it was written, and in one other style: each style is another part of the questions. */
function stylesOf({ id }: Question): Style[] {
  const others = (Object.keys(styles) as Style[]).filter((style) => style !== 'written')
  const number = [...id].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0)
  return ['written', others[number % others.length] ?? 'lower case']
}

const looked = lookUpAll(values.data ?? '', stylesOf)
write(values.out, fitOn(looked))
if (values.folds) {
  // SelQA-A is fitted on as a whole, so it is reported with numbers that have not seen the articles asked about.
  const parts = Array.from({ length: foldCount }, (_, fold) =>
    fitOn(looked.filter(({ source, question }) => source.name !== 'selqaA' || foldOf(question.doc) !== fold)),
  )
  write(values.folds, { selqaA: parts })
}

/** Fits everything on what was looked up. */
function fitOn(looked: readonly FromSource[]): Fitted {
  const ranker = fitRanker(looked.filter(({ kind }) => kind === 'answerable').map((one) => listOf(one, 1)))
  const seen = sawIn(looked, () => ranker)
  const confidence = fitConfidence(seen)
  const judged = judgedBy(seen, confidence)
  const sets = [...Map.groupBy(looked, ({ source }) => source)].map(([{ name, licence }, own]) => {
    return { name, licence, questions: new Set(own.map(({ question }) => question.id)).size }
  })
  const fitted: Fitted = {
    ranker,
    confidence,
    bands: fitBands(judged),
    provenance: {
      script: 'bench/knowledge/fit/main.ts',
      date: values.date,
      sets,
      mix: 'answerable 60, knocked out 30, near miss 10',
      options: { styles: Object.keys(styles).join(', '), seeds: 'none: nothing is drawn at random' },
      figures: Object.fromEntries(Object.entries(worthOf(judged)).map(([name, value]) => [name, rounded(value)])),
    },
  }
  return parseFitted(fitted, 'the fit')
}

function write(file: string, fitted: unknown): void {
  writeFileSync(file, `${JSON.stringify(fitted, null, 2)}\n`)
  process.stdout.write(`${file}\n`)
}
