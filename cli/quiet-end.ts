import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const pathIn = (home: string) => join(home, 'run/quiet-end')

/** Notes that the embedded network ended first and everything that was said there had been heard. */
export function noteQuietEnd(home: string): void {
  writeFileSync(pathIn(home), '', { mode: 0o600 })
}

/** Whether the last run ended like that. */
export function endedQuietly(home: string): boolean {
  return existsSync(pathIn(home))
}

/** Takes the note away: from now on something may be said that nobody hears. */
export function forgetQuietEnd(home: string): void {
  rmSync(pathIn(home), { force: true })
}
