import { watch } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import type { Configuration } from './configuration.ts'

/** Editors write a file in several steps; we look when it has been quiet for this long. */
const quietMs = 300

/**
 * Calls `onChange` with each valid new configuration of a folder until it says that it was taken up, and `onBroken` with the error when what is there cannot be read,
 * until `signal` aborts. One after the other: a change that comes while one is handled is handled after it.
 */
export function watchConfiguration(
  folder: string,
  first: Configuration,
  signal: AbortSignal,
  handlers: { onChange: (next: Configuration) => Promise<boolean>; onBroken: (error: unknown) => Promise<void> },
): void {
  let current = first
  let lastProblem = ''
  let timer: NodeJS.Timeout | null = null
  let handling = Promise.resolve()
  for (const path of [folder, join(folder, 'roles')]) {
    watch(path, { signal, persistent: false }, (_, file) => {
      if (file === null || !/\.ya?ml$/.test(file)) return
      if (timer !== null) clearTimeout(timer)
      timer = setTimeout(() => {
        handling = handling.then(look).catch(handlers.onBroken)
      }, quietMs)
    }).on('error', () => {})
  }
  // A file may have been saved while the fleet was starting.
  handling = handling.then(look).catch(handlers.onBroken)
  signal.addEventListener('abort', () => timer !== null && clearTimeout(timer), { once: true })

  async function look(): Promise<void> {
    if (signal.aborted) return
    let next: Configuration
    try {
      next = loadFleet(folder)
    } catch (error) {
      const problem = String(error)
      if (problem !== lastProblem) await handlers.onBroken(error)
      lastProblem = problem
      return
    }
    lastProblem = ''
    if (isDeepStrictEqual(next, current)) return
    // What could not be taken up is tried again when the file is saved again, changed or not.
    if (await handlers.onChange(next)) current = next
  }
}
