import type { Presence } from '../../ports/presence.ts'

/** Who is here, as the store has it; while the store is away, as the heartbeats heard by this part tell. */
export function presenceOrHeartbeats(store: Presence, heard: Presence): Pick<Presence, 'list'> {
  return {
    async list() {
      try {
        return await store.list()
      } catch {
        return heard.list()
      }
    },
  }
}
