import { writeFileSync } from 'node:fs'
import { confidence, type Evaluation } from './evaluate.ts'
import { judgedBy } from './figures.ts'
import { type Bin, binsOf, type Judged, riskCoverage } from './metrics.ts'

const file = new URL('../../docs/knowledge-calibration.svg', import.meta.url)

/** Side of a panel, and where the two begin. */
const side = 240
const [left, right, top] = [56, 384, 56]
const size = { width: 648, height: 346 }
/** A level of the curve that fewer answers reach says nothing. */
const leastCoverage = 0.02

/**
 * Draws how far the confidence can be trusted into docs/: how often answers of each confidence were right, and how many are right of
 * however many are given. Of the set with the most questions of those that were not fitted on and whose right sentences are known.
 * False when there is none.
 */
export function drawPlot(evaluations: readonly Evaluation[]): boolean {
  const [evaluation] = evaluations
    .filter(({ seen, ours }) => !seen && ours.block3 !== null)
    .toSorted((one, other) => other.questions - one.questions)
  if (evaluation === undefined) return false
  writeFileSync(file, plotOf(evaluation))
  return true
}

/** The plot as SVG. It follows the light or dark of whoever looks, and says in words what it shows. */
export function plotOf({ set, questions, outcomes, simpleOutcomes, baseline }: Evaluation): string {
  const judged = judgedBy(outcomes, confidence)
  const simple = baseline.auroc?.of ?? ''
  const bins = binsOf(judged).filter(({ count }) => count > 0)
  const said = bins.map((bin) => `${percent(bin.said)} was right ${percent(bin.right)} of the time`).join(', ')
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title what">`,
    '<title id="title">How far the confidence of the knowledge proxy can be trusted</title>',
    `<desc id="what">${escaped(`${set}, ${questions} questions never fitted on. Left: of answers by confidence, ${said}. Right: how many answers are right when only the surest are given, from few to all; ${curveInWords(judged)}.`)}</desc>`,
    style,
    text(left, 24, 'head', `${set}: ${questions} questions never fitted on`),
    reliability(bins),
    coverageCurves(judged, judgedBy(simpleOutcomes, simple), simple),
    '</svg>',
  ]
  return `${parts.join('\n')}\n`
}

const style = `<style>
  text { font: 11px system-ui, sans-serif; fill: #333 }
  .head { font-size: 13px; font-weight: 600 }
  .small { font-size: 9px }
  .tick { font-size: 10px }
  .middle { text-anchor: middle }
  .end { text-anchor: end }
  .frame, .grid { fill: none; stroke: #8886 }
  .ideal { stroke: #888; stroke-dasharray: 4 3; fill: none }
  .bar { fill: #2563eb33 }
  .ours { stroke: #2563eb; fill: none; stroke-width: 2 }
  .dot { fill: #2563eb }
  .simple { stroke: #b45309; fill: none; stroke-width: 1.5 }
  .named-simple { fill: #b45309 }
  .named-ours { fill: #2563eb }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .bar { fill: #60a5fa33 }
    .ours { stroke: #60a5fa }
    .dot, .named-ours { fill: #60a5fa }
    .simple { stroke: #fbbf24 }
    .named-simple { fill: #fbbf24 }
  }
</style>`

/** Said against right, over how many answers there are of each. */
function reliability(bins: readonly Bin[]): string {
  const most = Math.max(...bins.map(({ share }) => share))
  const drawn = bins.flatMap((bin) => {
    const [x, width] = [left + bin.from * side + 1, side / 10 - 2]
    const height = (bin.share / most) * (side / 3)
    return [
      `<rect class="bar" x="${n(x)}" y="${n(top + side - height)}" width="${n(width)}" height="${n(height)}"/>`,
      text(x + width / 2, top + side - height - 3, 'small middle', `${bin.count}`),
      `<circle class="dot" cx="${n(left + bin.said * side)}" cy="${n(heightOf(bin.right, 0))}" r="4"/>`,
    ]
  })
  const line = bins.map(({ said, right }) => `${n(left + said * side)},${n(heightOf(right, 0))}`).join(' ')
  return [
    frame(left, 'confidence said', 'right', 0),
    `<line class="ideal" x1="${left}" y1="${top + side}" x2="${left + side}" y2="${top}"/>`,
    `<polyline class="ours" points="${line}"/>`,
    ...drawn,
    text(left, top - 10, '', 'How sure, how often right, how many'),
  ].join('\n')
}

/** How many are right of the surest, from .4 up. */
function coverageCurves(ours: readonly Judged[], simple: readonly Judged[], name: string): string {
  const curve = (kind: string, judged: readonly Judged[]) => {
    const levels = riskCoverage(judged).filter(({ coverage }) => coverage >= leastCoverage)
    const step = Math.max(1, Math.floor(levels.length / 120))
    const kept = levels.filter((_, index) => index % step === 0 || index === levels.length - 1)
    const points = kept.map(({ coverage, accuracy }) => `${n(right + coverage * side)},${n(heightOf(accuracy, 0.4))}`)
    return `<polyline class="${kind}" points="${points.join(' ')}"/>`
  }
  return [
    frame(right, 'share of questions answered', 'right', 0.4),
    curve('simple', simple),
    curve('ours', ours),
    text(right, top - 10, '', 'Right, when only the surest answer'),
    text(right + 8, top + side - 24, 'named-ours', 'confidence'),
    text(right + 8, top + side - 8, 'named-simple', `best simple: ${name}`),
  ].join('\n')
}

/** A square with its axes; the upright one begins at `least`. */
function frame(x: number, across: string, upright: string, least: number): string {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
  return [
    `<rect class="frame" x="${x}" y="${top}" width="${side}" height="${side}"/>`,
    ...ticks.map((at) => text(x + at * side, top + side + 14, 'tick middle', percent(at))),
    ...ticks
      .filter((at) => at >= least)
      .flatMap((at) => [
        `<line class="grid" x1="${x}" y1="${n(heightOf(at, least))}" x2="${x + side}" y2="${n(heightOf(at, least))}"/>`,
        text(x - 6, heightOf(at, least) + 3, 'tick end', percent(at)),
      ]),
    text(x + side / 2, top + side + 32, 'middle', across),
    `<text class="middle" transform="translate(${x - 42} ${top + side / 2}) rotate(-90)">${upright}</text>`,
  ].join('\n')
}

function heightOf(share: number, least: number): number {
  return top + side - (Math.max(0, share - least) / (1 - least)) * side
}

function curveInWords(judged: readonly Judged[]): string {
  const levels = riskCoverage(judged)
  return [0.25, 0.5, 1]
    .map((share) => {
      const reached = levels.find(({ coverage }) => coverage >= share - 1e-9) ?? levels.at(-1)
      return reached === undefined ? '' : `of the surest ${percent(reached.coverage)}, ${percent(reached.accuracy)}`
    })
    .join('; ')
}

function text(x: number, y: number, kind: string, said: string): string {
  return `<text${kind === '' ? '' : ` class="${kind}"`} x="${n(x)}" y="${n(y)}">${escaped(said)}</text>`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function n(value: number): string {
  return Number(value.toFixed(1)).toString()
}

function escaped(said: string): string {
  return said.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
