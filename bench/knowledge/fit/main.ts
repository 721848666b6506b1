import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Fitted, parseFitted } from '../../../core/knowledge/fitted.ts'
import type { Question } from '../data.ts'
import { fitBands, fitConfidence } from './certainty.ts'
import { judgedBy, sawIn, worthOf } from './figures.ts'
import { fitRanker, listOf, rounded } from './ranker.ts'
import { lookUpAll } from './sources.ts'
import { type Style, styles } from './styles.ts'

/*
 * Fits what ranks sentences and how sure an answer is: `node bench/knowledge/fit/main.ts --data DIR [--date 2026-01-31] [--out FILE]`.
 * DIR holds the sets as folders with a `normalized.json`. Only the calibration articles of SQuAD and SelQA-A are fitted on. Nothing is
 * drawn at random: the same data give the same numbers.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    date: { type: 'string', default: '1970-01-01' },
    out: { type: 'string', default: 'knowledge-proxy/fitted/fitted.json' },
  },
})

/** As it was written, and in one other style: each style is another part of the questions. */
function stylesOf({ id }: Question): Style[] {
  const others = (Object.keys(styles) as Style[]).filter((style) => style !== 'written')
  const number = [...id].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0)
  return ['written', others[number % others.length] ?? 'lower case']
}

const looked = lookUpAll(values.data ?? '', stylesOf)
const ranker = fitRanker(looked.filter(({ kind }) => kind === 'answerable').map((one) => listOf(one, 1)))
const seen = sawIn(looked, () => ranker)
const confidence = fitConfidence(seen)
const judged = judgedBy(seen, confidence)
const figures = Object.fromEntries(Object.entries(worthOf(judged)).map(([name, value]) => [name, rounded(value)]))
const fitted: Fitted = {
  ranker,
  confidence,
  bands: fitBands(judged),
  provenance: {
    script: 'bench/knowledge/fit/main.ts',
    date: values.date,
    sets: [...new Set(looked.map(({ source }) => source))].map(({ name, licence, questions }) => {
      return { name, licence, questions: questions.length }
    }),
    mix: 'answerable 60, knocked out 30, near miss 10',
    options: { styles: Object.keys(styles).join(', ') },
    figures,
  },
}
writeFileSync(values.out, `${JSON.stringify(parseFitted(fitted, 'the fit'), null, 2)}\n`)
process.stdout.write(`${values.out} ${JSON.stringify(figures)}\n`)
