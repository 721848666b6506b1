import { confidence, type Evaluation } from './evaluate.ts'
import { aurocBy, type FigureName, type Figures, figureNames, type Measured } from './figures.ts'

type Flat = Record<FigureName, number | null>

/** One object for programs: our figures, and beside them the best that is simple. */
export function toJson({ set, ours, baseline }: Evaluation): { set: string; baseline: Flat } & Flat {
  return { set, ...flat(ours), baseline: flat(baseline) }
}

/** A table for people: one row a figure, with 95 % intervals. */
export function renderEvaluation(evaluation: Evaluation): string {
  const { set, passages, questions, notes, ours, baseline, libraries } = evaluation
  const head = ['', 'breakroom', 'best simple', ...libraries.map(({ name }) => name.split(' ')[0] ?? ''), '']
  const rows = figureNames.flatMap((name) => [
    [
      name,
      withInterval(name, ours[name]),
      withInterval(name, baseline[name]),
      ...libraries.map(({ figures }) => short(name, figures[name] ?? null)),
      baseline[name]?.of ?? '',
    ],
    ...(name === 'auroc' ? partsOfAuroc(evaluation) : []),
  ])
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const kept = typoShare(ours)
  return [
    `${set}: ${questions} questions about ${passages} passages`,
    ...notes.map((note) => `  ${note}`),
    ...lines.map((line) => `  ${line}`),
    ...(kept === null
      ? []
      : [`  With a typo ${(kept * 100).toFixed(1)} % of R@1 are left (simple: ${typoText(baseline)}).`]),
  ].join('\n')
}

/** AUROC against each kind of wrong answer by itself, by the signals of the whole. */
function partsOfAuroc({ outcomes, simpleOutcomes, baseline }: Evaluation): string[][] {
  const ours = aurocBy(outcomes, confidence)
  const simple = aurocBy(simpleOutcomes, baseline.auroc?.of ?? '')
  const cell = (value: number | null) => (value === null ? '-' : shareText(value))
  return (Object.keys(ours) as (keyof typeof ours)[]).map((kind) => [`  ${kind}`, cell(ours[kind]), cell(simple[kind])])
}

/** How much of R@1 is left when a question has a typo. */
function typoShare({ r1, typo_r1 }: Figures): number | null {
  return r1 === null || typo_r1 === null || r1.value === 0 ? null : typo_r1.value / r1.value
}

function typoText(figures: Figures): string {
  const share = typoShare(figures)
  return share === null ? 'none' : `${(share * 100).toFixed(1)} %`
}

function flat(figures: Figures): Flat {
  const entries = figureNames.map((name) => [name, figures[name] === null ? null : rounded(figures[name].value)])
  return Object.fromEntries(entries) as Flat
}

function rounded(value: number): number {
  return Number(value.toFixed(4))
}

function withInterval(name: FigureName, measured: Measured | null): string {
  if (measured?.interval == null) return short(name, measured)
  const { low, high } = measured.interval
  return `${short(name, measured)} [${shareText(low)}, ${shareText(high)}]`
}

function short(name: FigureName, measured: Measured | null): string {
  if (measured === null) return '-'
  return name.endsWith('_ms') ? measured.value.toFixed(2) : shareText(measured.value)
}

/** `.831`, as such figures are written. */
function shareText(value: number): string {
  return value.toFixed(3).replace(/^0\./, '.')
}
