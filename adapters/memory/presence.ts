import { type Heartbeat, presenceTtlMs } from '../../core/heartbeat.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Presence } from '../../ports/presence.ts'

/** Presence inside this process: for a fleet that runs as one, and for when Redis is away. */
export function createMemoryPresence({ clock }: { clock: Clock }): Presence {
  const known = new Map<string, { heartbeat: Heartbeat; until: number }>()

  function current(role: string): Heartbeat | undefined {
    const entry = known.get(role)
    if (entry !== undefined && entry.until > clock.monotonic()) return entry.heartbeat
    known.delete(role)
    return undefined
  }

  return {
    async record(heartbeat) {
      const before = current(heartbeat.role)
      if (before !== undefined && before.epoch > heartbeat.epoch) return
      known.set(heartbeat.role, { heartbeat, until: clock.monotonic() + presenceTtlMs })
    },
    async remove(role, epoch) {
      const before = current(role)
      if (before !== undefined && before.epoch <= epoch) known.delete(role)
    },
    async list() {
      return [...known.keys()].flatMap((role) => current(role) ?? [])
    },
    async close() {
      known.clear()
    },
  }
}
