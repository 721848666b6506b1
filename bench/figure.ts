/** How much is measured: `short` for all of them in a few minutes. */
export type Size = 'short' | 'full'

/** One measured figure, beside its floor and its target. */
export interface Figure {
  name: string
  value: number
  unit: string
  /** The same figure of the least program that does something like it, measured in the same run. */
  floor?: number
  target?: Target
}

/** What a figure, or its ratio to the floor, should be. */
export interface Target {
  of: 'value' | 'ratio'
  is: 'at most' | 'at least'
  limit: number
}

export const atMost = (limit: number): Target => ({ of: 'value', is: 'at most', limit })
export const atLeast = (limit: number): Target => ({ of: 'value', is: 'at least', limit })
export const atMostTimes = (limit: number): Target => ({ of: 'ratio', is: 'at most', limit })
export const atLeastTimes = (limit: number): Target => ({ of: 'ratio', is: 'at least', limit })
export const none = atMost(0)

/** The figure over its floor; null without a floor. */
export function ratioOf({ value, floor }: Figure): number | null {
  return floor === undefined || floor === 0 ? null : value / floor
}

/** Null for a figure without target. */
export function isMet(figure: Figure): boolean | null {
  const { target, value } = figure
  if (target === undefined) return null
  const compared = target.of === 'value' ? value : (ratioOf(figure) ?? Number.NaN)
  return target.is === 'at most' ? compared <= target.limit : compared >= target.limit
}

/** A table for people: one row a figure. */
export function renderTable(title: string, figures: Figure[]): string {
  const head = ['', 'measured', 'floor', 'ratio', 'target', '']
  const rows = figures.map((figure) => {
    const { name, value, unit, floor } = figure
    const ratio = ratioOf(figure)
    const met = isMet(figure)
    return [
      name,
      `${short(value)} ${unit}`,
      floor === undefined ? '' : `${short(floor)} ${unit}`,
      ratio === null ? '' : `${ratio.toFixed(2)} x`,
      renderTarget(figure),
      met === null ? '' : met ? 'met' : 'NOT MET',
    ]
  })
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
  return [title, ...lines.map((line) => `  ${line.trimEnd()}`)].join('\n')
}

function renderTarget({ target, unit }: Figure): string {
  if (target === undefined) return ''
  const sign = target.is === 'at most' ? '<=' : '>='
  return `${sign} ${short(target.limit)} ${target.of === 'ratio' ? 'x' : unit}`
}

function short(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2)
}
