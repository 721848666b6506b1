import { BreakroomError } from '../../core/errors.ts'
import type { StateCounts, StateEntry } from '../../core/state/entry.ts'
import { createExportReader, entryLine } from '../../core/state/export-lines.ts'
import { type JobStatus, pageBytes } from '../../core/state/request.ts'
import { countsWords } from '../../core/state/state-lines.ts'
import { type AskState, statusOf, withState } from '../ask-state.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Progress } from '../progress.ts'
import { type OpenLines, openLines } from '../read-lines.ts'
import type { Settings } from '../settings.ts'
import { goesOn, watchJob } from '../watch-job.ts'

/** What stands for the Firestore that the fleet is set up with. */
const firestore = 'firestore'

/** Progress of things of one kind. */
type ProgressOf = (things: string) => Progress

/**
 * `breakroom state import <file>|firestore`: the memory of a fleet that was, for a new one. A file is read as a whole before any of it is taken. What
 * was cut short is gone on with by the same command. Exit code 1 when nobody waited for the end. Rejects with `usage` and a sentence that says
 * where the file is off, and as `withState` does.
 */
export async function stateImport(
  settings: Settings,
  output: Output,
  progressOf: ProgressOf,
  stop: AbortSignal,
  from: string | undefined,
): Promise<number> {
  if (from === undefined) {
    const fix = 'breakroom state import memory.jsonl, or breakroom state import firestore'
    throw new BreakroomError('usage', `state import takes a file, or firestore: ${fix}`)
  }
  const watching = { output, progress: progressOf('entries'), stop }
  const [job, counts] =
    from === firestore
      ? await withState(settings, async (ask) => {
          const job = await watchJob(ask, 'import_firestore', watching)
          return [job, (await statusOf(ask)).counts] as const
        })
      : await importFile(settings, from, progressOf('entries'), watching)
  if (job.running) {
    goesOn(output, job, `breakroom state import ${from}`)
    return exitCodes.failure
  }
  output.result(`${countsWords(counts)} are here now.`, { counts, took_ms: job.took_ms })
  return exitCodes.ok
}

async function importFile(
  settings: Settings,
  file: string,
  progress: Progress,
  watching: Parameters<typeof watchJob>[2],
): Promise<readonly [JobStatus, StateCounts]> {
  const { stop } = watching
  await using text = await openLines(file)
  const { org, counts, sha256 } = await verified(file, text, stop)
  return await withState(settings, async (ask) => {
    const here = (await statusOf(ask)).org
    if (org !== here) {
      const sentence = `${file}:1:1: This is the memory of "${org}", and this fleet is "${here}"; nothing was taken from it.`
      throw new BreakroomError('usage', sentence)
    }
    await ask('import_begin', { org, counts, sha256 })
    await send(ask, { file, text, counts }, progress, stop)
    return [await watchJob(ask, 'import', watching), counts] as const
  })
}

/** What is in the file, when all of it is in order. */
async function verified(file: string, text: OpenLines, stop: AbortSignal) {
  const reader = createExportReader(file)
  for await (const line of text.lines()) {
    refuseStopped(stop)
    reader.line(line)
  }
  return reader.end()
}

async function send(
  ask: AskState,
  { file, text, counts }: { file: string; text: OpenLines; counts: StateCounts },
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  const total = counts.commits + counts.knowledge + counts.configuration + counts.metrics
  const reader = createExportReader(file)
  let [page, bytes, done] = [[] as StateEntry[], 0, 0]
  try {
    for await (const line of text.lines()) {
      refuseStopped(stop)
      const entry = reader.line(line)
      if (entry === null) continue
      const size = Buffer.byteLength(entryLine(entry)) + 1
      if (page.length > 0 && bytes + size > pageBytes) await flush()
      page.push(entry)
      bytes += size
    }
    // It may have been changed since it was looked at.
    reader.end()
    await flush()
  } finally {
    progress.end()
  }

  async function flush(): Promise<void> {
    if (page.length > 0) await ask('import', { entries: page })
    done += page.length
    ;[page, bytes] = [[], 0]
    progress.show(done, total)
  }
}

function refuseStopped(stop: AbortSignal): void {
  if (stop.aborted) {
    throw new BreakroomError('closed', 'The import was stopped; the same command goes on with it.')
  }
}
