import { pino } from 'pino'
import type { Log } from '../../ports/log.ts'

/** JSON lines into a file, or to stderr when `path` is null. */
export function createPinoLog(path: string | null, level = 'info'): Log {
  const destination = pino.destination(path === null ? { fd: 2, sync: true } : { dest: path, mkdir: true, sync: false })
  return pino({ base: null, level, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}
