import type { StopSwitch } from '../ports/stop-switch.ts'

/** Yields one signal for each span in which `role` may act. It aborts at a stop or with `signal`, which also ends the spans. */
export async function* shifts(role: string, stops: StopSwitch, signal: AbortSignal): AsyncGenerator<AbortSignal> {
  while (!signal.aborted) {
    await untilResumed(role, stops, signal)
    const shift = new AbortController()
    signal.addEventListener('abort', () => shift.abort(), { signal: shift.signal })
    stops.onChange(() => stops.stopOf(role) && shift.abort(), shift.signal)
    if (signal.aborted || stops.stopOf(role)) shift.abort()
    else yield shift.signal
    shift.abort()
  }
}

async function untilResumed(role: string, stops: StopSwitch, signal: AbortSignal): Promise<void> {
  if (!stops.stopOf(role)) return
  const waiting = new AbortController()
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { signal: waiting.signal })
    stops.onChange(() => {
      if (!stops.stopOf(role)) resolve()
    }, waiting.signal)
    if (!stops.stopOf(role) || signal.aborted) resolve()
  })
  waiting.abort()
}
