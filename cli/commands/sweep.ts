import { oneLine } from '../../core/clean-text.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { type SweepReport, sweepReportSchema } from '../../core/sweep/report.ts'
import {
  agentCount,
  heldLine,
  isTrouble,
  stuckIn,
  sweepAway,
  tookWords,
  worstFirst,
} from '../../core/sweep/report-words.ts'
import { spanWords } from '../../core/task/wording.ts'
import { counted } from '../counted.ts'
import { exitCodes } from '../exit-codes.ts'
import { askHouse } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import { table } from '../table.ts'

/** A sweep looks things up and asks other parts; most take far less than a second. */
const sweepWithinMs = 10_000
/** Of those about whom nothing more is said. */
const mostNamed = 20
const mostWhy = 300

/**
 * `breakroom sweep [--last]`: has the fleet looked at now, or shows what was seen and done the last time. Exit code 3 when somebody is stuck
 * or an organ ails. Rejects as `askHouse` does.
 */
export async function sweep(settings: Settings, output: Output, { last }: { last: boolean }): Promise<number> {
  const report = await askSweep(settings, last ? 'report' : 'run')
  if (report === null) {
    output.result('Nobody has looked at the fleet yet. To have it looked at now: breakroom sweep', null)
    return exitCodes.ok
  }
  output.result(sweepText(report, new Date()), report)
  return isTrouble(report) ? exitCodes.degraded : exitCodes.ok
}

/** What the sweep answers: to `report` the last one, or null when there is none. Rejects as `askHouse` does. */
export async function askSweep(settings: Settings, verb: 'run' | 'report'): Promise<SweepReport | null> {
  try {
    const withinMs = verb === 'run' ? sweepWithinMs : undefined
    const report = sweepReportSchema.nullable().safeParse(await askHouse(settings, 'sweep', verb, {}, withinMs))
    if (report.success) return report.data
    throw new BreakroomError('unavailable', 'The sweep answers in words of another version.')
  } catch (error) {
    if (!isBreakroomError(error, 'unavailable') || error.detail.silent === undefined) throw error
    throw new BreakroomError('unavailable', sweepAway, { cause: error.cause, detail: error.detail })
  }
}

/** The whole of a report, for a terminal: agents, organs and what was done, the worst first. */
function sweepText(report: SweepReport, now: Date): string {
  const head = report.held === null ? [headLine(report, now)] : [headLine(report, now), heldLine(report.held)]
  return [
    head.join('\n'),
    ...tableOf(['state', 'role', 'task', 'for', 'why'], agentRows(report)),
    ...tableOf(['state', 'organ', 'why'], organRows(report)),
    ...tableOf(['done about', 'task', 'what', 'what came of it'], actRows(report)),
  ].join('\n\n')
}

function headLine(report: SweepReport, now: Date): string {
  const agoMs = now.getTime() - Date.parse(report.at)
  const when = agoMs < 60_000 ? '' : `, ${spanWords(agoMs)} ago`
  const stuck = stuckIn(report).length
  const ailing = report.organs.filter(({ state }) => state === 'ailing').length
  const calm = isTrouble(report) ? 'nobody is stuck' : 'all is well'
  const verdict = stuck === 0 ? calm : `${stuck} stuck`
  const organs = ailing === 0 ? '' : `; ${counted(ailing, 'organ')} ailing`
  return `${agentCount(report)} looked at in ${tookWords(report)}${when}: ${verdict}${organs}.`
}

/** One for each who is not simply healthy, and one for the others. */
function agentRows({ agents, states, at }: SweepReport): string[][] {
  const rows = worstFirst(agents).map(({ role, state, task, since, why }) => {
    const span = spanWords(Math.max(0, Date.parse(at) - Date.parse(since)))
    return [state, role, task ?? '-', span, oneLine(why, mostWhy)]
  })
  const healthy = states.healthy ?? []
  return healthy.length === 0 ? rows : [...rows, ['healthy', `${healthy.length}`, '', '', namesOf(healthy)]]
}

function organRows({ organs }: SweepReport): string[][] {
  const rows = (['ailing', 'unknown'] as const).flatMap((wanted) =>
    organs
      .filter(({ state }) => state === wanted)
      .map(({ organ, state, why }) => [state, oneLine(organ, mostWhy), oneLine(why, mostWhy)]),
  )
  const well = organs.filter(({ state }) => state === 'well').map(({ organ }) => organ)
  return well.length === 0 ? rows : [...rows, ['well', `${well.length}`, namesOf(well)]]
}

function namesOf(all: readonly string[]): string {
  const names = all.slice(0, mostNamed).map((name) => oneLine(name, mostWhy))
  const more = all.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}

function actRows({ acts }: SweepReport): string[][] {
  return acts.map(({ role, task, kind, rung, outcome, ok }) => {
    const came = oneLine(outcome, mostWhy)
    return [role, task ?? '-', `${kind} (${rung})`, ok ? came : `to be tried again: ${came}`]
  })
}

function tableOf(head: string[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : [table([head, ...rows])]
}
