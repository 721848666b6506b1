import { BreakroomError } from '../../core/errors.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { JobProgress } from './jobs.ts'

/** So long nothing may come of a refill before it counts as stuck. */
const patienceMs = 60_000
const knownAtOnce = 100

export interface MakeKnownParts {
  file: StateFile
  ledger: Pick<Ledger, 'read'>
  /** Has the task service write the ledger anew from the history that is kept. */
  refill: () => Promise<void>
  /** Gives the knowledge proxy back what people decided and taught. */
  relearn: (knowledge: KeptKnowledge[]) => Promise<void>
  signal: AbortSignal
}

/**
 * Gives what was imported to those who work with it: the task service writes the ledger, and this resolves when every commit is there; the knowledge
 * proxy has again what people decided, accepted and taught, as far as it has not ended. Repeating it changes nothing.
 */
export async function makeKnown(parts: MakeKnownParts, progress: JobProgress): Promise<void> {
  const { file, refill, relearn } = parts
  progress.doing('having the ledger written')
  await refill()
  await untilInLedger(parts, progress)
  progress.doing('teaching the knowledge proxy')
  // An answer ends where what it rests on is missing, and that may be a decision.
  for await (const decided of pagesOf(file, ({ learned }) => learned === undefined)) await relearn(decided)
  for await (const taught of pagesOf(file, ({ learned }) => learned !== undefined)) await relearn(taught)
}

/** What counts of such knowledge. */
async function* pagesOf(file: StateFile, isOf: (record: KeptKnowledge) => boolean): AsyncGenerator<KeptKnowledge[]> {
  let page: KeptKnowledge[] = []
  for await (const record of file.store.knowledge.all()) {
    if (record.ended !== null || !isOf(record)) continue
    page.push(record)
    if (page.length < knownAtOnce) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

async function untilInLedger({ file, ledger, signal }: MakeKnownParts, progress: JobProgress): Promise<void> {
  const missing = new Set<string>()
  for await (const { commit } of file.store.history(0)) missing.add(`${commit.key} ${commit.version}`)
  const total = missing.size
  if (total === 0) return
  const enough = new AbortController()
  const stuck = setTimeout(() => enough.abort(), patienceMs)
  try {
    for await (const { commit } of ledger.read({ after: 0, signal: AbortSignal.any([signal, enough.signal]) })) {
      if (commit instanceof BreakroomError || !missing.delete(`${commit.key} ${commit.version}`)) continue
      stuck.refresh()
      progress.reach(total - missing.size, total)
      if (missing.size === 0) return
    }
  } finally {
    clearTimeout(stuck)
    enough.abort()
  }
  if (signal.aborted) throw new BreakroomError('closed', 'The state store was stopped.')
  const message = `The task service has not written ${missing.size} of ${total} commits into the ledger. Import again to go on.`
  throw new BreakroomError('unavailable', message)
}
