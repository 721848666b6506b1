import type { Fleet } from '../core/fleet.ts'
import { houseLine, subjectOfLine } from '../core/house-line.ts'
import type { Role } from '../core/role.ts'
import { timersOf } from '../core/task/deadlines.ts'
import type { Task } from '../core/task/task.ts'
import { system } from '../core/task/world.ts'
import type { Artifacts } from '../ports/artifacts.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { Timers } from '../ports/timers.ts'
import type { WorkCounts } from '../ports/work-counts.ts'
import type { Book } from './book.ts'
import { createLetterDesk, type LetterDeskParts } from './dead-letters/letter-desk.ts'
import { createDeadlineKeeper } from './deadlines/keeper.ts'
import type { Moments } from './deadlines/moments.ts'
import type { Handlers } from './door.ts'
import { ringAgain } from './effects/ring-again.ts'
import { acceptDone } from './evidence/accept-done.ts'
import { createEvidence } from './evidence/create-evidence.ts'
import { guardedService } from './evidence/guarded-service.ts'
import type { RecorderParts } from './evidence/recorder.ts'
import type { ServeEvidenceParts } from './evidence/serve-evidence.ts'
import { createVerifier } from './evidence/verifier.ts'
import { createLostLeases } from './lost-leases.ts'
import { createQueueWatch } from './queue-watch.ts'
import { createSchedules } from './recurring/schedules.ts'
import type { TaskService } from './service.ts'

/** What a term needs for its work beside the commands. */
export interface BesideParts
  extends RecorderParts,
    Omit<ServeEvidenceParts, 'recorder' | 'benches' | 'world' | 'signal'>,
    Omit<LetterDeskParts, 'book' | 'service' | 'mustLead'> {
  roles: readonly Role[]
  fleet: Pick<Fleet, 'rooms' | 'time_zone' | 'limits'>
  artifacts: Artifacts
  /** Ring for deadlines, and for work that comes back. */
  timers: { deadlines: Timers; recurring: Timers }
  /** When deadlines are due, for all terms of this process. */
  moments: Moments
  counts: WorkCounts
  sleep: Sleep
  /** Called when deadlines are looked at from here because Redis does not ring, with a sentence, and with null when it does again. */
  onDegraded: (why: string | null) => void
}

/** Everything that goes on in a term beside answering commands: checks, deadlines, dead letters, recurring work, the queues. */
export interface Beside {
  /** The service as whoever asks reaches it. */
  guarded: TaskService
  /** What a task that is done came to counts from now on as what is usual. */
  accept(task: Task): Promise<void>
  /** A task has changed. */
  look(task: Task): void
  /** Begins; the book has caught up with the ledger. */
  begin(): Promise<void>
  handlers: Pick<Handlers, 'evidence' | 'letters' | 'letter' | 'retry_letter' | 'edit_letter' | 'drop_letter'>
  /** Resolves when nothing is under way any more, after the signal aborted. */
  idle(): Promise<void>
}

const queuesEveryMs = 5_000

export function createBeside(
  parts: BesideParts & { service: TaskService; book: Book; mustLead: () => void; signal: AbortSignal },
): Beside {
  const { service, book, world, timers, fleet, clock, signal } = parts
  const evidence = createEvidence(parts)
  const verifier = createVerifier({ ...parts, ...evidence })
  const letters = createLetterDesk(parts)
  const keeper = createDeadlineKeeper({
    ...parts,
    timers: timers.deadlines,
    tasks: () => book.live(),
    task: (key) => book.liveTask(key),
    timersOf: (task) => timersOf(task, world),
    ring: async ({ key, trace }, { id }) => {
      await service.command(key, { type: 'time_came', timer: id }, system, { id: `time:${id}`, trace, cause: null })
    },
  })
  const schedules = createSchedules({
    ...parts,
    timers: timers.recurring,
    timeZone: fleet.time_zone,
    rooms: fleet.rooms,
  })
  const lostLeases = createLostLeases(parts)
  let queues: ReturnType<typeof createQueueWatch> | null = null

  return {
    guarded: guardedService({ ...parts, ...evidence }),
    accept: (task) => acceptDone(evidence.recorder, task, signal),
    look(task) {
      verifier.look(task)
      keeper.look(task)
    },
    async begin() {
      for (const task of book.live()) verifier.look(task)
      letters.begin(signal)
      timers.recurring.ring(schedules.ring, signal)
      schedules.begin()
      queues = createQueueWatch({
        ...parts,
        everyMs: queuesEveryMs,
        ring: (doorbells) => ringAgain(parts, clock.now(), doorbells),
        onCounted: lostLeases.look,
        say,
      })
      await keeper.begin()
    },
    handlers: { ...letters.handlers, evidence: evidence.runs.answer },
    async idle() {
      await Promise.all([
        verifier.idle(),
        evidence.runs.idle(),
        letters.idle(),
        keeper.idle(),
        schedules.idle(),
        queues?.idle(),
      ])
    },
  }

  /** Says something in the home room. */
  async function say(id: string, text: string): Promise<void> {
    const room = { name: parts.homeRoom, visibility: 'public' as const }
    const line = houseLine({ id, source: 'tasks', at: clock.now(), room, text })
    await parts.bus.publish(subjectOfLine(parts.subjects, line), line)
  }
}
