/** What a role says of itself in each heartbeat. */
export interface Heartbeat {
  role: string
  state: 'starting' | 'ready' | 'working' | 'stopped' | 'leaving'
  /** Grows with each start of the bot; a lower one is a zombie's. */
  epoch: number
  /** Envelope id of what it is working on. */
  on?: string | undefined
  /** ISO time of the heartbeat. */
  at: string
}

/** Who is here. An entry disappears by itself when its role goes quiet for `presenceTtlMs`. */
export interface Presence {
  /** Never rejects for a newer epoch already there: the older one is ignored. Rejects with `unavailable` while the store is away. */
  record(heartbeat: Heartbeat): Promise<void>
  remove(role: string, epoch: number): Promise<void>
  /** Everybody who is here now. Rejects with `unavailable` while the store is away. */
  list(): Promise<Heartbeat[]>
}

export const heartbeatEveryMs = 5_000
export const presenceTtlMs = 15_000
