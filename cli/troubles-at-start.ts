import { setTimeout as pause } from 'node:timers/promises'
import type { RunningPart } from '../ports/part.ts'

/** A network that is not ours holds up no start, and is there by now when it is well. */
const withinMs = 3_000

/** What is wrong with parts that were just started, once it has had the time to come right by itself; at once when `stop` aborts. */
export async function troublesAtStart(parts: () => readonly RunningPart[], stop: AbortSignal): Promise<string[]> {
  const end = performance.now() + withinMs
  for (;;) {
    const troubles = parts().flatMap((part) => part.troubles())
    if (troubles.length === 0 || stop.aborted || performance.now() >= end) return troubles
    await pause(50)
  }
}
