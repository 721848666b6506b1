import type { ChatNetwork } from '../ports/chat.ts'
import type { Clock } from '../ports/clock.ts'

/** Something that people must know of while it lasts. */
export interface Degraded {
  key: string
  /** How long it must last before it is said: what heals sooner would only be noise. */
  afterMs: number
  holds(): boolean
  /** Whether it cannot be told for now, because of something worse: what was said of it stands until it can. */
  isUnclear?(): boolean
  /** What is wrong, and what becomes of what people say. */
  began(): string
  ended(): string
  /** Where it is said, if it can be said there now: later it would be old news. */
  rooms: { network: ChatNetwork; room: string; reachable(): boolean }[]
}

const lookEveryMs = 500

/**
 * Says in the rooms what is degraded, once when it has lasted, and once when it is over. Spoken by the bridge itself, past the bus:
 * while the bus is away nothing else reaches a room.
 */
export function sayDegraded(conditions: Degraded[], clock: Clock, signal: AbortSignal): void {
  const since = new Map<string, { at: number; said: string | null; told: Degraded['rooms'] }>()
  const timer = setInterval(() => conditions.forEach(look), lookEveryMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })

  function look(condition: Degraded): void {
    const state = since.get(condition.key)
    if (condition.isUnclear?.()) {
      // Afterwards it has to last from then on.
      if (!state?.said) since.delete(condition.key)
      return
    }
    if (!condition.holds()) {
      since.delete(condition.key)
      if (state?.said) say(state.told, `over:${state.said}`, condition.ended())
      return
    }
    if (state === undefined) {
      since.set(condition.key, { at: clock.monotonic(), said: null, told: [] })
      return
    }
    if (clock.monotonic() - state.at < condition.afterMs) return
    state.said ??= `${condition.key}:${clock.now().toISOString()}`
    // Who could not be reached is told when that is possible, as long as it is still true.
    const untold = condition.rooms.filter((where) => where.reachable() && !state.told.includes(where))
    state.told.push(...untold)
    say(untold, state.said, condition.began())
  }

  function say(rooms: Degraded['rooms'], id: string, text: string): void {
    for (const { network, room, reachable } of rooms) {
      if (!reachable()) continue
      const line = {
        id: `degraded:${id}`,
        as: { kind: 'ear' },
        target: { room },
        kind: 'say',
        text,
        mergeable: false,
      } as const
      // Nobody to tell when even this fails: /healthz and the metrics say so already.
      network.post(line).catch(() => {})
    }
  }
}
