import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { isRunning, type MarkedProcess, startMark } from '../servers/process-mark.ts'

/**
 * Makes this process the only one that writes to `folder`, until the returned function is called. A lock whose process is
 * gone counts for nothing. Throws `unavailable` with `detail.pid` while another process holds it.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock')
  mkdirSync(folder, { recursive: true })
  const mine = join(folder, `lock.${process.pid}`)
  writeFileSync(mine, JSON.stringify({ pid: process.pid, mark: startMark(process.pid) ?? '' }))
  try {
    for (;;) {
      try {
        // A link appears with its content in it, so nobody ever reads half a lock.
        linkSync(mine, file)
        const pid = process.pid
        return () => {
          if (readHolder(file)?.pid === pid) rmSync(file, { force: true })
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        refuseWhileHeld(file, folder)
        rmSync(file, { force: true })
      }
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function refuseWhileHeld(file: string, folder: string): void {
  const holder = readHolder(file)
  if (holder === null || !isRunning(holder)) return
  throw new BreakroomError('unavailable', `${folder} is in use by process ${holder.pid}.`, {
    detail: { pid: holder.pid },
  })
}

function readHolder(file: string): MarkedProcess | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MarkedProcess
  } catch {
    return null
  }
}
