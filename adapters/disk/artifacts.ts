import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import type { ArtifactFinding, Artifacts } from '../../ports/artifacts.ts'

export const mostBytes = 1_073_741_824
const pieceBytes = 256 * 1024
/** A link that came meanwhile is not followed, a pipe not waited for, a terminal not taken. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  ENAMETOOLONG: 'has a path that is too long',
  ELOOP: 'is a link that leads in a circle',
  EACCES: 'must not be read by this user',
  EPERM: 'must not be read by this user',
  ENXIO: notRegular(),
}

/** Looks at files on this machine. `look` rejects with `unavailable` when `signal` aborts, and for nothing else. */
export function createArtifacts(): Artifacts {
  return {
    async look(folder, path, signal) {
      const why = wrongPath(path)
      if (why !== null) return { missing: why }
      try {
        const root = await realpath(folder)
        const file = await realpath(join(root, path))
        if (file === root) return { missing: 'is a folder' }
        if (!isInside(root, file)) return { missing: 'lies outside of the folder' }
        const before = await lstat(file)
        // Some devices do something as soon as they are opened.
        if (!before.isFile()) return { missing: before.isDirectory() ? 'is a folder' : notRegular() }
        const handle = await open(file, flags)
        try {
          return await read(handle, root, file, signal)
        } finally {
          await handle.close()
        }
      } catch (error) {
        if (signal.aborted) throw stopped(error)
        const { code } = error as NodeJS.ErrnoException
        return { missing: reasons[code ?? ''] ?? `cannot be read (${code ?? 'for an unknown reason'})` }
      }
    },
  }
}

/** What is said of a path that no file of the folder can have; null for others. */
function wrongPath(path: string): string | null {
  if (path === '' || path.includes('\0')) return 'has no path that a file can have'
  if (isAbsolute(path)) return 'has a path of its own; write it as seen from the folder'
  if (path.split(/[/\\]/).includes('..')) return 'has .. in its path'
  return null
}

async function read(handle: FileHandle, root: string, file: string, signal: AbortSignal): Promise<ArtifactFinding> {
  const stats = await handle.stat()
  if (!stats.isFile()) return { missing: notRegular() }
  if (!(await liesAt(root, file, handle, stats))) return { missing: 'was exchanged while it was looked at' }
  if (stats.size === 0) return { missing: 'is empty' }
  if (stats.size > mostBytes) return { missing: 'is larger than 1 GiB' }
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, stats.size))
  for (let at = 0; at < stats.size; ) {
    if (signal.aborted) throw stopped(signal.reason)
    const { bytesRead } = await handle.read({ buffer, position: at, length: Math.min(buffer.length, stats.size - at) })
    if (bytesRead === 0) return { missing: changed() }
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  const after = await handle.stat()
  const same = after.size === stats.size && after.mtimeMs === stats.mtimeMs && after.ctimeMs === stats.ctimeMs
  return same ? { bytes: stats.size, sha256: hash.digest('hex') } : { missing: changed() }
}

/** Whether what was opened is what lies there, with no link on the way: a folder may have been exchanged for one in between. */
async function liesAt(root: string, file: string, { fd }: FileHandle, { dev, ino }: Stats): Promise<boolean> {
  // A path looked at twice may be two files; what is open is one, and Linux says where it lies.
  const opened = process.platform === 'linux' ? await readlink(`/proc/self/fd/${fd}`) : file
  const [there, real] = await Promise.all([lstat(file), realpath(file)])
  return opened === file && real === file && isInside(root, real) && there.dev === dev && there.ino === ino
}

function isInside(root: string, file: string): boolean {
  return file.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)
}

function notRegular(): string {
  return 'is not a regular file but a device, a pipe or a socket'
}

function changed(): string {
  return 'was changed while it was read'
}

function stopped(cause: unknown): BreakroomError {
  return new BreakroomError('unavailable', 'The file was not read to its end: it was stopped.', { cause })
}
