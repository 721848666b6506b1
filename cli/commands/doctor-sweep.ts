import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import { type Role, sweeps } from '../../core/role.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import { isTrouble, reportLines } from '../../core/sweep/report-words.ts'
import { spanWords } from '../../core/task/wording.ts'
import type { Finding } from '../finding.ts'
import { readReady } from '../ready-file.ts'
import type { Settings } from '../settings.ts'
import { askSweep } from './sweep.ts'

const check = 'sweep'
/** One that is late by a whole sweep has missed one. */
const missedAfter = 2
const startAgain = 'end the sweep and start it again: breakroom run sweep'

/** Whether whoever is stuck would be noticed: that the sweep runs, when it last looked and what it saw. Nothing while no fleet runs. */
export async function checkSweep(
  settings: Settings,
  { sweep }: Pick<Fleet, 'sweep'>,
  roles: readonly Pick<Role, 'brain'>[],
): Promise<Finding[]> {
  if (readReady(settings.home) === null && settings.natsUrl === null) return []
  if (!roles.some(sweeps)) {
    return [{ check, state: 'ok', found: 'no role has the brain "sweep", so nobody looks after who is stuck' }]
  }
  try {
    return [judgeSweep(await askSweep(settings, 'report'), sweep.every_minutes * 60_000, new Date())]
  } catch (error) {
    if (isBreakroomError(error) && error.detail.silent !== undefined) {
      return [{ check, state: 'failure', found: 'the sweep does not run', fix: 'breakroom run sweep, or npm start' }]
    }
    // Without the bus nothing answers, and that is said of the fleet.
    if (isBreakroomError(error) && error.cause !== undefined) return []
    return [{ check, state: 'failure', found: sentenceOf(error), fix: startAgain }]
  }
}

/** What to say of the last report; null when there is none yet. */
export function judgeSweep(report: SweepReport | null, everyMs: number, now: Date): Finding {
  if (report === null) {
    return { check, state: 'ok', found: 'runs, and has not looked yet; breakroom sweep has it look now' }
  }
  const ago = Math.max(0, now.getTime() - Date.parse(report.at))
  const found = `looked ${spanWords(ago)} ago; ${reportLines(report).join(' ').replace(/\.$/, '')}`
  if (ago > missedAfter * everyMs) {
    const late = `looked ${spanWords(ago)} ago, and is to look every ${spanWords(everyMs)}`
    return { check, state: 'warning', found: late, fix: startAgain }
  }
  if (isTrouble(report)) return { check, state: 'warning', found, fix: 'breakroom sweep tells all of it' }
  return { check, state: 'ok', found }
}
