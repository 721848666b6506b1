import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { readText } from './kept-files.ts'
import { isRunning, type MarkedProcess, startMark } from './process-mark.ts'

/** What a process that has a home runs in it. */
type Runs = 'fleet' | 'servers'

const fix = 'Stop it, or give this one a home of its own: BREAKROOM_HOME=<folder>'

/**
 * Takes a home for this process: a second fleet in it would adopt the first one's servers and speak with its voices. Throws
 * `unavailable`, naming the process, while another one has it; the lock of a process that was killed does not count.
 */
export function holdHome(home: string, runs: Runs = 'fleet'): Disposable {
  const sentence = (pid: number) => `Breakroom is running in ${home} already (pid ${pid}). ${fix}`
  return hold({ home, name: 'up', runs }, sentence)
}

/**
 * Takes one part of a home for this process. Throws `unavailable`, naming the process, while a fleet runs there with all its parts,
 * or another process runs this one; a part of which there may be `many` is held by nobody.
 */
export function holdPart(home: string, part: string, { many = false } = {}): Disposable {
  const fleet = holderOf(fileOf(home, 'up'))
  if (fleet !== null && fleet.runs !== 'servers' && fleet.pid !== process.pid) {
    throw held(home, fleet.pid, `Breakroom runs here already (pid ${fleet.pid}), with its ${part}. ${fix}`)
  }
  if (many) return { [Symbol.dispose]() {} }
  return hold({ home, name: `part-${part}` }, (pid) => `The ${part} of ${home} runs already (pid ${pid}). ${fix}`)
}

interface Lock {
  home: string
  name: string
  runs?: Runs
}

function hold({ home, name, runs }: Lock, sentence: (pid: number) => string): Disposable {
  const file = fileOf(home, name)
  mkdirSync(join(home, 'run'), { recursive: true, mode: 0o700 })
  const mine = JSON.stringify({ pid: process.pid, mark: startMark(process.pid), runs })
  // Linked into place, so that nobody can ever read half a lock.
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, mine, { mode: 0o600 })
  try {
    if (!tryLink(draft, file)) {
      refuseWhileHeld()
      rmSync(file, { force: true })
      if (!tryLink(draft, file)) refuseWhileHeld()
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    [Symbol.dispose]() {
      if (readText(file) === mine) rmSync(file, { force: true })
    },
  }

  function refuseWhileHeld(): void {
    const holder = holderOf(file)
    if (holder !== null) throw held(home, holder.pid, sentence(holder.pid))
  }
}

/** Who holds a lock and runs, or null. */
function holderOf(file: string): (MarkedProcess & { runs?: Runs }) | null {
  const text = readText(file)
  if (text === null) return null
  const holder = JSON.parse(text) as MarkedProcess & { runs?: Runs }
  return isRunning(holder) ? holder : null
}

function held(home: string, pid: number, message: string): BreakroomError {
  return new BreakroomError('unavailable', message, { detail: { home, pid } })
}

function fileOf(home: string, name: string): string {
  return join(home, 'run', `${name}.json`)
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
