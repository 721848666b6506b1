import { isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { Fleet } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'
import type { KeptStart } from '../core/state/kept-start.ts'
import { startOf } from '../core/state/start-of.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { StateFile } from '../ports/state-file.ts'

const restMs = 1_000

export interface StartKeeper {
  /** Keeps the configuration as it is, in each file once, however often this process leads; as often as it takes, until `signal` aborts. */
  keepIn(file: Pick<StateFile, 'fleet' | 'store'>, signal: AbortSignal): Promise<void>
  troubles(): string[]
}

/** What keeps the configuration that this process was started with. */
export function createStartKeeper(parts: {
  fleet: Fleet
  roles: readonly Role[]
  clock: Clock
  sleep: Sleep
  log: Log
}): StartKeeper {
  const { fleet, roles, clock, sleep, log } = parts
  let start: KeptStart | null = null
  const keptIn = new Set<string>()
  let trouble: string | null = null

  return {
    troubles: () => (trouble === null ? [] : [trouble]),
    async keepIn(file, signal) {
      while (!signal.aborted && !keptIn.has(file.fleet)) {
        try {
          start ??= startOf({ fleet, roles, at: clock.now() })
          await file.store.configuration.keep([start])
          keptIn.add(file.fleet)
          trouble = null
        } catch (error) {
          if (isBreakroomError(error, 'closed')) return
          trouble = `the configuration of this start cannot be kept: ${sentenceOf(error)}`
          log.error({ cause: sentenceOf(error) }, 'state: the configuration of this start cannot be kept')
          await sleep(restMs, signal)
        }
      }
    },
  }
}
