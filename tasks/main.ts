import { join } from 'node:path'
import { createArtifacts } from '../adapters/disk/artifacts.ts'
import { createWorkTree } from '../adapters/git/work-tree.ts'
import { createMemoryTimers } from '../adapters/memory/timers.ts'
import { whenUp } from '../adapters/nats/when-up.ts'
import { connectPart, timersFor } from '../adapters/process/connect-part.ts'
import { followStops } from '../adapters/process/follow-stops.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { createPrograms } from '../adapters/process/programs.ts'
import { createSqliteTaskStorage } from '../adapters/sqlite/task-store.ts'
import { sentenceOf } from '../core/errors.ts'
import type { SignedRun } from '../core/evidence/run.ts'
import { publicRooms } from '../core/fleet.ts'
import { tiersOf } from '../core/person.ts'
import { redact } from '../core/redact.ts'
import { roleLimit } from '../core/role-limit.ts'
import { orgSubjects, subjectToken } from '../core/subject.ts'
import { taskWorld } from '../core/task/world.ts'
import type { RunningPart } from '../ports/part.ts'
import type { Stop } from '../ports/stop-switch.ts'
import { createMoments } from './deadlines/moments.ts'
import type { WrittenBack } from './progress.ts'
import { createRebuilds } from './rebuilds.ts'
import { createRefills } from './refill.ts'
import { serveTerm } from './term.ts'

/** Many tasks take a moment to read. */
const beginsWithinMs = 5_000

/** The task service. Of several processes one serves; the others wait for its lead. */
export async function startTasks(context: PartContext): Promise<RunningPart> {
  const { fleet, roles, clock, log, metrics } = context
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const { bus, keyed, ledger, leadership, counter, deadLetters, workCounts } = connectPart(context, 'tasks')
  const timers = { deadlines: timersFor(context), recurring: createMemoryTimers({ clock }) }
  const storage = createSqliteTaskStorage({ file: join(context.taskFolder, 'tasks.sqlite'), clock, log })
  const tasks = ledger(fleet.org)
  const cursors = keyed<number>('cursors')
  const writtenBack = keyed<WrittenBack>('cursors')
  const { sleep } = context
  const refills = createRefills({ bus, ledger: tasks, cursors, writtenBack, subjects, sleep, log, metrics })
  let trouble: string | null = null
  /** Why deadlines are looked at from here. */
  let degraded: string | null = null
  /** Since when this process leads and does not answer yet. */
  let beginningSince: number | null = null
  const status = {
    subject: subjects.service('tasks', 'status'),
    handler: async () => ({ part: 'tasks', troubles: troubles() }),
  }
  const working = work()
  working.catch((error) => {
    trouble = `the task service ended: ${sentenceOf(error)}`
    log.error({ cause: sentenceOf(error) }, 'the task service ended')
  })

  return {
    name: 'tasks',
    ready: (timeoutMs) => whenUp(bus, context.natsUrl, timeoutMs),
    troubles,
    async stop() {
      ending.abort()
      await working.catch(() => {})
      await Promise.all([bus.close(), timers.deadlines.close(), timers.recurring.close()])
    },
  }

  async function work(): Promise<void> {
    const stops = await followStops(keyed<Stop>('control'), signal)
    if (signal.aborted) return
    const parts = {
      bus,
      ledger: tasks,
      storage,
      cursors,
      writtenBack,
      labels: counter('tasks'),
      subjects,
      world: taskWorld(roles, fleet),
      limits: new Map(roles.map((role) => [role.name, roleLimit(role)])),
      roleOfToken: new Map(roles.map(({ name }) => [subjectToken(name), name])),
      homeRoom: publicRooms(fleet)[0] ?? '',
      programs: createPrograms({
        redact,
        clock,
        hostEnvironment: context.programEnvironment,
        house: context.runFolder,
      }),
      checks: fleet.checks,
      workspace: context.workspace,
      timeLimitMs: fleet.limits.check_minutes * 60_000,
      stops,
      roles,
      fleet,
      artifacts: createArtifacts(),
      workTree: createWorkTree({ hostEnvironment: context.programEnvironment }),
      signingKey: context.evidenceKey,
      kept: keyed<SignedRun>('evidence'),
      letters: deadLetters(fleet.org),
      states: keyed<unknown>('letters'),
      numbers: counter('letters'),
      people: tiersOf(fleet.people),
      rooms: new Set(publicRooms(fleet)),
      timers,
      moments: createMoments({ clock, log }),
      counts: workCounts(
        fleet.org,
        roles.map(({ name }) => name),
      ),
      sleep,
      onDegraded(why: string | null) {
        degraded = why
      },
      rebuilds: createRebuilds({ ledger: tasks, storage, subjects, clock, log, metrics }),
      refills,
      more: { status },
      onServing(serving: boolean) {
        // However often it is begun anew.
        beginningSince = serving ? null : (beginningSince ?? clock.monotonic())
      },
      clock,
      log,
      metrics,
    }
    await leadership.lead(
      'tasks',
      async (term) => {
        try {
          trouble = null
          beginningSince = clock.monotonic()
          await serveTerm(parts, term)
        } catch (error) {
          trouble = `the task service could not begin: ${sentenceOf(error)}`
          throw error
        } finally {
          beginningSince = null
          degraded = null
        }
      },
      signal,
    )
  }

  function troubles(): string[] {
    const missing = refills.trouble()
    const isSlow = beginningSince !== null && clock.monotonic() - beginningSince > beginsWithinMs
    return [
      ...(bus.connected ? [] : ['the bus is away']),
      ...(trouble === null ? [] : [trouble]),
      ...(missing === null ? [] : [missing]),
      ...(degraded === null ? [] : ['redis is away, deadlines are looked at every 15 s']),
      ...(isSlow ? ['the task service does not answer yet'] : []),
    ]
  }
}
