import { parseArgs } from 'node:util'
import type { Feature } from '../../../core/knowledge/rank/evidence.ts'
import { type RankerWeights, rankSentences } from '../../../core/knowledge/rank/ranker.ts'
import type { Sign } from '../../../core/knowledge/rank/signs.ts'
import { mean } from '../metrics.ts'
import { fitConfidence } from './certainty.ts'
import { judgedBy, sawIn, worthOf } from './figures.ts'
import type { Looked } from './lookup.ts'
import { fitRanker, listOf } from './ranker.ts'
import { lookUpAll } from './sources.ts'

/*
 * What each group of features and of signs buys: `node bench/knowledge/fit/ablate.ts --data DIR`. Everything is cross-validated by article
 * on what may be fitted on; each line leaves one group out.
 */
const { values } = parseArgs({ options: { data: { type: 'string' } } })
const folds = 3

const groupsOfFeatures: Record<string, Feature[]> = {
  'share of the words': ['coverage', 'exact', 'bm25'],
  'same form of the word': ['sameForm'],
  'title and headings': ['above'],
  'sentences around': ['before', 'after', 'around', 'leans', 'leansBefore', 'best'],
  'section as a whole': ['section', 'sectionExact'],
  'score and place of the section': ['score', 'rank'],
  'phrases and order': ['bigrams', 'trigrams', 'order', 'span'],
  'kind of answer': ['answers', 'near', 'name', 'place', 'time', 'count', 'reason', 'manner', 'definition', 'focus'],
  'first and last words': ['first3', 'subject', 'verb'],
  'place, length, newness': ['first', 'position', 'length', 'short', 'novel', 'echo', 'asks'],
}
const groupsOfSigns: Record<string, Sign[]> = {
  'BM25 as a share': ['fit', 'fitBest'],
  coverage: ['above', 'before'],
  'names and numbers': ['names', 'numbers'],
  'shares of the ranker': ['blockShare', 'sectionShare', 'score'],
  echo: ['echo'],
  'opposites and not': ['notOpposed', 'notAffirmed'],
  'number of words': ['terms'],
}

const looked = lookUpAll(values.data ?? '', () => ['written'])
const answerable = looked.filter(({ kind }) => kind === 'answerable').map((one) => ({ one, list: listOf(one, 1) }))

function foldOf(document: string): number {
  return [...document].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % folds
}

/** One ranker for each part of the articles, fitted on all others. */
function rankers(without: readonly Feature[]): RankerWeights[] {
  return Array.from({ length: folds }, (_, fold) =>
    fitRanker(
      answerable.filter(({ one }) => foldOf(one.question.doc) !== fold).map(({ list }) => list),
      new Set(without),
    ),
  )
}

function rankedFigures(by: readonly RankerWeights[], source: string): Record<string, number> {
  const judged = answerable.flatMap(({ one, list }) => {
    if (one.source.name !== source) return []
    const ranked = rankSentences(one.found.candidates, by[foldOf(one.question.doc)] ?? {})
    const right = ranked
      .slice(0, 3)
      .map(({ candidate }) => list.right[one.found.candidates.indexOf(candidate)] === true)
    const likely = ranked.reduce(
      (sum, { candidate, share }) => sum + (list.right[one.found.candidates.indexOf(candidate)] ? share : 0),
      0,
    )
    const passage = ranked[0]?.candidate.section.document.id ?? ''
    return [{ r1: one.gold.passages.has(passage), s1: right[0] === true, b3: right.includes(true), likely }]
  })
  return {
    r1: mean(judged.map(({ r1 }) => Number(r1))),
    sentence1: mean(judged.map(({ s1 }) => Number(s1))),
    block3: mean(judged.map(({ b3 }) => Number(b3))),
    likelihood: mean(judged.filter(({ likely }) => likely > 0).map(({ likely }) => Math.log(likely))),
  }
}

function sureFigures(by: readonly RankerWeights[], without: readonly Sign[], source: string): Record<string, number> {
  const seen = sawIn(looked, (one) => by[foldOf(one.question.doc)] ?? {})
  const out = seen.filter(({ one }) => one.source.name === source)
  const judged = Array.from({ length: folds }, (_, fold) => {
    const isOut = (one: Looked) => foldOf(one.question.doc) === fold
    const confidence = fitConfidence(
      seen.filter(({ one }) => !isOut(one)),
      new Set(without),
    )
    return judgedBy(
      out.filter(({ one }) => isOut(one)),
      confidence,
    )
  }).flat()
  return worthOf(judged)
}

const show = (values: Record<string, number>) =>
  Object.values(values)
    .map((value) => value.toFixed(4).padStart(9))
    .join('')
const whole = rankers([])
for (const source of ['squad', 'selqaA']) {
  process.stdout.write(
    `${source}: ranker (r1, sentence1, block3, log-likelihood)\n${'everything'.padEnd(34)}${show(rankedFigures(whole, source))}\n`,
  )
}
for (const [name, group] of Object.entries(groupsOfFeatures)) {
  const by = rankers(group)
  process.stdout.write(
    `${`without ${name}`.padEnd(42)}${show(rankedFigures(by, 'squad'))} |${show(rankedFigures(by, 'selqaA'))}\n`,
  )
}
for (const [name, group] of [['nothing', []], ...Object.entries(groupsOfSigns)] as [string, Sign[]][]) {
  process.stdout.write(
    `${`without ${name}`.padEnd(42)}${show(sureFigures(whole, group, 'squad'))} |${show(sureFigures(whole, group, 'selqaA'))}\n`,
  )
}
