import { type StopSwitch, whenResumed } from '../ports/stop-switch.ts'

/** Yields one signal for each span in which `role` may act. It aborts at a stop or with `signal`, which also ends the spans. */
export async function* shifts(role: string, stops: StopSwitch, signal: AbortSignal): AsyncGenerator<AbortSignal> {
  while (!signal.aborted) {
    await whenResumed(stops, role, signal)
    const shift = new AbortController()
    signal.addEventListener('abort', () => shift.abort(), { signal: shift.signal })
    stops.onChange(() => stops.stopOf(role) && shift.abort(), shift.signal)
    if (signal.aborted || stops.stopOf(role)) shift.abort()
    else yield shift.signal
    shift.abort()
  }
}
