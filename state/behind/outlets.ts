import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { PendingChanges } from '../../ports/state-file.ts'
import { type OwnedStore, type RecordSection, recordSections } from '../../ports/store.ts'
import { askFile } from './ask-file.ts'
import { keepApart } from './keep-apart.ts'
import type { Outlet, Write } from './outlet.ts'
import type { Ownership } from './owner.ts'
import { createRecordOutlet } from './record-outlet.ts'
import { createTaskOutlet } from './task-outlet.ts'
import type { Tries } from './tries.ts'

export interface OutletParts {
  pending: PendingChanges
  store: OwnedStore
  ownership: Ownership
  tries: Tries
  /** How often figures are written, which change with everything that happens. */
  metricsEveryMs: number
  clock: Clock
  log: Log
  metrics: Metrics
}

/** The ways from the file to the store behind. */
export interface Outlets {
  /** All of them anew: what the ones before had read may not be so any more. */
  open(): Outlet[]
  /** Figures go now, however long ago they last did, until the returned function is called. */
  hurry(): () => void
  /** How many things were taken or set aside so far: it grows while anything moves. */
  readonly moved: number
}

export function createOutlets(parts: OutletParts): Outlets {
  const { pending, store, ownership, tries, metricsEveryMs, clock, log, metrics } = parts
  let figuresAt = Number.NEGATIVE_INFINITY
  let hurried = 0
  let moved = 0

  return {
    open: () => [tasks(), ...recordSections.map(records)],
    hurry() {
      hurried += 1
      return () => {
        hurried -= 1
      }
    },
    get moved() {
      return moved
    },
  }

  function tasks(): Outlet {
    return createTaskOutlet({
      pending,
      keep: (changes, options) =>
        keepAll(
          changes,
          {
            what: 'tasks',
            keep: (some) => store.keepTasks(some),
            sent: (some) => pending.sent({ tasks: some }),
            aside: (task, why) => pending.setAside({ task }, why),
            name: ({ task }) => task.label,
          },
          options,
        ),
    })
  }

  function records<S extends RecordSection>(section: S): Outlet {
    const figures = section === 'metrics'
    return createRecordOutlet<S>({
      section,
      pending,
      due: () => !figures || hurried > 0 || clock.monotonic() - figuresAt >= metricsEveryMs,
      written: () => {
        if (figures) figuresAt = clock.monotonic()
      },
      keep: (all, options) =>
        keepAll(
          all,
          {
            what: section,
            keep: (some) => keepRecords(store, section, some),
            sent: (some) => pending.sent({ records: { [section]: some } }),
            aside: (record, why) => pending.setAside({ section, record }, why),
            name: ({ id }) => id,
          },
          options,
        ),
    })
  }

  /** A try that comes late must not write into what is another's by now. What is said against the store is not said of what is kept. */
  async function stillOurs(options: Parameters<Write>[0]): Promise<void> {
    try {
      await ownership.sure({ ...options, once: true })
    } catch (error) {
      const isOfThing = isBreakroomError(error, 'refused') || isBreakroomError(error, 'unreadable')
      throw isOfThing ? new BreakroomError('unavailable', sentenceOf(error), { cause: error }) : error
    }
  }

  async function keepAll<T>(
    all: readonly T[],
    way: {
      what: string
      keep: (some: readonly T[]) => Promise<void>
      sent: (some: readonly T[]) => Promise<void>
      aside: (one: T, why: string) => Promise<void>
      name: (one: T) => string
    },
    options: Parameters<Write>[0],
  ): Promise<void> {
    const { what } = way
    // What is wrong with the store as a whole is not to be held against what was to be kept.
    await ownership.sure(options)
    await keepApart(
      all,
      async (some) => {
        await tries(async () => {
          await stillOurs(options)
          await way.keep(some)
        }, options)
        await askFile(() => way.sent(some))
        moved += some.length
        metrics.count('breakroom_state_kept_total', { what }, some.length)
      },
      async (one, error) => {
        const why = sentenceOf(error)
        await askFile(() => way.aside(one, why))
        moved += 1
        metrics.count('breakroom_state_aside_total', { what })
        log.error(
          { store: store.title, what, which: way.name(one), cause: why },
          'state: set aside, as the store behind will never take it',
        )
      },
    )
  }
}

/** The three sets take different records; which goes into which is known by the section alone. */
function keepRecords(store: OwnedStore, section: RecordSection, records: readonly unknown[]): Promise<void> {
  return store[section].keep(records as never)
}
