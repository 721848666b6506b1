import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { readText } from './kept-files.ts'
import { isRunning, type MarkedProcess, startMark } from './process-mark.ts'

/**
 * Takes a home for this process: a second fleet in it would adopt the first one's servers and speak with its voices. Throws
 * `unavailable`, naming the process, while another one has it; the lock of a process that was killed does not count.
 */
export function holdHome(home: string): Disposable {
  const file = join(home, 'run/up.json')
  mkdirSync(join(home, 'run'), { recursive: true, mode: 0o700 })
  const mine = JSON.stringify({ pid: process.pid, mark: startMark(process.pid) })
  // Linked into place, so that nobody can ever read half a lock.
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, mine, { mode: 0o600 })
  try {
    if (!tryLink(draft, file)) {
      refuseWhileHeld(home, file)
      rmSync(file, { force: true })
      if (!tryLink(draft, file)) refuseWhileHeld(home, file)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    [Symbol.dispose]() {
      if (readText(file) === mine) rmSync(file, { force: true })
    },
  }
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

function refuseWhileHeld(home: string, file: string): void {
  const text = readText(file)
  if (text === null) return
  const holder = JSON.parse(text) as MarkedProcess
  if (!isRunning(holder)) return
  const fix = 'Stop it, or give this one a home of its own: BREAKROOM_HOME=<folder>'
  throw new BreakroomError('unavailable', `Breakroom is running in ${home} already (pid ${holder.pid}). ${fix}`, {
    detail: { home, pid: holder.pid },
  })
}
