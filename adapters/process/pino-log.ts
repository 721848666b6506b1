import { mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { pino } from 'pino'
import type { Log } from '../../ports/log.ts'

/** JSON lines into a file of its owner alone, or to stderr when `path` is null. */
export function createPinoLog(path: string | null, level = 'info'): Log {
  const destination = pino.destination(
    path === null ? { fd: 2, sync: true } : { fd: openedForAppending(path), sync: false },
  )
  return pino({ base: null, level, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/** Opened here and now: a process that ends while the library still opens the file prints a complaint of its own. */
function openedForAppending(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return openSync(path, 'a', 0o600)
}
