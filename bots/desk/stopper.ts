import type { KeyedState } from '../../ports/keyed-state.ts'
import { everybody, type Stop } from '../../ports/stop-switch.ts'

/** Stops and resumes seats. `null` is the whole fleet. Each answer is the sentence for who asked. */
export interface Stopper {
  stop(role: string | null, by: string): Promise<string>
  resume(role: string | null): Promise<string>
  /** Whether it stands still now; for `null`, whether any seat does. */
  isStopped(role: string | null): Promise<boolean>
}

/** Whoever sits at the machine is a founder there, login or not. */
const resumesAll = 'a founder resumes all with !resume, or "npx breakroom resume" at the machine'

/** A stopper over the switches that every seat follows. */
export function createStopper(state: KeyedState<Stop>, now: () => Date): Stopper {
  return {
    async stop(role, by) {
      const wasFleet = (await state.get(everybody)) !== null
      await state.put(role ?? everybody, { by, at: now().toISOString() })
      if (role === null) return `All roles are stopped. What they are told is kept; ${resumesAll}.`
      if (wasFleet) return `${role} is stopped, as is the whole fleet; ${resumesAll}.`
      return `${role} is stopped. What it is told is kept; !resume ${role} lets it go on.`
    },
    async resume(role) {
      const stops = await state.entries()
      if (role === null) {
        await Promise.all([...stops.keys()].map((key) => state.delete(key)))
        return stops.size === 0 ? 'Nobody was stopped.' : 'All roles go on.'
      }
      if (stops.has(everybody)) return `The whole fleet is stopped, by ${stops.get(everybody)?.by}; ${resumesAll}.`
      if (!stops.has(role)) return `${role} was not stopped.`
      await state.delete(role)
      return `${role} goes on.`
    },
    async isStopped(role) {
      const stops = await state.entries()
      return role === null ? stops.size > 0 : stops.has(everybody) || stops.has(role)
    },
  }
}
