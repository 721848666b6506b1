import type { Heartbeat } from '../../core/heartbeat.ts'
import type { Presence } from '../../ports/presence.ts'

/**
 * Who is here: what the store has, which is all that a desk knows right after its start, and what this part has heard itself, which
 * is all while the store is away or comes back empty.
 */
export function presenceOrHeartbeats(store: Presence, heard: Presence): Pick<Presence, 'list'> {
  return {
    async list() {
      const [kept, fresh] = await Promise.all([store.list().catch((): Heartbeat[] => []), heard.list()])
      return [...new Map([...kept, ...fresh].map((heartbeat) => [heartbeat.role, heartbeat])).values()]
    },
  }
}
