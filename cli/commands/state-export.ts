import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError } from '../../core/errors.ts'
import type { StateCounts } from '../../core/state/entry.ts'
import { endLine, entryLine, headerLine } from '../../core/state/export-lines.ts'
import { createStateDigest } from '../../core/state/state-digest.ts'
import { countsWords } from '../../core/state/state-lines.ts'
import { type AskState, entriesOf, type StateStatus, statusOf, withState } from '../ask-state.ts'
import type { Output } from '../output.ts'
import { grouped, type Progress } from '../progress.ts'
import type { Settings } from '../settings.ts'
import { type Write, writeWhole } from '../whole-file.ts'

/** What is on its way out of the ledger is given so long to arrive. */
const arrivesWithinMs = 5_000
const lookEveryMs = 100

/**
 * `breakroom state export <file>`: everything that is kept, as JSON Lines; `-` is `stdout`. The file is there when it is whole, for its owner alone,
 * and takes the place of another one only with `force`; nothing is left of it when `stop` aborts. It has what private rooms said of tasks in it.
 * What is off about the store is said: less may be in it than there was. Rejects with `usage` when it cannot be written there, with
 * `unavailable` while the ledger is still being read, and as `withState` does.
 */
export async function stateExport(
  settings: Settings,
  output: Output,
  progress: Progress,
  stop: AbortSignal,
  { file, force, stdout }: { file: string | undefined; force: boolean; stdout: NodeJS.WritableStream },
): Promise<void> {
  if (file === undefined) {
    throw new BreakroomError('usage', 'state export takes a file: breakroom state export memory.jsonl')
  }
  const telling = { output, progress, stop }
  if (file === '-') {
    const over = AbortSignal.any([output.unread, stop])
    const { counts } = await exportTo(settings, telling, async (line) => {
      if (output.unread.aborted) throw new BreakroomError('closed', 'Nobody reads the export any more.')
      if (!stdout.write(line)) await once(stdout, 'drain', { signal: over })
    })
    output.talk(`${countsWords(counts)} were written.`)
    return
  }
  const written = await writeWhole(file, force, (write) => exportTo(settings, telling, write))
  output.result(`${countsWords(written.counts)} are in ${file}.`, { file, ...written })
}

async function exportTo(
  settings: Settings,
  { output, progress, stop }: { output: Output; progress: Progress; stop: AbortSignal },
  writeLine: Write,
): Promise<{ counts: StateCounts; sha256: string }> {
  const digest = createStateDigest()
  const write: Write = async (line) => {
    if (stop.aborted) throw new BreakroomError('closed', 'The export was stopped.')
    await writeLine(line)
  }
  try {
    await withState(settings, async (ask) => {
      const { org, fleet, counts, behind, troubles } = await whenRead(ask)
      for (const trouble of troubles) if (trouble !== behind?.trouble) output.talk(`Off: ${trouble}.`)
      const total = counts.commits + counts.knowledge + counts.configuration + counts.metrics
      await write(`${headerLine({ org, fleet, exported_at: new Date().toISOString() })}\n`)
      let done = 0
      for await (const entry of entriesOf(ask)) {
        digest.add(entry)
        await write(`${entryLine(entry)}\n`)
        done += 1
        // More may have come since it was counted.
        progress.show(done, Math.max(done, total))
      }
      await write(`${endLine(digest.result())}\n`)
    })
  } finally {
    progress.end()
  }
  const { counts, sha256 } = digest.result()
  return { counts, sha256 }
}

/** How it stands as soon as all of the ledger is kept: a file that was begun anew has only some of it at first. */
async function whenRead(ask: AskState): Promise<StateStatus> {
  for (const began = performance.now(); ; ) {
    const status = await statusOf(ask)
    if (status.ledger_lag === 0) return status
    if (performance.now() - began >= arrivesWithinMs) {
      // Nobody can say while the ledger is away; then what is kept is all that there is.
      if (status.ledger_lag === null) return status
      const message = `The ledger is still being read, and ${grouped(status.ledger_lag)} of it are not kept yet; try again in a moment.`
      throw new BreakroomError('unavailable', message)
    }
    await pause(lookEveryMs)
  }
}
