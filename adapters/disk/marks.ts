import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Marks } from '../../ports/marks.ts'

/** Marks in `<folder>/marks.json`. A kill leaves the old file or the new one, never half of one. */
export function createDiskMarks(folder: string): Marks {
  const file = join(folder, 'marks.json')
  return {
    async read() {
      try {
        return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
      } catch {
        return {}
      }
    },
    async write(all) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(`${file}.new`, JSON.stringify(all), { mode: 0o600 })
      await rename(`${file}.new`, file)
    },
  }
}
