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
