import { BreakroomError } from '../../core/errors.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import type { Ledger } from '../../ports/ledger.ts'

/** So long nothing may come before the ledger counts as away. */
const patienceMs = 20_000

/**
 * Yields what the ledger has from its beginning up to `last`, in order; what is no commit is passed over. Throws `closed` when `signal` aborts, and
 * `unavailable` when the ledger does not get there: it is away, or what it had is lost.
 */
export async function* readLedger(
  ledger: Pick<Ledger, 'read'>,
  last: number,
  signal: AbortSignal,
): AsyncGenerator<{ seq: number; commit: TaskCommit }> {
  if (last === 0) return
  const enough = new AbortController()
  const stuck = setTimeout(() => enough.abort(), patienceMs)
  try {
    for await (const { seq, commit } of ledger.read({ after: 0, signal: AbortSignal.any([signal, enough.signal]) })) {
      stuck.refresh()
      if (seq <= last && !(commit instanceof BreakroomError)) yield { seq, commit }
      if (seq >= last) return
    }
  } finally {
    clearTimeout(stuck)
    enough.abort()
  }
  if (!signal.aborted) throw new BreakroomError('unavailable', 'The ledger could not be read to its end.')
  throw new BreakroomError('closed', 'The state store was stopped.')
}
