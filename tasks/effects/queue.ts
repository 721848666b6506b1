import type { Applied } from '../../ports/task-store.ts'
import type { Progress } from '../progress.ts'
import { carryOut, type EffectParts } from './carry-out.ts'
import { createReminder } from './remind.ts'

/** Effects under way. */
export interface EffectQueue {
  /** Begins the effects of a commit, unless they were carried out before. Commits come in the order of the ledger. */
  begin(applied: Applied): void
  /** Resolves when none is under way. */
  idle(): Promise<void>
}

/** `owed` are sequences whose effects are to be carried out whatever the progress says; what is done is taken out. */
export function createEffectQueue(
  parts: Omit<EffectParts, 'remind'>,
  progress: Progress,
  owed: Set<number>,
): EffectQueue {
  const all = { ...parts, remind: createReminder(parts) }
  const underWay = new Set<Promise<void>>()
  return {
    begin(applied) {
      const { seq } = applied
      const isNew = seq > progress.start
      if (isNew && progress.isWrittenBack(seq) && !owed.has(seq)) {
        progress.passed(seq)
        return
      }
      if (!isNew && !owed.has(seq)) return
      const done = isNew ? progress.begin(seq) : () => {}
      const work = carryOut(all, applied).then(() => {
        underWay.delete(work)
        // What was cut off in the middle is not done; the next leader begins with it.
        if (parts.signal.aborted) return
        owed.delete(seq)
        done()
      })
      underWay.add(work)
    },
    async idle() {
      await Promise.all(underWay)
    },
  }
}
