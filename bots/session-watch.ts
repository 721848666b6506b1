import { oneLine } from '../core/clean-text.ts'
import { redact } from '../core/redact.ts'
import { type SessionCapture, sessionCaptureSchema } from '../core/sweep/session.ts'
import type { BrainSession } from '../ports/brain-session.ts'
import type { Clock } from '../ports/clock.ts'

/** How often a brain is looked at, and after how long nobody waits for what comes of it, in ms. */
const lookEveryMs = 5_000
const lookWithinMs = 5_000
/** Of what it asks, in characters: heartbeats are small. */
const mostAsked = 300

/** One look at what a brain has in hand. */
interface Look {
  of: string
  begunAt: number
  isOver: boolean
  capture: SessionCapture | null
}

/**
 * What was seen last of the brain at work on something, for the heartbeat of its seat: the answer is there at once, and a look is begun for
 * the next one who asks when the last was five seconds ago. Undefined before the first look, and when a look fails or takes too long: what is
 * old would look like a brain that stands still. While a look hangs there is no other at the same work.
 */
export function createSessionWatch(session: BrainSession, clock: Clock): (work: string) => SessionCapture | undefined {
  let last: Look | null = null
  let shown: Look | null = null

  return function seenOf(work) {
    const now = clock.monotonic()
    if (last === null || last.of !== work || isDue(last, now)) begin(work, now)
    if (last !== null && !last.isOver && now - last.begunAt >= lookWithinMs) shown = null
    return shown?.of === work ? (shown.capture ?? undefined) : undefined
  }

  function begin(of: string, begunAt: number): void {
    const look: Look = { of, begunAt, isOver: false, capture: null }
    last = look
    void takeIn(session, look).then(() => {
      if (last === look) shown = look
    })
  }
}

/** One that had nothing to show costs nothing. */
function isDue({ isOver, begunAt, capture }: Look, now: number): boolean {
  return isOver && (capture === null || now - begunAt >= lookEveryMs)
}

async function takeIn(session: BrainSession, look: Look): Promise<void> {
  try {
    look.capture = small(await session.capture())
  } catch {
    // It says nothing about the brain.
  }
  look.isOver = true
}

/** As it travels: what a heartbeat may hold and no more. Throws for what is no capture. */
function small(seen: SessionCapture | null): SessionCapture | null {
  if (seen === null) return null
  const { started_at, output_at, files_at, cpu_at, repeats, repeats_since, asks } = sessionCaptureSchema.parse(seen)
  const asked =
    asks === null ? null : { kind: asks.kind, text: oneLine(redact(asks.text).text, mostAsked), at: asks.at }
  return { started_at, output_at, files_at, cpu_at, repeats, repeats_since, asks: asked }
}
