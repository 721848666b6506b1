import { once } from 'node:events'
import { existsSync, rmSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import type { StateCounts } from '../../core/state/entry.ts'
import { endLine, entryLine, headerLine } from '../../core/state/export-lines.ts'
import { createStateDigest } from '../../core/state/state-digest.ts'
import { countsWords } from '../../core/state/state-lines.ts'
import { entriesOf, statusOf, withState } from '../ask-state.ts'
import type { Output } from '../output.ts'
import type { Progress } from '../progress.ts'
import type { Settings } from '../settings.ts'

/** Characters that are written to a file in one go. */
const writtenAtOnce = 256_000

/** Where an export is written to, line by line. */
type Write = (line: string) => Promise<void>

/**
 * `breakroom state export <file>`: everything that is kept, as JSON Lines; `-` is `stdout`. The file is there when it is whole, for its owner alone,
 * and takes the place of another one only with `force`. It has what private rooms said of tasks in it. Rejects with `usage` when it cannot be
 * written there, and as `withState` does.
 */
export async function stateExport(
  settings: Settings,
  output: Output,
  progress: Progress,
  { file, force, stdout }: { file: string | undefined; force: boolean; stdout: NodeJS.WritableStream },
): Promise<void> {
  if (file === undefined) {
    throw new BreakroomError('usage', 'state export takes a file: breakroom state export memory.jsonl')
  }
  if (file === '-') {
    const { counts } = await exportTo(settings, progress, async (line) => {
      if (output.unread.aborted) throw new BreakroomError('closed', 'Nobody reads the export any more.')
      if (!stdout.write(line)) await once(stdout, 'drain', { signal: output.unread })
    })
    output.talk(`${countsWords(counts)} were written.`)
    return
  }
  refuseTaken(file, force)
  const written = await toNewFile(file, force, (write) => exportTo(settings, progress, write))
  output.result(`${countsWords(written.counts)} are in ${file}.`, { file, ...written })
}

async function exportTo(
  settings: Settings,
  progress: Progress,
  write: Write,
): Promise<{ counts: StateCounts; sha256: string }> {
  const digest = createStateDigest()
  try {
    await withState(settings, async (ask) => {
      const { org, fleet, counts } = await statusOf(ask)
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

/** Writes beside it, and puts it there when it is whole; nothing is left behind when it fails. */
async function toNewFile<T>(file: string, force: boolean, work: (write: Write) => Promise<T>): Promise<T> {
  const fresh = `${file}.part`
  rmSync(fresh, { force: true })
  const handle = await open(fresh, 'wx', 0o600)
  let waiting: string[] = []
  let length = 0
  const flush = async () => {
    await handle.appendFile(waiting.join(''))
    ;[waiting, length] = [[], 0]
  }
  try {
    const result = await work(async (line) => {
      waiting.push(line)
      length += line.length
      if (length >= writtenAtOnce) await flush()
    })
    await flush()
    await handle.sync()
    await handle.close()
    refuseTaken(file, force)
    await rename(fresh, file)
    return result
  } catch (error) {
    await handle.close().catch(() => {})
    rmSync(fresh, { force: true })
    throw error
  }
}

function refuseTaken(file: string, force: boolean): void {
  const taken = statSync(file, { throwIfNoEntry: false })
  if (taken?.isDirectory()) throw new BreakroomError('usage', `${file} is a folder; name a file in it.`)
  if (taken !== undefined && !force) {
    throw new BreakroomError('usage', `${file} is there already; --force puts the export in its place.`)
  }
  if (!existsSync(dirname(file))) throw new BreakroomError('usage', `There is no folder ${dirname(file)}.`)
}
