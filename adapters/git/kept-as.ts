import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { objectId } from './tree-id.ts'

/** A link that came meanwhile is not followed, a pipe not waited for. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
const pieceBytes = 128 * 1024
/** Larger ones are not compared, bytes. */
const mostBytes = 2_000_000_000
const [cr, lf] = [13, 10]

/**
 * Whether git keeps a file that lies there under this name though its bytes are others: without the line ends of Windows, or as the pointer
 * that Git LFS leaves in its place. False for what cannot be read. No filter is run for that.
 */
export async function isKeptAs(file: Buffer, id: string): Promise<boolean> {
  let handle: FileHandle | null = null
  try {
    handle = await open(file, flags)
    const stats = await handle.stat()
    if (!stats.isFile() || stats.size > mostBytes) return false
    const whole = createHash('sha256')
    let pairs = 0
    for await (const [piece, next] of pieces(handle, stats.size)) {
      whole.update(piece)
      pairs += pairsIn(piece, next)
    }
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${whole.digest('hex')}\nsize ${stats.size}\n`
    if (objectId('blob', Buffer.from(pointer)) === id) return true
    if (pairs === 0) return false
    const unix = createHash('sha1').update(`blob ${stats.size - pairs}\0`)
    for await (const [piece, next] of pieces(handle, stats.size)) unix.update(withoutPairs(piece, next))
    return unix.digest('hex') === id
  } catch {
    return false
  } finally {
    await handle?.close()
  }
}

/** Each piece with the byte that follows it. */
async function* pieces(handle: FileHandle, size: number): AsyncGenerator<[piece: Buffer, next: number]> {
  const buffer = Buffer.allocUnsafe(pieceBytes + 1)
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read({ buffer, position: at, length: Math.min(buffer.length, size - at) })
    if (bytesRead === 0) return
    const length = Math.min(bytesRead, pieceBytes)
    yield [buffer.subarray(0, length), bytesRead > length ? (buffer[length] ?? 0) : 0]
    at += length
  }
}

function pairsIn(piece: Buffer, next: number): number {
  let pairs = 0
  for (let at = piece.indexOf(cr); at !== -1; at = piece.indexOf(cr, at + 1)) {
    if ((at + 1 < piece.length ? piece[at + 1] : next) === lf) pairs++
  }
  return pairs
}

function withoutPairs(piece: Buffer, next: number): Buffer {
  const kept = Buffer.allocUnsafe(piece.length)
  let length = 0
  piece.forEach((byte, at) => {
    if (byte === cr && (at + 1 < piece.length ? piece[at + 1] : next) === lf) return
    kept[length++] = byte
  })
  return kept.subarray(0, length)
}
