import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A process, told apart from a later one that got the same pid. */
export interface MarkedProcess {
  pid: number
  mark: string
}

/** When the process began, in the system's own words; null when it does not run (a zombie does not). */
export function startMark(pid: number): string | null {
  return process.platform === 'linux' ? markFromProc(pid) : markFromPs(pid)
}

/** True while exactly this process runs. */
export function isRunning({ pid, mark }: MarkedProcess): boolean {
  return startMark(pid) === mark
}

/** True when this process has certainly ended: what cannot be read, or asked, is no proof, as it is none that somebody runs. */
export function hasEnded({ pid, mark }: MarkedProcess): boolean {
  const found = startMark(pid)
  if (found !== null) return found !== mark
  return !exists(pid) || isZombie(pid)
}

/** Asks the process to end, and ends it after `graceMs`. Resolves when it is gone; does nothing to another one with its pid. */
export async function endProcess(target: MarkedProcess, graceMs: number): Promise<void> {
  send(target, 'SIGTERM')
  if (await isGoneWithin(target, graceMs)) return
  send(target, 'SIGKILL')
  await isGoneWithin(target, 2_000)
}

/** Sends a signal to exactly this process; does nothing when it is gone. */
export function send(target: MarkedProcess, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return
  try {
    process.kill(target.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function isGoneWithin(target: MarkedProcess, ms: number): Promise<boolean> {
  const end = performance.now() + ms
  while (isRunning(target)) {
    if (performance.now() > end) return false
    await pause(5)
  }
  return true
}

function markFromProc(pid: number): string | null {
  try {
    const fields = statOf(pid)
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    // Ticks since boot say little without the boot.
    return `${fields[19]}@${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}`
  } catch {
    return null
  }
}

/** The name in parentheses may hold anything, so count from its end: state is the first field after it, start time the 20th. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function isZombie(pid: number): boolean {
  try {
    return ['Z', 'X'].includes(statOf(pid)[0] ?? '')
  } catch {
    return false
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function markFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '')
  } catch {
    return null
  }
}
