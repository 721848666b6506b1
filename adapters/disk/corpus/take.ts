import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError } from '../../../core/errors.ts'
import { shownPath } from '../../../core/knowledge/corpus-path.ts'
import type { TakenFile } from '../../../ports/corpus-source.ts'
import { tooLarge } from './limits.ts'
import type { Scratch } from './scratch.ts'
import { stampOf } from './stamp.ts'

/** A link is not followed, a pipe not waited for, a device not woken. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
/** Two changes within one tick of the system's clock have the same time: a file that was just written is waited for that long, ms. */
const tickMs = 20
const pieceBytes = 256 * 1024

/**
 * Holds still what a file has in it now. `root` is a real path. The file counts only while it lies there without a link on its way, also when
 * somebody exchanges a folder for a link meanwhile. Rejects as `CorpusSource.take` does.
 */
export async function takeFile(
  root: string,
  path: string,
  { scratch, limit }: { scratch: Scratch; limit: number },
): Promise<TakenFile> {
  const handle = await openFile(join(root, path), path)
  try {
    const before = await settled(handle)
    if (!before.isFile()) throw unreadable(path, 'it is not a regular file but a device or a pipe')
    if (before.size > limit) throw unreadable(path, tooLarge(before.size, limit))
    await insist(root, path, before)
    const kept = await scratch.keep(path, pieces(handle, before.size))
    const stamp = stampOf(await handle.stat())
    if (stamp === stampOf(before)) return { ...kept, stamp }
    await kept.release()
    throw new BreakroomError('conflict', `${shownPath(path)} was changed while it was read.`, { detail: { path } })
  } finally {
    await handle.close()
  }
}

async function openFile(file: string, path: string): Promise<FileHandle> {
  try {
    return await open(file, flags)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const why = reasons[code]
    if (why !== undefined) throw unreadable(path, why, error)
    throw new BreakroomError('unavailable', `${shownPath(path)} cannot be opened now (${code}).`, { cause: error })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there any more',
  ENOTDIR: 'it is not there any more',
  ELOOP: 'it is a link',
  EACCES: 'its permissions forbid it; let this user read it',
  EPERM: 'its permissions forbid it; let this user read it',
  ENXIO: 'it is not a regular file but a device or a pipe',
}

/** How the file stands, once its times tell any later change. */
async function settled(handle: FileHandle): Promise<Stats> {
  const stats = await handle.stat()
  const age = Date.now() - stats.ctimeMs
  if (age < 0 || age >= tickMs) return stats
  await pause(tickMs - age)
  return handle.stat()
}

/** What was opened must be what lies at its path, with no link on the way. */
async function insist(root: string, path: string, { dev, ino }: Stats): Promise<void> {
  const file = join(root, path)
  try {
    const [there, real] = await Promise.all([lstat(file), realpath(file)])
    if (real === file && there.ino === ino && there.dev === dev) return
  } catch (error) {
    throw unreadable(path, 'it is not there any more', error)
  }
  throw unreadable(path, 'a link leads there, perhaps out of the corpus')
}

/** The bytes that the file has, and not one that is added while it is read. */
async function* pieces(handle: FileHandle, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await handle.read({
      buffer: Buffer.allocUnsafe(Math.min(pieceBytes, size - at)),
      position: at,
    })
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** `detail.why` ends a sentence that begins with the file. */
export function unreadable(path: string, why: string, cause?: unknown): BreakroomError {
  const options = { detail: { path, why }, ...(cause === undefined ? {} : { cause }) }
  return new BreakroomError('unreadable', `${shownPath(path)} cannot be read: ${why}.`, options)
}
