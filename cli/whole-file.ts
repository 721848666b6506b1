import { randomUUID } from 'node:crypto'
import { existsSync, rmSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BreakroomError } from '../core/errors.ts'

/** Characters that are written in one go. */
const writtenAtOnce = 256_000

/** Where text is written to, line by line. */
export type Write = (line: string) => Promise<void>

/**
 * A file for its owner alone that is there when `work` has written all of it, and not before; with `force` it takes the place of another
 * one. Nothing is left behind when it fails. Rejects with `usage` when it cannot be there.
 */
export async function writeWhole<T>(file: string, force: boolean, work: (write: Write) => Promise<T>): Promise<T> {
  refuseTaken(file, force)
  // Of its own: another export into the same file must not be taken for this one.
  const fresh = `${file}.${randomUUID().slice(0, 8)}.part`
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
  // To take the place of a device would break it for everybody.
  if (taken?.isFile() === false) throw new BreakroomError('usage', `${file} is no file; "-" prints the export.`)
  if (taken !== undefined && !force) {
    throw new BreakroomError('usage', `${file} is there already; --force puts the export in its place.`)
  }
  if (!existsSync(dirname(file))) throw new BreakroomError('usage', `There is no folder ${dirname(file)}.`)
}
