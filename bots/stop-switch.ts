import type { KeyedState } from '../ports/keyed-state.ts'

/** Who stopped a seat, or everybody, and when. */
export interface Stop {
  by: string
  at: string
}

/** The key under which everybody is stopped. */
export const everybody = '*'

/** Whether a seat may act. Asked before every turn. */
export interface StopSwitch {
  stopOf(role: string): Stop | null
  /** Calls `handler` at each change until `signal` aborts. */
  onChange(handler: () => void, signal: AbortSignal): void
}

/** Follows the stops that are in force; resolves when the present ones are known, so that no seat acts before. */
export async function followStops(state: KeyedState<Stop>, signal: AbortSignal): Promise<StopSwitch> {
  const stops = new Map<string, Stop>()
  const handlers = new Set<() => void>()
  await state.watch((key, stop) => {
    if (stop === null) stops.delete(key)
    else stops.set(key, stop)
    for (const handler of handlers) handler()
  }, signal)
  return {
    stopOf: (role) => stops.get(everybody) ?? stops.get(role) ?? null,
    onChange(handler, until) {
      handlers.add(handler)
      until.addEventListener('abort', () => handlers.delete(handler), { once: true })
    },
  }
}
