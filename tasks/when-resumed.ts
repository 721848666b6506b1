import type { StopSwitch } from '../ports/stop-switch.ts'

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
