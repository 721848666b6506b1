import { oneLine } from '../core/clean-text.ts'
import { classOf, type LetterClass } from '../core/dead-letter/class.ts'
import type { Envelope } from '../core/envelope.ts'
import { BreakroomError, sentenceOf } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { BusHealth, Inbox, WorkItem, WorkQueue } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { StopSwitch } from '../ports/stop-switch.ts'
import { type Hold, hold } from './hold.ts'
import type { Restarts } from './restarts.ts'
import { shifts } from './shifts.ts'

/**
 * What becomes of an item: it is done, is somebody else's by now, is to come again, or can never be done, because of this reason. Where no
 * class is said, whoever handles it cannot read it.
 */
export type Outcome = 'done' | 'left' | { againAfterMs: number } | { giveUp: string; class?: LetterClass }

/** Why an item is given up, for whoever reads the dead letters. */
export interface GivenUp {
  /** What was tried, and how it ended. */
  reason: string
  class: LetterClass
}

/** An item in hand. */
export interface Turn {
  envelope: Envelope
  /** 1 for the first delivery. */
  delivery: number
  hold: Hold
  /** Aborts when the seat is stopped or shut down. */
  shift: AbortSignal
}

export interface QueueParts {
  name: string
  queue: WorkQueue
  /** How long the bus waits for a sign of work. */
  leaseMs: number
  bus: Inbox & BusHealth
  stops: StopSwitch
  /** Left out: nobody tells the seat to ask anew. */
  restarts?: Restarts
  /** Does the work. When it throws, the item comes again. */
  serve: (turn: Turn) => Promise<Outcome>
  /** Keeps what cannot be done where people find it. */
  giveUp: (item: WorkItem, why: GivenUp, shift: AbortSignal) => Promise<void>
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Deliveries of one item; the last one goes to the dead letters unread, because reading it may be what kills us. */
const lastDelivery = 5
const retryAfterMs = 500
/** Items whose last failure is remembered. A seat has one in hand; the others wait to come again. */
const failuresKept = 100

/**
 * Takes items from one queue of a role, one at a time, stands still while the role is stopped, and gives an item up rather than
 * losing it. Resolves after `signal` aborts and the item in hand is finished.
 */
export async function takeItems(parts: QueueParts): Promise<void> {
  const { name, queue, bus, log, metrics } = parts
  const failures = new Map<string, unknown>()
  for await (const shift of shifts(name, parts.stops, parts.signal)) {
    while ((await takeUntilTold(shift)) === 'anew') {
      metrics.count('breakroom_restarts_total', { queue })
      log.info({ seat: name, queue }, 'asks for its queue anew')
    }
  }

  /** Asks for the queue once. `anew` when it was told to do so again; what was in hand is finished by then. */
  async function takeUntilTold(shift: AbortSignal): Promise<'anew' | 'over'> {
    const told = new AbortController()
    const asking = AbortSignal.any([shift, told.signal])
    parts.restarts?.onRestart(queue, () => told.abort(), asking)
    const items = bus.take(name, asking, queue)[Symbol.asyncIterator]()
    try {
      for (let item = await nextOf(items, asking); item !== null; item = await nextOf(items, asking)) {
        await take(item, shift)
      }
      return told.signal.aborted && !shift.aborted ? 'anew' : 'over'
    } finally {
      told.abort()
      // One that hangs would never let go.
      void items.return?.().catch(() => {})
    }
  }

  async function take(item: WorkItem, shift: AbortSignal): Promise<void> {
    const held = hold(item, parts.leaseMs, bus, parts.clock)
    try {
      const outcome = await outcomeOf(item, held, shift)
      if (outcome === 'done') await item.ack()
      else if (outcome === 'left') return
      else if ('againAfterMs' in outcome) item.later(outcome.againAfterMs)
      else {
        const why = { reason: outcome.giveUp, class: outcome.class ?? 'validation' }
        await parts.giveUp(item, why, shift)
        item.giveUp(why.reason)
        metrics.count('breakroom_deadletters_total')
      }
      failures.delete(idOf(item))
    } catch (error) {
      remember(idOf(item), error)
      metrics.count('breakroom_retries_total', { what: queue })
      log.warn({ seat: name, queue, delivery: item.delivery, cause: sentenceOf(error) }, 'an item is tried again')
      item.later(shift.aborted ? 0 : retryAfterMs * item.delivery)
    } finally {
      held.end()
    }
  }

  async function outcomeOf({ envelope, delivery }: WorkItem, held: Hold, shift: AbortSignal): Promise<Outcome> {
    if (envelope instanceof BreakroomError) return { giveUp: envelope.message }
    if (delivery >= lastDelivery) return triedInVain(delivery - 1, failures.get(envelope.id))
    if (shift.aborted) return { againAfterMs: 0 }
    return parts.serve({ envelope, delivery, hold: held, shift })
  }

  function remember(id: string, error: unknown): void {
    failures.delete(id)
    failures.set(id, error)
    const oldest = failures.keys().next()
    if (failures.size > failuresKept && !oldest.done) failures.delete(oldest.value)
  }
}

/** The next item, or null when there is none or nobody asks any more: what comes of it then goes back at once. */
async function nextOf(items: AsyncIterator<WorkItem>, asking: AbortSignal): Promise<WorkItem | null> {
  if (asking.aborted) return null
  const over = Promise.withResolvers<null>()
  const end = () => over.resolve(null)
  asking.addEventListener('abort', end)
  const next = items.next().then(({ done, value }) => (done ? null : value))
  try {
    const item = await Promise.race([next, over.promise])
    if (item === null) next.then((late) => late?.later(0)).catch(() => {})
    return item
  } finally {
    asking.removeEventListener('abort', end)
  }
}

function idOf({ envelope }: WorkItem): string {
  return envelope instanceof BreakroomError ? '' : envelope.id
}

/** `failure` is how it ended last, if it ended in this process: undefined when it took the process with it. */
function triedInVain(times: number, failure: unknown): { giveUp: string; class: LetterClass } {
  const tried = `It was tried ${times} times without success.`
  if (failure === undefined) return { giveUp: tried, class: 'logic' }
  const words = oneLine(redact(sentenceOf(failure)).text, 200).replace(/["“”]/g, "'")
  return { giveUp: `${tried} The last time: "${words}"`, class: classOf(failure) }
}
