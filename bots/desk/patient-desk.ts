import type { InboxEnvelope } from '../../core/handover.ts'
import type { BusHealth, Publisher, Services } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import { type AskTasks, createTaskAsking, isTasksAway, type Patience } from './ask-tasks.ts'
import { createAssigning, type Draft } from './assigning.ts'
import { createDesk, type DeskParts } from './desk.ts'
import { createLetterCommands } from './letter-commands.ts'
import { createPendingCommands, type PendingCommand, type PendingCommands } from './pending-commands.ts'
import { type AskSweep, isSweepUnderWay, type SweepAsking } from './sweep-asking.ts'
import { createTaskCommands } from './task-commands.ts'

export interface PatientDeskParts extends Omit<DeskParts, 'bus' | 'tasks' | 'letters' | 'sweep' | 'now'> {
  bus: Publisher & Services & BusHealth
  drafts: KeyedState<Draft>
  pending: KeyedState<PendingCommand>
  sweep: SweepAsking
  checks: readonly string[]
  patience?: Patience
  giveUpAfterMs?: number
  clock: Clock
  log: Log
  signal: AbortSignal
}

/** The desk, and what waits at it. */
export interface PatientDesk extends Pick<PendingCommands, 'count' | 'ended'> {
  handle(item: InboxEnvelope): Promise<void>
}

/**
 * A desk that nobody waits at for the task service or the sweep: a command that is not answered soon is kept and done later, by a desk that
 * is the same but for its patience. Doing a kept item is like having it delivered again.
 */
export function createPatientDesk(parts: PatientDeskParts): PatientDesk {
  const { clock, drafts, directory, checks, sweep } = parts
  const { now } = clock
  const asking = createTaskAsking({ ...parts, monotonic: clock.monotonic })
  const pending = createPendingCommands({
    ...parts,
    state: parts.pending,
    attempt: ({ item, at }) => deskOver(asking.once, sweep.once, () => new Date(at), nothing)(item),
    isAway: asking.isAway,
  })
  const handleSoon = deskOver(asking.soon, sweep.soon, now, pending.holdUp)

  return {
    async handle(item) {
      try {
        await handleSoon(item)
      } catch (error) {
        if (isTasksAway(error)) await pending.keep(item, 'tasks')
        else if (isSweepUnderWay(error)) await pending.keep(item, 'sweep')
        else throw error
      }
    },
    get count() {
      return pending.count
    },
    ended: pending.ended,
  }

  function deskOver(ask: AskTasks, askSweep: AskSweep, heardAt: () => Date, isHeldUp: PendingCommands['holdUp']) {
    const assigning = createAssigning({ ask, drafts, directory, checks, now, heardAt })
    const tasks = createTaskCommands({ ask, assigning, isHeldUp, directory, now })
    return createDesk({ ...parts, now, tasks, sweep: askSweep, letters: createLetterCommands({ ask, isHeldUp, now }) })
  }
}

/** What is first in its queue waits behind nothing. */
async function nothing(): Promise<boolean> {
  return false
}
