import type { KeyedState } from '../../ports/keyed-state.ts'
import { everybody, type Stop } from '../stop-switch.ts'

/** Stops and resumes seats. `null` is the whole fleet. Each answer is the sentence for who asked. */
export interface Stopper {
  stop(role: string | null, by: string): Promise<string>
  resume(role: string | null): Promise<string>
}

export function createStopper(state: KeyedState<Stop>, now: () => Date): Stopper {
  return {
    async stop(role, by) {
      await state.put(role ?? everybody, { by, at: now().toISOString() })
      return role === null
        ? 'All roles are stopped. What they are told is kept; a founder resumes them with !resume.'
        : `${role} is stopped. What it is told is kept; !resume ${role} lets it go on.`
    },
    async resume(role) {
      const stops = await state.entries()
      if (role === null) {
        await Promise.all([...stops.keys()].map((key) => state.delete(key)))
        return stops.size === 0 ? 'Nobody was stopped.' : 'All roles go on.'
      }
      if (stops.has(everybody))
        return `The whole fleet is stopped, by ${stops.get(everybody)?.by}; a founder resumes it with !resume.`
      if (!stops.has(role)) return `${role} was not stopped.`
      await state.delete(role)
      return `${role} goes on.`
    },
  }
}
