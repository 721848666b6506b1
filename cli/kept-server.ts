import { setTimeout as pause } from 'node:timers/promises'
import type { ChildServer } from '../adapters/servers/child-server.ts'
import { backoffMs } from '../core/backoff.ts'
import { sentenceOf } from '../core/errors.ts'
import type { Log } from '../ports/log.ts'

/** A server that is started again whenever it ends, until it is let go. */
export interface KeptServer<T extends ChildServer> {
  readonly name: string
  readonly current: T
  /** Starts it anew with what the configuration says now; a running one is adopted where nothing asks for a new one. */
  renew(): Promise<void>
  /** Ends it for good. */
  stop(): Promise<void>
}

/** Starts a server and keeps it up. Rejects as `start` does the first time; later failures are tried again for ever, and `onRestart` hears of each success. */
export async function keepUp<T extends ChildServer>(
  name: string,
  start: () => Promise<T>,
  log: Log,
  onRestart: () => void,
): Promise<KeptServer<T>> {
  let current = await start()
  let ending = false
  let renewing: Promise<void> | null = null
  /** A start that nobody may outrun: what it brings up has to be ended too. */
  let starting: Promise<T> | null = null
  void watch()

  return {
    name,
    get current() {
      return current
    },
    renew() {
      renewing = start()
        .then((renewed) => {
          current = renewed
          onRestart()
        })
        .finally(() => {
          renewing = null
        })
      return renewing
    },
    async stop() {
      ending = true
      await renewing?.catch(() => {})
      const late = await starting?.catch(() => null)
      await late?.stop()
      await current.stop()
    },
  }

  async function watch(): Promise<void> {
    for (let failures = 0; ; ) {
      const watched = current
      await watched.exited
      // A renewal ends the old one itself; its own failure is told to whoever asked for it.
      if (renewing !== null) await (renewing as Promise<void>).catch(() => {})
      if (ending) return
      if (current !== watched) continue
      log.error({ server: name, pid: current.pid }, 'a server ended; starting it again')
      try {
        starting = start()
        current = await starting
        failures = 0
        if (ending) return
        else onRestart()
      } catch (error) {
        failures += 1
        log.error({ server: name, cause: sentenceOf(error) }, 'a server cannot be started again yet')
        await pause(backoffMs(failures, Math.random, { floorMs: 250, capMs: 10_000 }))
      }
    }
  }
}
