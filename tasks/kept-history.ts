import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import { historyReplySchema } from '../core/state/request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import type { Services } from '../ports/bus.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { TaskStore } from '../ports/task-store.ts'
import type { History } from './rebuild.ts'

const answeredWithinMs = 5_000
const tries = 3
const againAfterMs = 500

/**
 * What the state store keeps of all tasks, asked for page by page. Reading rejects with `unavailable` when it cannot be asked, also a moment
 * later, with `unreadable` when its answer makes no sense, and with `closed` when `signal` aborts.
 */
export function keptHistory({
  bus,
  subjects,
  sleep,
  signal,
}: {
  bus: Pick<Services, 'request'>
  subjects: OrgSubjects
  sleep: Sleep
  signal: AbortSignal
}): History {
  return {
    async *history() {
      for (let after = 0, done = false; !done; ) {
        const page = await read(after)
        for (const { place, commit } of page.commits) {
          if (place <= after) throw new BreakroomError('unreadable', 'The state store gives the same commits again.')
          after = place
          yield { seq: place, commit }
        }
        if (!page.done && page.commits.length === 0) {
          throw new BreakroomError('unreadable', 'The state store gives no commits, and says that there are more.')
        }
        done = page.done
      }
    },
  }

  async function read(after: number) {
    for (let tried = 1; ; tried++) {
      if (signal.aborted) throw new BreakroomError('closed', 'Reading the state store was stopped.')
      try {
        const reply = await bus.request(subjects.stateService('history', 'tasks'), { after }, answeredWithinMs)
        const page = historyReplySchema.safeParse(reply)
        if (page.success) return page.data
        throw new BreakroomError('unreadable', 'The state store answers with something that is no history of tasks.')
      } catch (error) {
        if (!isBreakroomError(error, 'unavailable') || tried >= tries) throw error
        await sleep(againAfterMs, signal)
      }
    }
  }
}

/**
 * Of that, what the store does not have: the ends of tasks, and whole ones. A task that went another way here stays as it is here. The
 * store must have all that the ledger has.
 */
export async function* missingIn(
  store: Pick<TaskStore, 'commits'>,
  kept: History,
): AsyncGenerator<{ seq: number; commit: TaskCommit }> {
  /** Ids by version, of tasks that are here. */
  const here = new Map<string, string[]>()
  /** Those that went another way. */
  const others = new Set<string>()
  for await (const entry of kept.history()) {
    const { key, version, id } = entry.commit
    const ids = here.get(key) ?? (await store.commits(key)).map((commit) => commit.id)
    here.set(key, ids)
    const its = ids[version - 1]
    if (its !== undefined && its !== id) others.add(key)
    if (its === undefined && !others.has(key)) yield entry
  }
}
