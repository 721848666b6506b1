import { oneLine } from '../clean-text.ts'
import { spanWords } from '../task/wording.ts'
import type { RoleDay } from './role-day.ts'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** What stands in each column; nothing is an empty cell. */
const columns: readonly { name: string; of(day: RoleDay): string }[] = [
  { name: 'assigned', of: ({ assigned }) => figure(assigned) },
  { name: 'done', of: ({ completed }) => figure(completed) },
  { name: 'failed', of: ({ failed }) => figure(failed) },
  { name: 'cancelled', of: ({ cancelled }) => figure(cancelled) },
  { name: 'rate', of: rateOf },
  { name: 'hand-ins', of: ({ hand_ins }) => figure(hand_ins) },
  { name: 'back', of: ({ returned }) => figure(returned) },
  { name: 'each', of: ({ hand_ins, execution_ms }) => span(hand_ins === 0 ? 0 : execution_ms / hand_ins) },
  { name: 'longest', of: ({ longest_ms }) => span(longest_ms) },
  { name: 'checks', of: checksOf },
  { name: 'calls', of: ({ model_calls }) => figure(model_calls) },
  { name: 'tokens', of: ({ tokens_in, tokens_out }) => figure(tokens_in + tokens_out) },
  { name: 'usd', of: ({ usd }) => (usd === 0 ? '' : usd.toFixed(2)) },
]

/**
 * What roles did on each day, as a table: the newest day last, its roles by name; each day stands once. `each` is the time from claim to
 * hand-in on average, `checks` how many passed of those that ran, `rate` how many of the tasks that ended were done. What nobody has a figure for
 * is left out.
 */
export function roleDayLines(days: readonly RoleDay[]): string[] {
  if (days.length === 0) return ['Nothing was measured yet.']
  const sorted = days.toSorted((a, b) => order(a.day, b.day) || order(a.role, b.role))
  const rows = sorted.map((day, index) => {
    const begins = sorted[index - 1]?.day !== day.day
    return [begins ? day.day : '', oneLine(day.role, 64), ...columns.map((column) => column.of(day))]
  })
  const heads = ['day', 'role', ...columns.map(({ name }) => name)]
  const shown = heads.map((_, column) => column < 2 || rows.some((row) => row[column] !== ''))
  return aligned([heads, ...rows].map((row) => row.filter((_, column) => shown[column])))
}

/** Columns as wide as their widest cell: names begin, and figures end, below each other. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  )
}

function rateOf({ completed, failed, cancelled }: RoleDay): string {
  const over = completed + failed + cancelled
  return over === 0 ? '' : `${Math.round((completed / over) * 100)} %`
}

function checksOf({ checks_passed, checks_failed }: RoleDay): string {
  const ran = checks_passed + checks_failed
  return ran === 0 ? '' : `${compact.format(checks_passed)} of ${compact.format(ran)}`
}

function figure(count: number): string {
  return count === 0 ? '' : compact.format(count)
}

function span(ms: number): string {
  return ms === 0 ? '' : spanWords(ms)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
