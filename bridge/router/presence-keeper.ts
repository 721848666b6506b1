import { type Envelope, envelopeVersion, traceOf } from '../../core/envelope.ts'
import { sentenceOf } from '../../core/errors.ts'
import type { Heartbeat } from '../../core/heartbeat.ts'
import { eventSubject, type OrgSubjects } from '../../core/subject.ts'
import type { BusHealth, Publisher, Signals } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Presence } from '../../ports/presence.ts'
import { type Seats, watchSeats } from '../seats.ts'

/**
 * Keeps presence: every heartbeat goes into the presence store, every arrival and leaving becomes an event, and monitors hear of
 * it. When the store is away the seats are still known here, from the heartbeats themselves.
 */
export function keepPresence(parts: {
  bus: Publisher & Signals & BusHealth
  presence: Presence
  subjects: OrgSubjects
  clock: Clock
  log: Log
  /** The store went away or came back. */
  onStore: (up: boolean) => void
  signal: AbortSignal
}): Seats {
  const { bus, presence, subjects, clock, log, signal } = parts
  let storeUp = true
  const told = new Set<string>()
  return watchSeats({ bus, subjects, clock, signal, onHeartbeat: keep, onChange: announce })

  function keep(heartbeat: Heartbeat): void {
    const kept =
      heartbeat.state === 'leaving' ? presence.remove(heartbeat.role, heartbeat.epoch) : presence.record(heartbeat)
    kept.then(
      () => tell(true),
      (error) => {
        log.warn({ cause: sentenceOf(error) }, 'presence could not be stored')
        tell(false)
      },
    )
  }

  function tell(up: boolean): void {
    if (up === storeUp || signal.aborted) return
    storeUp = up
    parts.onStore(up)
  }

  function announce(heartbeat: Heartbeat, here: boolean, why: string): void {
    const verb = here ? 'join' : 'leave'
    // The first of an epoch is the same event for a router that was started again; a seat that went quiet and came back is another.
    const first = `presence:${heartbeat.role}:${heartbeat.epoch}:${verb}`
    const id = told.has(first) ? `${first}:${heartbeat.at}` : first
    told.add(first)
    const event: Envelope = {
      specversion: '1.0',
      version: envelopeVersion,
      id,
      source: 'bridge/presence',
      type: `presence.${verb}`,
      time: clock.now().toISOString(),
      actor: heartbeat.role,
      authority: { requester: heartbeat.role, chain: [] },
      trace: traceOf(id),
      hops: 0,
      data: { epoch: heartbeat.epoch, why },
    }
    bus.send(subjects.systemEvents, { type: event.type, role: heartbeat.role, time: event.time, why })
    bus
      .publish(eventSubject(heartbeat.role, 'presence', verb), event)
      .catch((error) => log.warn({ id, cause: sentenceOf(error) }, 'a presence event was not stored'))
  }
}
