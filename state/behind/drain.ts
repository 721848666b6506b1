import type { Sleep } from '../../ports/sleep.ts'
import type { Outlet } from './outlet.ts'

/** How often it is looked whether something is owed while nothing is. */
const idleMs = 100

/**
 * Writes what is owed, and what comes to be, through all outlets until `signal` aborts or one of them rejects: then it rejects with that
 * when the others have finished what they were at.
 */
export async function drain(outlets: readonly Outlet[], sleep: Sleep, signal: AbortSignal): Promise<void> {
  const failed = new AbortController()
  const until = AbortSignal.any([signal, failed.signal])
  await Promise.all(
    outlets.map((outlet) =>
      drainOne(
        outlet,
        (ms) => sleep(ms, until),
        until,
        (error) => failed.abort(error),
      ),
    ),
  )
  if (failed.signal.aborted) throw failed.signal.reason
}

async function drainOne(
  outlet: Outlet,
  rest: (ms: number) => Promise<void>,
  until: AbortSignal,
  fail: (error: unknown) => void,
): Promise<void> {
  const underway = new Set<Promise<void>>()
  while (!until.aborted) {
    try {
      const write = await outlet.next()
      if (write === null) {
        await rest(idleMs)
        continue
      }
      const writing: Promise<void> = write({ until })
        .catch(fail)
        .finally(() => underway.delete(writing))
      underway.add(writing)
    } catch (error) {
      fail(error)
    }
    if (underway.size >= outlet.atOnce) await Promise.race(underway)
  }
  await Promise.all(underway)
}
