import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const idPattern = /^[A-Za-z0-9_-]{1,128}$/

/**
 * The fleet's id in a file of its own, for its owner alone to read. Where there is none it is made of `made`: written whole or not at all, and
 * of two processes that do so at once both get the first one's. A file with anything else in it is handed to `onUnreadable` under the name
 * that it was given. Throws what the disk throws.
 */
export function fleetIdIn(file: string, made: () => string, onUnreadable: (setAside: string) => void): string {
  const found = read(file)
  if (found !== null && idPattern.test(found)) return found
  const id = made()
  if (!idPattern.test(id)) throw new TypeError(`${JSON.stringify(id)} is no id of a fleet`)
  if (found !== null) {
    const to = `${file}.unreadable-${id}`
    renameSync(file, to)
    onUnreadable(to)
  }
  const fresh = `${file}.${id}`
  writeFileSync(fresh, `${id}\n`, { mode: 0o600 })
  try {
    linkSync(fresh, file)
    return id
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // Another process was first.
    return fleetIdIn(file, made, onUnreadable)
  } finally {
    rmSync(fresh, { force: true })
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
