import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'

/** Replaces a file as a whole: readers see the old text or the new, and nobody else may read it. */
export function keepText(path: string, text: string): void {
  if (readText(path) === text) return
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.new`
  writeFileSync(temporary, text, { mode: 0o600, flush: true })
  renameSync(temporary, path)
}

/** The text of a file, or null when it is not there. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * A secret that is made once and then kept, readable by its owner only; when several processes make it at once, all get the same.
 * Throws `config_invalid` when the file is empty.
 */
export function keptSecret(path: string, make: () => string): string {
  if (readText(path) === null) keepFirst(path, make())
  const kept = readText(path)?.trim()
  if (!kept) {
    throw new BreakroomError(
      'config_invalid',
      `${path} is empty; delete it, and a new one is made at the next start.`,
      {
        detail: { file: path },
      },
    )
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  return kept
}

/** Writes a file unless it is there already. */
function keepFirst(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`
  keepText(draft, text)
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** What a JSON file holds, or null when it is not there. Throws `config_invalid` when it cannot be read. */
export function readJson<T>(path: string): T | null {
  const text = readText(path)
  if (text === null) return null
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new BreakroomError(
      'config_invalid',
      `${path} is damaged; delete it, and a new one is made at the next start.`,
      {
        cause,
        detail: { file: path },
      },
    )
  }
}
