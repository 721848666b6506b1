import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, open, readlink } from 'node:fs/promises'
import { BreakroomError } from '../../core/errors.ts'
import type { DiskState } from '../../core/evidence/touched.ts'
import { objectId, type TreeEntry } from './tree-id.ts'

/** What lies at a path: a file or link as git would keep it, a folder, or nothing that git keeps. */
export type Found = (Pick<TreeEntry, 'mode' | 'id'> & { state: DiskState }) | 'folder' | null

/** A link that came meanwhile is not followed, a pipe not waited for. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
const pieceBytes = 128 * 1024
/** How often a file is read anew that was written meanwhile. */
const attempts = 5

/**
 * Looks at one path, whose bytes are `file`, and reads it as it lies there: nothing that the repository names converts it. `spend` is told
 * of bytes before they are read, and may throw. Rejects with what the system says, or `unavailable` for a file that does not stay the same.
 */
export async function fileEntry(file: Buffer, spend: (bytes: number) => void): Promise<Found> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      const stats = await lstat(file)
      if (stats.isDirectory()) return 'folder'
      if (stats.isSymbolicLink()) {
        const id = objectId('blob', await readlink(file, { encoding: 'buffer' }))
        return { mode: '120000', id, state: diskStateOf(stats) }
      }
      if (!stats.isFile()) return null
      const entry = await read(file, spend)
      if (entry !== null) return entry
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return null
      // It became a link just now.
      if (code !== 'ELOOP') throw error
    }
  }
  throw new BreakroomError('unavailable', 'it is being written all the time')
}

/** Null when it was changed meanwhile. */
async function read(file: Buffer, spend: (bytes: number) => void): Promise<Found> {
  const handle = await open(file, flags)
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return null
    spend(stats.size)
    const hash = createHash('sha1').update(`blob ${stats.size}\0`)
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, stats.size))
    for (let at = 0; at < stats.size; ) {
      const length = Math.min(buffer.length, stats.size - at)
      const { bytesRead } = await handle.read({ buffer, position: at, length })
      if (bytesRead === 0) return null
      hash.update(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
    if (!isSame(stats, await handle.stat())) return null
    const mode = stats.mode & constants.S_IXUSR ? '100755' : '100644'
    return { mode, id: hash.digest('hex'), state: diskStateOf(stats) }
  } finally {
    await handle.close()
  }
}

/** How what these are of lies on the disk. */
export function diskStateOf(stats: Stats): DiskState {
  return { isFolder: stats.isDirectory(), inode: stats.ino, written: stats.mtimeMs, changed: stats.ctimeMs }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs && before.ctimeMs === after.ctimeMs
}
