import { seededRandom } from '../soak/random.ts'

/** An answer: how sure it was, whether it was right, how much it counts. */
export interface Judged {
  score: number
  right: boolean
  weight: number
}

/** The place of the first gold passage, counted from 1; null when none was found. `ranks` as `ranksOf` gives them. */
export function firstRank(ranks: readonly number[]): number | null {
  return ranks[0] ?? null
}

/** The places, counted from 1, at which gold passages were found. */
export function ranksOf(found: readonly string[], gold: ReadonlySet<string>): number[] {
  return found.flatMap((passage, index) => (gold.has(passage) ? [index + 1] : []))
}

/** Whether a gold passage is among the first `k`: 1 or 0. */
export function recallAt(k: number, ranks: readonly number[]): number {
  return (firstRank(ranks) ?? Number.POSITIVE_INFINITY) <= k ? 1 : 0
}

/** One over the place of the first gold passage. */
export function reciprocalRank(ranks: readonly number[]): number {
  const first = firstRank(ranks)
  return first === null ? 0 : 1 / first
}

/** The gain of the first ten, each gold passage counting less the later it comes, over the most that `gold` passages could give. */
export function ndcg10(ranks: readonly number[], gold: number): number {
  const gain = (rank: number) => 1 / Math.log2(rank + 1)
  const most = Array.from({ length: Math.min(gold, 10) }, (_, index) => gain(index + 1))
  return sum(ranks.filter((rank) => rank <= 10).map(gain)) / sum(most)
}

/** How likely a right answer is surer than a wrong one; equally sure counts half. NaN when all are right or all wrong. */
export function auroc(answers: readonly Judged[]): number {
  let [right, wrong, won] = [0, 0, 0]
  // From the least sure: what is wrong before it has been beaten.
  for (const level of levelsOf(answers).toReversed()) {
    won += level.right * (wrong + level.wrong / 2)
    right += level.right
    wrong += level.wrong
  }
  return won / (right * wrong)
}

/** How many are right among the surest `coverage` of them. Of those equally sure at the border, as many as fit are taken at random. */
export function accuracyAt(coverage: number, answers: readonly Judged[]): number {
  const room = coverage * sum(answers.map(({ weight }) => weight))
  let [taken, right] = [0, 0]
  for (const level of levelsOf(answers)) {
    const whole = level.right + level.wrong
    const share = Math.min(1, (room - taken) / whole)
    right += share * level.right
    taken += share * whole
    if (taken >= room) break
  }
  return right / taken
}

/** The largest share that can be answered with so many of them right, answering all that are at least as sure as something. */
export function coverageAt(accuracy: number, answers: readonly Judged[]): number {
  let most = 0
  for (const { coverage, accuracy: reached } of riskCoverage(answers)) if (reached >= accuracy) most = coverage
  return most
}

/** For each level of sureness, from the highest: the share that is at least as sure, and how many of these are right. */
export function riskCoverage(answers: readonly Judged[]): { score: number; coverage: number; accuracy: number }[] {
  const whole = sum(answers.map(({ weight }) => weight))
  let [taken, right] = [0, 0]
  return levelsOf(answers).map((level) => {
    right += level.right
    taken += level.right + level.wrong
    return { score: level.score, coverage: taken / whole, accuracy: right / taken }
  })
}

/** A bin of a reliability diagram: from `from` to before `from + 0.1`. */
export interface Bin {
  from: number
  count: number
  /** Of all weights. */
  share: number
  /** Mean of the scores; NaN when empty. */
  said: number
  /** How many are right; NaN when empty. */
  right: number
}

/** Ten bins of equal width over scores that are probabilities; 1 is in the last. */
export function binsOf(answers: readonly Judged[]): Bin[] {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, weight: 0, said: 0, right: 0 }))
  for (const { score, right, weight } of answers) {
    const bin = bins[Math.min(9, Math.max(0, Math.floor(score * 10)))]
    if (bin === undefined) continue
    bin.count++
    bin.weight += weight
    bin.said += weight * score
    if (right) bin.right += weight
  }
  const whole = sum(bins.map(({ weight }) => weight))
  return bins.map(({ count, weight, said, right }, index) => {
    return { from: index / 10, count, share: weight / whole, said: said / weight, right: right / weight }
  })
}

/** Expected calibration error: how far what is said is from what is right, over ten bins. Scores are probabilities. */
export function ece(answers: readonly Judged[]): number {
  return sum(binsOf(answers).map(({ count, share, said, right }) => (count === 0 ? 0 : share * Math.abs(said - right))))
}

/** Mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

export interface Interval {
  low: number
  high: number
}

/**
 * The middle 95 % of a figure over `rounds` draws of as many items, with replacement. `strata`: each is drawn from by itself, so
 * that a mix stays what it is; an item is whatever belongs to one question. Draws that give no figure (NaN) do not count; null
 * when none does. The same for the same seed.
 */
export function bootstrap<T>(
  strata: readonly (readonly T[])[],
  figure: (drawn: T[]) => number,
  { seed = 1, rounds = 500 }: { seed?: number; rounds?: number } = {},
): Interval | null {
  const random = seededRandom(seed)
  const figures: number[] = []
  for (let round = 0; round < rounds; round++) {
    const drawn: T[] = []
    for (const stratum of strata) {
      for (let count = 0; count < stratum.length; count++) {
        drawn.push(stratum[Math.floor(random.next() * stratum.length)] as T)
      }
    }
    const value = figure(drawn)
    if (!Number.isNaN(value)) figures.push(value)
  }
  if (figures.length === 0) return null
  figures.sort((a, b) => a - b)
  const at = (share: number) => figures[Math.min(figures.length - 1, Math.floor(share * figures.length))] ?? Number.NaN
  return { low: at(0.025), high: at(0.975) }
}

/** Weights of right and wrong for each score, the surest first. */
function levelsOf(answers: readonly Judged[]): { score: number; right: number; wrong: number }[] {
  const sorted = [...answers].sort((a, b) => b.score - a.score)
  const levels: { score: number; right: number; wrong: number }[] = []
  for (const { score, right, weight } of sorted) {
    let level = levels.at(-1)
    if (level?.score !== score) {
      level = { score, right: 0, wrong: 0 }
      levels.push(level)
    }
    if (level === undefined) continue
    if (right) level.right += weight
    else level.wrong += weight
  }
  return levels
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
