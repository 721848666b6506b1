import type { Clock } from '../../../ports/clock.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackAppHandlers } from './app.ts'
import type { Link } from './link.ts'

/**
 * Tells, every `everyMs` while nothing comes in, that nothing does: requests may have been lost, and the next one, which would show it, may be
 * hours away. Resolves when the signal aborts.
 */
export async function watchSilence(parts: {
  name: string
  link: Pick<Link, 'silentSince'>
  handlers: Pick<SlackAppHandlers, 'onSilence'>
  everyMs: number
  clock: Clock
  sleep: Sleep
  signal: AbortSignal
}): Promise<void> {
  const { name, link, handlers, everyMs, clock, sleep, signal } = parts
  let told: Date | null = null
  for (;;) {
    await sleep(everyMs, signal)
    if (signal.aborted) return
    const silent = link.silentSince
    if (silent === null) continue
    const since: Date = told !== null && told > silent ? told : silent
    told = clock.now()
    await handlers.onSilence?.(name, since)
  }
}
