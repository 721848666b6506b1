import {
  type Heartbeat,
  heartbeatEveryMs,
  heartbeatSchema,
  presenceTtlMs,
  workingHeartbeatEveryMs,
} from '../core/heartbeat.ts'
import type { SeatState } from '../core/receipt.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { BusHealth, Signals } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'

/** What heartbeats tell about the seats, as one part of the fleet hears them. */
export interface Seats {
  isHere(seat: string): boolean
  /** What can be said of a seat, and of a line it may have taken; null while we have not listened long enough to know. */
  stateFor(seat: string, lineId: string): SeatState | null
}

interface Seat {
  heartbeat: Heartbeat
  heardAt: number
  here: boolean
}

const remembered = 1_000
/** A seat for which a line waits gives a sign within this time. */
const signWithinMs = workingHeartbeatEveryMs + 250
/** Whoever is here is heard within this time. */
const knownAfterMs = heartbeatEveryMs + 500

/**
 * Listens to heartbeats until `signal` aborts. `onChange` hears of each arrival and leaving, once per epoch; a seat leaves when it
 * says so or has been quiet for `presenceTtlMs`.
 */
export function watchSeats(parts: {
  bus: Signals & BusHealth
  subjects: OrgSubjects
  clock: Clock
  onHeartbeat?: (heartbeat: Heartbeat) => void
  onChange: (heartbeat: Heartbeat, here: boolean, why: 'heartbeat' | 'leaving' | 'quiet') => void
  signal: AbortSignal
}): Seats {
  const { bus, subjects, clock, onChange, signal } = parts
  const seats = new Map<string, Seat>()
  /** Lines that seats said they have taken; the oldest are forgotten. */
  const taken = new Set<string>()
  let listensSince = clock.monotonic()

  bus.onChange((connected) => {
    if (connected) listensSince = clock.monotonic()
  }, signal)
  bus.listen(subjects.anyStatus, heard, signal)
  const timer = setInterval(dropQuiet, 1_000)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })

  return {
    isHere: (seat) => seats.get(seat)?.here ?? false,
    stateFor(seat, lineId) {
      const known = seats.get(seat)
      if (known === undefined || !known.here) {
        return clock.monotonic() - listensSince < knownAfterMs && known?.heartbeat.state !== 'leaving'
          ? null
          : 'offline'
      }
      if (known.heartbeat.state === 'stopped') return 'stopped'
      if (known.heartbeat.state === 'working' && known.heartbeat.on === lineId) return 'working'
      if (taken.has(`${seat} ${lineId}`)) return 'woken'
      // An idle seat takes a line at once and a busy one beats every second: one that does neither was killed.
      return clock.monotonic() - known.heardAt > signWithinMs ? 'offline' : 'stored'
    },
  }

  function heard(data: unknown, subject: string): void {
    const parsed = heartbeatSchema.safeParse(data)
    if (!parsed.success || subjects.status(parsed.data.role) !== subject) return
    const heartbeat = parsed.data
    const known = seats.get(heartbeat.role)
    // Of two processes at one seat the newer one speaks for it, while it is there.
    if (known?.here && heartbeat.epoch < known.heartbeat.epoch) return
    if (heartbeat.on !== undefined) remember(`${heartbeat.role} ${heartbeat.on}`)
    const here = heartbeat.state !== 'leaving'
    const changed = known === undefined ? here : known.here !== here || known.heartbeat.epoch !== heartbeat.epoch
    seats.set(heartbeat.role, { heartbeat, heardAt: clock.monotonic(), here })
    parts.onHeartbeat?.(heartbeat)
    if (changed) onChange(heartbeat, here, here ? 'heartbeat' : 'leaving')
  }

  function dropQuiet(): void {
    for (const seat of seats.values()) {
      if (!seat.here || clock.monotonic() - seat.heardAt < presenceTtlMs) continue
      seat.here = false
      onChange(seat.heartbeat, false, 'quiet')
    }
  }

  function remember(key: string): void {
    taken.add(key)
    const [oldest] = taken
    if (taken.size > remembered && oldest !== undefined) taken.delete(oldest)
  }
}
