import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { type StateStatus, statusOf, withState } from '../ask-state.ts'
import { counted } from '../counted.ts'
import type { Finding } from '../finding.ts'
import { readReady } from '../ready-file.ts'
import type { Settings } from '../settings.ts'
import { isOff } from './state.ts'

const check = 'state'

/** Whether what the organisation knows is kept: that its file can be read, what waits for Firestore, and whose that is. Nothing while no fleet runs. */
export async function checkState(settings: Settings): Promise<Finding[]> {
  if (readReady(settings.home) === null && settings.natsUrl === null) return []
  try {
    return [judgeState(await withState(settings, statusOf))]
  } catch (error) {
    if (isBreakroomError(error) && error.detail.silent !== undefined) {
      const found = 'the state store does not run, so nothing is kept beside the ledger'
      return [{ check, state: 'failure', found, fix: 'breakroom run state, or npm start' }]
    }
    // Without the bus nothing answers, and that is said of the fleet.
    if (isBreakroomError(error) && error.cause !== undefined) return []
    return [{ check, state: 'failure', found: sentenceOf(error), fix: 'end the state store and start it again' }]
  }
}

/** What to say of a store that answers. */
export function judgeState(status: Pick<StateStatus, 'file' | 'counts' | 'behind' | 'troubles'>): Finding {
  const { file, counts, behind, troubles } = status
  if (isOff(status)) {
    const found = troubles.length > 0 ? troubles.join('; ') : `${behind?.title} does not answer`
    return { check, state: 'warning', found, fix: 'breakroom state tells all of it' }
  }
  const kept = `${counted(counts.tasks, 'task')} in ${file}`
  if (behind === null) return { check, state: 'ok', found: kept }
  const waits = behind.waiting === 0 ? 'and all of it' : `${counted(behind.waiting, 'change')} on the way`
  const where = behind.waiting === 0 ? `in ${behind.title}` : `to ${behind.title}`
  return { check, state: 'ok', found: `${kept}, ${waits} ${where}` }
}
