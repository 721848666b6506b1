import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What every file below a folder holds, byte for character. Programs go on writing there: a file that goes while we look is left out. */
export function textsIn(folder: string): string[] {
  return unlessGone(() => readdirSync(folder)).flatMap((name) => {
    const path = join(folder, name)
    return unlessGone(() => {
      const stats = statSync(path)
      if (stats.isDirectory()) return textsIn(path)
      return stats.isFile() ? [readFileSync(path, 'latin1')] : []
    })
  })
}

function unlessGone(read: () => string[]): string[] {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
