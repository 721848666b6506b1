import type { Heartbeat } from '../core/heartbeat.ts'

/** Who is here. An entry disappears by itself when its role goes quiet for `presenceTtlMs`. */
export interface Presence {
  /** Keeps the heartbeat; one of an older epoch than the kept one is ignored. Rejects with `unavailable` while the store is away. */
  record(heartbeat: Heartbeat): Promise<void>
  remove(role: string, epoch: number): Promise<void>
  /** Everybody who is here now. Rejects with `unavailable` while the store is away. */
  list(): Promise<Heartbeat[]>
  close(): Promise<void>
}
