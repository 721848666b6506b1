import type { KeyedState } from '../../ports/keyed-state.ts'
import { everybody, type Stop, type StopSwitch } from '../../ports/stop-switch.ts'

/** Follows the stops that are in force; resolves when the present ones are known, so that nobody acts before. */
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
