import { BreakroomError } from '../../core/errors.ts'
import type { Bus } from '../../ports/bus.ts'

/** Resolves when the bus answers, or rejects with `unavailable` after `timeoutMs`. */
export async function whenUp(bus: Bus, url: string, timeoutMs: number): Promise<void> {
  if (bus.connected) return
  const settled = new AbortController()
  const late = AbortSignal.timeout(timeoutMs)
  await new Promise<void>((resolve, reject) => {
    bus.onChange((connected) => connected && resolve(), settled.signal)
    const give = () => reject(new BreakroomError('unavailable', `NATS at ${url} does not answer.`))
    late.addEventListener('abort', give, { signal: settled.signal })
    if (bus.connected) resolve()
  }).finally(() => settled.abort())
}
