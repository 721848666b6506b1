import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import { asInbox, type InboxEnvelope } from '../core/handover.ts'
import { type Heartbeat, heartbeatEveryMs, workingHeartbeatEveryMs } from '../core/heartbeat.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { BusHealth, Inbox, Publisher, Signals, WorkItem } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import { deadLetter, sayGivenUp } from './dead-letter.ts'
import type { StopSwitch } from './stop-switch.ts'

export interface SeatParts {
  name: string
  bus: Inbox & Publisher & Signals & BusHealth
  subjects: OrgSubjects
  stops: StopSwitch
  /** The public room where the seat says what it had to give up, when it cannot tell where it came from. */
  homeRoom: string | null
  /** Does the work. Everything it publishes has an id made from the item's, so that doing it twice shows once. */
  handle: (item: InboxEnvelope) => Promise<void>
  epoch: number
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Deliveries of one item; the last one goes to the dead letters unread, because reading it may be what kills us. */
const lastDelivery = 5
const retryAfterMs = 500
const sayWorkingAfterMs = 100
/** Well within the lease of an item. */
const holdEveryMs = 2_500
/** Who listens may be connecting at the same moment as we are. */
const beatAgainAfterMs = 1_000

/**
 * A seat at its inbox: takes items one at a time, oldest first, keeps its heartbeat going, stands still while it is stopped, and
 * gives an item up to the dead letters rather than losing it. Resolves after `signal` aborts and the item in hand is finished.
 */
export async function takeSeat(parts: SeatParts): Promise<void> {
  const { name, bus, stops, clock, log, signal } = parts
  let on: string | undefined
  const beat = (state: Heartbeat['state']) =>
    bus.send(parts.subjects.status(name), { role: name, state, epoch: parts.epoch, on, at: clock.now().toISOString() })
  const currentState = () => (stops.stopOf(name) ? 'stopped' : on === undefined ? 'ready' : 'working')

  let again: NodeJS.Timeout | undefined

  beat('starting')
  const timer = setInterval(() => beat(currentState()), heartbeatEveryMs)
  const workingTimer = setInterval(() => on !== undefined && beat(currentState()), workingHeartbeatEveryMs)
  stops.onChange(() => beat(currentState()), signal)
  bus.onChange(arrive, signal)
  beat(currentState())

  while (!signal.aborted) {
    await untilResumed()
    if (signal.aborted) break
    const shift = startShift()
    for await (const item of bus.take(name, shift.signal)) {
      await serve(item)
      if (shift.signal.aborted) break
    }
    shift.abort()
  }
  clearInterval(timer)
  clearInterval(workingTimer)
  clearTimeout(again)
  beat('leaving')

  /** Heartbeats are lost while the bus is away; nobody should be taken for absent until the next one. */
  function arrive(connected: boolean): void {
    clearTimeout(again)
    if (!connected) return
    beat(currentState())
    again = setTimeout(() => beat(currentState()), beatAgainAfterMs)
  }

  /** A span of work that ends at shutdown or at a stop. */
  function startShift(): AbortController {
    const shift = new AbortController()
    signal.addEventListener('abort', () => shift.abort(), { signal: shift.signal })
    stops.onChange(() => {
      if (stops.stopOf(name)) shift.abort()
    }, shift.signal)
    if (signal.aborted || stops.stopOf(name)) shift.abort()
    return shift
  }

  async function untilResumed(): Promise<void> {
    if (!stops.stopOf(name)) return
    const waiting = new AbortController()
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { signal: waiting.signal })
      stops.onChange(() => {
        if (!stops.stopOf(name)) resolve()
      }, waiting.signal)
      if (!stops.stopOf(name) || signal.aborted) resolve()
    })
    waiting.abort()
  }

  async function serve(item: WorkItem): Promise<void> {
    const hold = setInterval(() => item.working(), holdEveryMs)
    // What is done at once needs no heartbeat in between.
    const soon = setTimeout(() => beat(currentState()), sayWorkingAfterMs)
    try {
      if (item.envelope instanceof BreakroomError) return await giveUp(item, item.envelope.message)
      if (item.delivery >= lastDelivery)
        return await giveUp(item, `It was tried ${item.delivery - 1} times without success.`)
      const work = asInbox(item.envelope)
      if (work === null) return await giveUp(item, `It is a ${item.envelope.type}, which this seat cannot read.`)
      if (stops.stopOf(name)) return item.later(0)
      on = work.data.line.id
      await insist(() => parts.handle(work))
      await item.ack()
    } catch (error) {
      parts.metrics.count('breakroom_retries_total', { what: 'inbox' })
      log.warn({ seat: name, delivery: item.delivery, cause: sentenceOf(error) }, 'an item is tried again')
      item.later(retryAfterMs * item.delivery)
    } finally {
      clearTimeout(soon)
      clearInterval(hold)
      on = undefined
    }
  }

  /** While the bus takes nothing the item is held, not spent: only what the work itself does wrong counts as a failure. */
  async function insist(effect: () => Promise<void>): Promise<void> {
    while (true) {
      try {
        return await effect()
      } catch (error) {
        if (!isBreakroomError(error, 'unavailable') || signal.aborted || stops.stopOf(name)) throw error
        parts.metrics.count('breakroom_retries_total', { what: 'inbox' })
        await pause(retryAfterMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  async function giveUp(item: WorkItem, reason: string): Promise<void> {
    await deadLetter(parts, item, reason)
    await sayGivenUp(parts, item, reason)
    item.giveUp(reason)
    parts.metrics.count('breakroom_deadletters_total')
  }
}
