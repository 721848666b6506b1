import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DocumentReader } from '../../ports/document-reader.ts'
import { temporaryFolder } from '../support/process.ts'

/** What every reader promises. It must read text, and be unable to make anything of `broken`. */
export function documentReaderContract(
  name: string,
  create: () => DocumentReader,
  broken: { ending: string; bytes: Uint8Array },
): void {
  describe(`document reader ${name}`, () => {
    const folder = temporaryFolder()
    let reader: DocumentReader
    const file = (named: string, content: string | Uint8Array) => {
      const path = join(folder.path, named)
      writeFileSync(path, content)
      return path
    }
    beforeAll(() => {
      reader = create()
    })
    afterAll(async () => {
      await reader.close()
      folder[Symbol.dispose]()
    })

    it('knows by its name whether a file can be read', () => {
      expect(reader.reads('guides/Release.TXT')).toBe(true)
      expect(reader.reads('guides/release.exe')).toBe(false)
      expect(reader.reads('release')).toBe(false)
    })

    it('gives what stands in a file', async () => {
      expect(await reader.read(file('a.txt', 'We ship daily.'))).toEqual({
        front: {},
        title: null,
        sections: [{ heading: [], text: 'We ship daily.' }],
        warnings: [],
      })
    })

    it('says by name what cannot be read and why, and reads the next one', async () => {
      const damaged = file(`damaged${broken.ending}`, broken.bytes)
      mkdirSync(join(folder.path, 'folder.txt'))
      const missing = join(folder.path, 'missing.txt')
      for (const path of [damaged, missing, join(folder.path, 'folder.txt'), file('a.exe', 'MZ')]) {
        await expect(reader.read(path)).rejects.toMatchObject({
          code: 'unreadable',
          message: expect.stringContaining(`${path} cannot be read: `),
          detail: { file: path, reason: expect.any(String), why: expect.any(String) },
        })
      }
      expect(await reader.read(file('b.txt', 'Still here.'))).toMatchObject({ sections: [{ text: 'Still here.' }] })
    })

    it('answers many calls at once, each with its own file', async () => {
      const files = Array.from({ length: 30 }, (_, index) => file(`many-${index}.txt`, `Text ${index}.`))
      const documents = await Promise.all(files.map((path) => reader.read(path)))
      expect(documents.map(({ sections }) => sections[0]?.text)).toEqual(files.map((_, index) => `Text ${index}.`))
    })

    it('reads nothing after it was closed, and lets nobody wait who was reading', async () => {
      const closing = create()
      const path = file('c.txt', 'Too late.')
      const reading = [closing.read(path), closing.read(path)].map((read) => read.catch((error: unknown) => error))
      await closing.close()
      await closing.close()
      for (const outcome of await Promise.all(reading)) expect(outcome).toMatchObject({ code: 'closed' })
      await expect(closing.read(path)).rejects.toMatchObject({ code: 'closed' })
    })
  })
}
