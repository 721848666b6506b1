import { BreakroomError } from '../../core/errors.ts'
import type { RoleDay } from '../../core/state/role-day.ts'
import { roleDayLines } from '../../core/state/role-day-lines.ts'
import { entriesOf, withState } from '../ask-state.ts'
import { counted } from '../counted.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const dayMs = 86_400_000
const usualDays = 7

/**
 * `breakroom state metrics [role] [--days <n>]`: what roles did on each of the last days (UTC), a week unless said otherwise. Rejects with `usage`
 * for a number of days that is none, and as `withState` does.
 */
export async function stateMetrics(
  settings: Settings,
  output: Output,
  { role, days: wanted }: { role: string | undefined; days: string | undefined },
): Promise<void> {
  const days = daysIn(wanted)
  const first = new Date(Date.now() - (days - 1) * dayMs).toISOString().slice(0, 10)
  const found: RoleDay[] = []
  await withState(settings, async (ask) => {
    // Ids begin with the day.
    for await (const entry of entriesOf(ask, ['metrics'], first)) {
      if (entry.section === 'metrics' && (role === undefined || entry.record.role === role)) found.push(entry.record)
    }
  })
  const whose = role === undefined ? '' : ` of ${role}`
  const nothing = `Nothing was measured${whose} in the last ${counted(days, 'day')}.`
  output.result(found.length === 0 ? nothing : roleDayLines(found).join('\n'), found)
}

function daysIn(wanted: string | undefined): number {
  if (wanted === undefined) return usualDays
  if (/^[1-9]\d{0,3}$/.test(wanted)) return Number(wanted)
  throw new BreakroomError('usage', `--days takes a number of days, not "${wanted}".`)
}
