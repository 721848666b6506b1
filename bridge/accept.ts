import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../core/backoff.ts'
import type { Envelope } from '../core/envelope.ts'
import { isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { BusHealth, Publisher } from '../ports/bus.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Spool, Spooled } from '../ports/spool.ts'

/** How something came to be safe. */
type Accepted = 'stored' | 'duplicate' | 'spooled'

export interface Acceptor {
  /**
   * Resolves when the envelope is in its stream, or on disk in the spool; in the order of the calls. Never rejects: while neither
   * the bus nor the disk takes it, it waits in memory.
   */
  accept(subject: string, envelope: Envelope): Promise<Accepted>
  /** How many accepted envelopes wait on disk. */
  readonly waiting: number
  /** Resolves when what was accepted before is stored or spooled, and the spool is no longer touched. */
  close(): Promise<void>
}

interface Entry extends Spooled {
  done: (how: Accepted) => void
}

/** Envelopes published without waiting for one another; enough to hide a disk's fsync, few enough to spool at once. */
const window = 256
/** How often we try at the end to get rid of what neither the bus nor the disk takes. */
const lastTries = 5

/**
 * Publishes while the bus is there and spools while it is away. What was spooled leaves first, so the order of the calls is the
 * order in the stream: after any failure everything unacknowledged goes to the spool, in order, before anything newer.
 */
export function createAcceptor(parts: {
  bus: Publisher & BusHealth
  spool: Spool
  log: Log
  metrics: Metrics
  random: () => number
}): Acceptor {
  const { bus, spool, log, metrics, random } = parts
  const queue: Entry[] = []
  const closing = new AbortController()
  let wake = () => {}
  bus.onChange(() => wake(), closing.signal)
  const loop = work()

  return {
    accept(subject, envelope) {
      return new Promise((done) => {
        queue.push({ subject, envelope, done })
        wake()
      })
    },
    get waiting() {
      return spool.depth
    },
    async close() {
      closing.abort()
      wake()
      await loop
    },
  }

  async function work(): Promise<void> {
    let failures = 0
    while (true) {
      if (queue.length === 0 && spool.depth === 0) {
        if (closing.signal.aborted) return
        failures = 0
        await untilWoken()
        continue
      }
      let moved = false
      try {
        moved = await step()
      } catch (error) {
        // Whatever a disk does, intake goes on: what is queued stays queued.
        log.error({ cause: sentenceOf(error), lines: queue.length }, 'the spool cannot be used; lines wait in memory')
        metrics.count('breakroom_retries_total', { what: 'spool' })
      }
      if (closing.signal.aborted && (queue.length === 0 || failures >= lastTries)) {
        if (queue.length > 0)
          log.error({ lines: queue.length }, 'lines are lost: neither the bus nor the disk took them')
        return
      }
      failures = moved ? 0 : failures + 1
      if (!moved) await rest(failures)
    }
  }

  /** One step onwards; true when something was stored. */
  async function step(): Promise<boolean> {
    if (spool.depth === 0 && bus.connected && (await publishQueue())) return true
    await spoolQueue()
    return bus.connected && spool.depth > 0 && (await drain())
  }

  function untilWoken(): Promise<void> {
    return new Promise<void>((resolve) => {
      wake = resolve
      // A call may have come between the check and here.
      if (queue.length > 0 || closing.signal.aborted) resolve()
    })
  }

  /** Publishes from the queue in a sliding window until it is empty (true), or something fails: that goes back, in order. */
  async function publishQueue(): Promise<boolean> {
    const flying: { entry: Entry; outcome: Promise<Accepted | Error> }[] = []
    const unsure: Entry[] = []
    while (queue.length > 0 || flying.length > 0) {
      while (unsure.length === 0 && flying.length < window) {
        const entry = queue.shift()
        if (entry === undefined) break
        flying.push({ entry, outcome: publish(entry) })
      }
      const first = flying.shift()
      if (first === undefined) break
      const outcome = await first.outcome
      if (outcome instanceof Error) {
        log.warn({ id: first.entry.envelope.id, cause: outcome.message }, 'not acknowledged by the bus')
        unsure.push(first.entry)
      } else {
        first.entry.done(outcome)
      }
    }
    queue.unshift(...unsure)
    return unsure.length === 0
  }

  async function publish(entry: Entry): Promise<Accepted | Error> {
    try {
      const { duplicate } = await bus.publish(entry.subject, entry.envelope)
      if (duplicate) metrics.count('breakroom_duplicates_total')
      return duplicate ? 'duplicate' : 'stored'
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  /** Puts what is queued on disk. Rejects when the disk takes nothing; then all of it is queued still. */
  async function spoolQueue(): Promise<void> {
    const batch = queue.splice(0)
    if (batch.length === 0) return
    try {
      await spool.append(batch.map(({ subject, envelope }) => ({ subject, envelope })))
    } catch (error) {
      queue.unshift(...batch)
      throw error
    }
    metrics.gauge('breakroom_spool_depth', spool.depth)
    for (const entry of batch) entry.done('spooled')
  }

  /** Publishes the oldest of the spool; true when something left it. */
  async function drain(): Promise<boolean> {
    const oldest = await spool.peek(window)
    const outcomes = await Promise.all(oldest.map((item) => publish({ ...item, done: () => {} })))
    const firstFailure = outcomes.findIndex((outcome) => outcome instanceof Error && !isForGood(outcome))
    const leaving = firstFailure === -1 ? outcomes.length : firstFailure
    for (const [index, item] of oldest.slice(0, leaving).entries()) {
      const outcome = outcomes[index]
      if (outcome instanceof Error) await setAside(item, outcome)
    }
    if (leaving > 0) await spool.drop(leaving)
    metrics.gauge('breakroom_spool_depth', spool.depth)
    return leaving > 0
  }

  /** The bus will never take it; everything behind it must not wait for that. */
  async function setAside(item: Spooled, reason: Error): Promise<void> {
    await spool.setAside(item)
    metrics.count('breakroom_parked_total', { reader: 'spool' })
    log.error({ subject: item.subject, id: item.envelope.id, cause: reason.message }, 'the bus refuses this for good')
  }

  async function rest(failures: number): Promise<void> {
    metrics.count('breakroom_retries_total', { what: 'publish' })
    const nap = new AbortController()
    wake = () => nap.abort()
    const ms = backoffMs(failures, random, { floorMs: 50, capMs: 1_000 })
    await pause(ms, undefined, { signal: nap.signal }).catch(() => {})
  }
}

/** True for what trying again cannot change. */
function isForGood(error: Error): boolean {
  return isBreakroomError(error, 'denied') || isBreakroomError(error, 'usage')
}
