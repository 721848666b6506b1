import { createHash } from 'node:crypto'
import { mkdir, open, rm, unlink } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** Where a version of a file is held while it is read. */
export interface Scratch {
  /** Keeps bytes under a new name that ends as `path` does, readable by this user alone; resolves when they are there. */
  keep(path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<KeptBytes>
}

/** Bytes that are held still. */
interface KeptBytes {
  file: string
  /** SHA-256, hex. */
  hash: string
  /** Takes them away; never rejects. */
  release(): Promise<void>
}

/** A scratch in a folder of its own: what a process that was killed left there is taken away at first use. */
export function createScratch(folder: string): Scratch {
  let ready: Promise<unknown> | null = null
  let count = 0

  async function prepare(): Promise<void> {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
  }

  return {
    async keep(path, bytes) {
      ready ??= prepare()
      await ready
      const file = join(folder, `${++count}${ending(path)}`)
      const release = () => unlink(file).catch(() => {})
      const hash = createHash('sha256')
      try {
        const handle = await open(file, 'wx', 0o600)
        try {
          for await (const piece of bytes) {
            hash.update(piece)
            await handle.writeFile(piece)
          }
        } finally {
          await handle.close()
        }
      } catch (error) {
        await release()
        throw error
      }
      return { file, hash: hash.digest('hex'), release }
    },
  }
}

/** By it a file's kind is known. */
function ending(path: string): string {
  const found = extname(path)
  return /^\.[A-Za-z0-9]{1,16}$/.test(found) ? found : ''
}
