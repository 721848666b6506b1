import { stateLines } from '../../core/state/state-lines.ts'
import { type StateStatus, statusOf, withState } from '../ask-state.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom state [status]`: what is kept, and what waits for Firestore. Exit code 3 when something is off. Rejects as `withState` does. */
export async function stateStatus(settings: Settings, output: Output): Promise<number> {
  const status = await withState(settings, statusOf)
  output.result(statusText(status, new Date()), status)
  return isOff(status) ? exitCodes.degraded : exitCodes.ok
}

/** Whether it is less than it should be. */
export function isOff({ troubles, behind }: Pick<StateStatus, 'troubles' | 'behind'>): boolean {
  return troubles.length > 0 || behind?.connected === false
}

function statusText(status: StateStatus, now: Date): string {
  const text = stateLines(status, now).join('\n')
  // What is off about the store behind stands with it.
  const others = status.troubles.filter((trouble) => trouble !== status.behind?.trouble)
  return [text, ...others.map((trouble) => `Off: ${trouble}.`)].join('\n')
}
