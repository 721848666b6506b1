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

/** Resolves when a role does not stand still, or `signal` aborts. */
export function whenResumed(stops: StopSwitch, role: string, signal: AbortSignal): Promise<void> {
  if (stops.stopOf(role) === null || signal.aborted) return Promise.resolve()
  const waiting = new AbortController()
  return new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { signal: waiting.signal })
    stops.onChange(() => {
      if (stops.stopOf(role) === null) resolve()
    }, waiting.signal)
  }).finally(() => waiting.abort())
}
