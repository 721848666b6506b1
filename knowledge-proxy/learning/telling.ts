import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'

const againAfterMs = 1_000

/**
 * Passes on which documents changed, and never throws: what cannot be done now, because the file is locked or the disk full, is done
 * again each second until it is, or until `signal` aborts. The next start puts right what is left.
 */
export function tellUntilDone(
  tell: (document: string) => void,
  { log, signal, againMs = againAfterMs }: { log: Log; signal: AbortSignal; againMs?: number },
): (document: string) => void {
  const untold = new Set<string>()

  function tellAll(): boolean {
    try {
      for (const document of untold) {
        tell(document)
        untold.delete(document)
      }
      return true
    } catch (error) {
      if (isBreakroomError(error, 'closed') || isBreakroomError(error, 'unreadable')) return true
      log.warn({ cause: sentenceOf(error) }, 'what was learned beside a document that changed is looked at again')
      return false
    }
  }

  async function tellAgain(): Promise<void> {
    do await pause(againMs, undefined, { signal, ref: false })
    while (!tellAll())
  }

  return (document) => {
    const isBeingTold = untold.size > 0
    untold.add(document)
    // The others are first in line, and are told before long.
    if (!isBeingTold && !tellAll()) void tellAgain().catch(() => {})
  }
}
