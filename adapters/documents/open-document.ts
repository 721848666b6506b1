import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { Refusal } from './refusal.ts'

/** A device could do something when it is opened, and a pipe would wait for whoever writes into it. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY

/**
 * Opens a regular file of at most `sizeLimit` bytes. One that is larger, or no file at all, is refused without being
 * opened. Whoever calls closes the handle. Rejects with a `Refusal`.
 */
export async function openDocument(file: string, sizeLimit: number): Promise<{ handle: FileHandle; size: number }> {
  try {
    check(await lstat(file), sizeLimit)
    const handle = await open(file, flags)
    try {
      // It may be another one than the one that was looked at.
      const opened = await handle.stat()
      check(opened, sizeLimit)
      return { handle, size: opened.size }
    } catch (error) {
      await handle.close()
      throw error
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('no-file', reasonOf(error), { cause: error })
  }
}

function check(stats: Stats, sizeLimit: number): void {
  if (stats.isDirectory()) throw new Refusal('no-file', 'it is a folder; name a file in it')
  if (stats.isSymbolicLink()) throw new Refusal('no-file', 'it is a link; name the file that it leads to')
  if (!stats.isFile()) throw new Refusal('no-file', 'it is not a regular file but a device or a pipe')
  if (stats.size <= sizeLimit) return
  const [size, limit] = [stats.size, sizeLimit].map((bytes) => `${Math.ceil(bytes / 1_000_000)} MB`)
  throw new Refusal('too-large', `it has ${size}, and at most ${limit} are read; split it into smaller files`)
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'its permissions forbid it; let this user read it'
  if (code === 'ELOOP') return 'it is a link; name the file that it leads to'
  return `it cannot be opened (${code ?? String(error)})`
}
