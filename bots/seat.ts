import { asInbox, type InboxEnvelope } from '../core/handover.ts'
import { type Heartbeat, heartbeatEveryMs, workingHeartbeatEveryMs } from '../core/heartbeat.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { BrainSession } from '../ports/brain-session.ts'
import { type BusHealth, type Inbox, leaseMs, type Publisher, type Signals, type WorkItem } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { StopSwitch } from '../ports/stop-switch.ts'
import { type Activity, createActivity } from './activity.ts'
import { deadLetter, sayGivenUp } from './dead-letter.ts'
import { insist } from './insist.ts'
import type { Restarts } from './restarts.ts'
import { createSessionWatch } from './session-watch.ts'
import { type GivenUp, type Outcome, type Turn, takeItems } from './take-items.ts'

export interface SeatParts {
  name: string
  bus: Inbox & Publisher & Signals & BusHealth
  subjects: OrgSubjects
  stops: StopSwitch
  /**
   * Does the work. Everything it publishes has an id made from the item's, so that doing it twice shows once. `shift` aborts when the
   * seat is stopped: what waits for something else gives up then with `unavailable`, and the item is kept.
   */
  handle: (item: InboxEnvelope, shift: AbortSignal) => Promise<void>
  epoch: number
  /** What the seat has in hand, when that is more than what is said to it; its heartbeat says so. */
  activity?: Activity
  /** Whose session its heartbeat tells of while a task is in hand. */
  brain?: BrainSession
  /** Left out: nobody tells the seat anything. */
  restarts?: Restarts
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

const sayWorkingAfterMs = 100
/** Who listens may be connecting at the same moment as we are. */
const beatAgainAfterMs = 1_000

/**
 * A seat at its inbox: takes items one at a time, oldest first, keeps its heartbeat going, stands still while it is stopped, and
 * gives an item up to the dead letters rather than losing it. Resolves after `signal` aborts and the item in hand is finished.
 */
export async function takeSeat(parts: SeatParts): Promise<void> {
  const { name, bus, stops, activity = createActivity(), clock, metrics, signal } = parts
  const seenOf = parts.brain === undefined ? () => undefined : createSessionWatch(parts.brain, clock)
  const beat = (state: Heartbeat['state']) => {
    const at = clock.now().toISOString()
    const { task, task_epoch } = activity.now
    const session = task === undefined ? undefined : seenOf(`${task} ${task_epoch}`)
    const seen = session === undefined ? {} : { session }
    bus.send(parts.subjects.status(name), { role: name, state, epoch: parts.epoch, ...activity.now, ...seen, at })
  }
  const currentState = () => (stops.stopOf(name) ? 'stopped' : activity.busy ? 'working' : 'ready')
  const beatNow = () => beat(currentState())

  let again: NodeJS.Timeout | undefined

  beat('starting')
  const timer = setInterval(beatNow, heartbeatEveryMs)
  const workingTimer = setInterval(() => activity.busy && beatNow(), workingHeartbeatEveryMs)
  stops.onChange(beatNow, signal)
  activity.onTask(beatNow, signal)
  bus.onChange(arrive, signal)
  beatNow()

  await takeItems({ ...parts, queue: 'inbox', leaseMs: leaseMs.inbox, serve, giveUp })

  clearInterval(timer)
  clearInterval(workingTimer)
  clearTimeout(again)
  beat('leaving')

  /** Heartbeats are lost while the bus is away; nobody should be taken for absent until the next one. */
  function arrive(connected: boolean): void {
    clearTimeout(again)
    if (!connected) return
    beatNow()
    again = setTimeout(beatNow, beatAgainAfterMs)
  }

  async function serve({ envelope, shift }: Turn): Promise<Outcome> {
    const work = asInbox(envelope)
    if (work === null) return { giveUp: `It is a ${envelope.type}, which this seat cannot read.` }
    activity.line(work.data.line.id)
    // What is done at once needs no heartbeat in between.
    const soon = setTimeout(beatNow, sayWorkingAfterMs)
    try {
      // While the bus takes nothing the item is held, not spent: only what the work itself does wrong counts as a failure.
      await insist(
        () => parts.handle(work, shift),
        shift,
        () => metrics.count('breakroom_retries_total', { what: 'inbox' }),
      )
      return 'done'
    } finally {
      clearTimeout(soon)
      activity.line(null)
    }
  }

  async function giveUp(item: WorkItem, why: GivenUp): Promise<void> {
    const letter = { ...parts, from: parts.subjects.inbox(name) }
    await deadLetter(letter, item, why)
    await sayGivenUp(letter, item, why)
  }
}
