import { isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { StateReport } from '../core/state/request.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { StateFile } from '../ports/state-file.ts'
import type { OwnedStore } from '../ports/store.ts'
import { createBacklog } from './behind/backlog.ts'
import { createCondition } from './behind/condition.ts'
import { drain } from './behind/drain.ts'
import { createFlush } from './behind/flush.ts'
import { createNap } from './behind/nap.ts'
import { createOutlets } from './behind/outlets.ts'
import { createOwnership } from './behind/owner.ts'
import { troublesOf } from './behind/sentences.ts'
import { createTries } from './behind/tries.ts'

export interface BehindParts {
  file: Pick<StateFile, 'fleet' | 'pending' | 'note' | 'setNote'>
  store: OwnedStore
  /** How often figures of the day are written, ms; everything else is at once. */
  metricsEveryMs: number
  clock: Clock
  sleep: Sleep
  random(): number
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** The writing of the store behind, from what the file owes it. */
export interface Behind {
  /** Resolves when `signal` has aborted, or file or store were closed; never rejects. */
  readonly ended: Promise<void>
  /** What is off, for people; empty while all is well. As it was up to a second ago. */
  troubles(): string[]
  report(): Promise<NonNullable<StateReport['behind']>>
  /**
   * Resolves when nothing is owed, figures included. Rejects with `unavailable` when that cannot be: the store cannot be written, nothing
   * moves for a minute, it takes more than ten, an import is under way, or `signal` aborts.
   */
  flush(signal?: AbortSignal): Promise<void>
  /** Nothing new is begun until the returned function is called; a write that is under way may still arrive. */
  pause(): () => void
}

/** How often the backlog is looked at. */
const lookEveryMs = 1_000
/** How long nothing can be done but wait to be woken. */
const longMs = 60_000

/**
 * Keeps writing what the file owes the store behind. A write is repeated until it is known to have arrived, which does no harm: the store
 * knows what it has. While the store is away one thing at a time is tried, with growing pauses; nothing is lost meanwhile, it is late.
 */
export function createBehind(parts: BehindParts): Behind {
  const { file, store, clock, sleep, log, metrics, signal } = parts
  const { pending } = file
  const nap = createNap(sleep)
  const tries = createTries(parts)
  const condition = createCondition({ ...parts, title: store.title })
  const backlog = createBacklog({ pending, clock, metrics })
  const ownership = createOwnership({ file, store, tries, clock, log })
  const outlets = createOutlets({ ...parts, pending, ownership, tries })
  let pauses = 0
  let session = new AbortController()
  const over = new AbortController()

  const ended = Promise.all([lead(), watch()]).then(() => {})

  return {
    ended,
    troubles: () => troublesOf(store.title, condition, backlog),
    async report() {
      await backlog.look()
      const [trouble = null] = troublesOf(store.title, condition, backlog)
      return {
        title: store.title,
        connected: condition.here,
        waiting: backlog.waiting,
        since: backlog.since?.toISOString() ?? null,
        aside: [...backlog.aside],
        trouble,
      }
    },
    flush: createFlush({ backlog, condition, outlets, clock, sleep, stopped, wake: nap.wake }),
    pause() {
      pauses += 1
      session.abort()
      let held = true
      return () => {
        if (!held) return
        held = false
        pauses -= 1
        // Whoever wrote meanwhile may have made the store another's, or ours.
        ownership.forget()
        nap.wake()
      }
    },
  }

  /** Why nothing is written even if the store could be. */
  function stopped(): string | null {
    if (signal.aborted || over.signal.aborted) return 'it is not written any more'
    return pauses > 0 ? 'an import is under way' : null
  }

  async function lead(): Promise<void> {
    while (!signal.aborted) {
      if (pauses > 0) {
        await nap.take(longMs, signal)
        continue
      }
      try {
        session = new AbortController()
        await write(AbortSignal.any([signal, session.signal]))
      } catch (error) {
        if (signal.aborted || isBreakroomError(error, 'closed')) break
        ownership.forget()
        await nap.take(condition.fails(error), signal)
      }
    }
    over.abort()
  }

  /** Writes until `until` aborts; rejects when the store cannot be written. */
  async function write(until: AbortSignal): Promise<void> {
    const once = !condition.here
    await ownership.sure({ once, until })
    if (once) await tryOne(until)
    condition.works()
    await drain(outlets.open(), sleep, until)
  }

  /** Whether a store that was away takes anything is seen by one thing, tried once. */
  async function tryOne(until: AbortSignal): Promise<void> {
    for (const outlet of outlets.open()) {
      if (until.aborted) return
      const one = await outlet.next()
      if (one !== null) return one({ once: true, until })
    }
  }

  async function watch(): Promise<void> {
    const until = AbortSignal.any([signal, over.signal])
    let failing = false
    while (!until.aborted) {
      try {
        await backlog.look()
        failing = false
      } catch (error) {
        if (!failing && !isBreakroomError(error, 'closed')) {
          log.warn({ cause: sentenceOf(error) }, 'state: what waits for the store behind cannot be looked up')
        }
        failing = true
      }
      await sleep(lookEveryMs, until)
    }
  }
}
