import { BreakroomError, type ErrorCode, isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackTiming } from '../options.ts'

/**
 * Tries until it works, waiting longer each time. Rejects with what trying again cannot change (`final`: by default `refused` and
 * `denied`), and with `closed` once the network is being stopped.
 */
export type Patience = <T>(what: string, attempt: () => Promise<T>, final?: readonly ErrorCode[]) => Promise<T>

export function createPatience(parts: {
  network: string
  sleep: Sleep
  log: Log
  timing: Pick<SlackTiming, 'retryBase' | 'retryCap'>
  signal: AbortSignal
}): Patience {
  const { network, sleep, log, timing, signal } = parts
  return async (what, attempt, final = ['refused', 'denied']) => {
    for (let wait = timing.retryBase; ; wait = Math.min(wait * 2, timing.retryCap)) {
      if (signal.aborted) throw new BreakroomError('closed', `${network} is being stopped.`)
      try {
        return await attempt()
      } catch (error) {
        if (isBreakroomError(error) && final.includes(error.code)) throw error
        log.warn({ network, what, wait, cause: sentenceOf(error) }, 'it is tried again')
        await sleep(wait, signal)
      }
    }
  }
}
