import { BreakroomError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Timers } from '../../ports/timers.ts'

/** Handlers side by side. */
const most = 16
const againAfterMs = 1_000
/** However far the next one is, it is looked at the clock: wall time jumps. */
const lookEveryMs = 1_000

/** Timers inside this process: for a house without Redis. */
export function createMemoryTimers({ clock }: { clock: Clock }): Timers {
  const waiting = new Map<string, number>()
  /** What is being rung for, and what was said of it meanwhile: its new moment, or that it is to go. */
  const ringing = new Map<string, number | 'removed' | null>()
  let handler: ((id: string) => Promise<Date | null>) | null = null
  let next: NodeJS.Timeout | undefined
  let closed = false

  return {
    async set(timers) {
      mustBeOpen()
      for (const { id, due } of timers) {
        if (ringing.has(id)) ringing.set(id, due.getTime())
        else waiting.set(id, due.getTime())
      }
      look()
    },
    async remove(ids) {
      mustBeOpen()
      for (const id of ids) {
        waiting.delete(id)
        if (ringing.has(id)) ringing.set(id, 'removed')
      }
    },
    async pending() {
      mustBeOpen()
      return new Set([...waiting.keys(), ...[...ringing].flatMap(([id, said]) => (said === 'removed' ? [] : id))])
    },
    ring(given, signal) {
      if (signal.aborted || closed) return
      handler = given
      signal.addEventListener('abort', () => {
        if (handler === given) stop()
      })
      look()
    },
    get connected() {
      return !closed
    },
    async close() {
      closed = true
      stop()
    },
  }

  function mustBeOpen(): void {
    if (closed) throw new BreakroomError('closed', 'The timers in memory were closed.')
  }

  function stop(): void {
    handler = null
    clearTimeout(next)
  }

  /** Rings for what is due, and looks again when the next one is. */
  function look(): void {
    clearTimeout(next)
    if (handler === null) return
    const now = clock.now().getTime()
    let soonest = now + lookEveryMs
    for (const [id, due] of waiting) {
      if (due > now) soonest = Math.min(soonest, due)
      else if (ringing.size < most) void ring(id, handler)
    }
    next = setTimeout(look, soonest - now)
  }

  async function ring(id: string, call: (id: string) => Promise<Date | null>): Promise<void> {
    waiting.delete(id)
    ringing.set(id, null)
    let again: number | null
    try {
      again = (await call(id))?.getTime() ?? null
    } catch {
      again = 0
    }
    const said = ringing.get(id) ?? null
    ringing.delete(id)
    const now = clock.now().getTime()
    if (typeof said === 'number') waiting.set(id, said)
    // Also whoever answers with what is past: not at once again, and again.
    else if (said === null && again !== null) waiting.set(id, again > now ? again : now + againAfterMs)
    look()
  }
}
