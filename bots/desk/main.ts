import { createMemoryPresence } from '../../adapters/memory/presence.ts'
import { whenUp } from '../../adapters/nats/when-up.ts'
import { connectPart, presenceFor } from '../../adapters/process/connect-part.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { publicRooms } from '../../core/fleet.ts'
import { heartbeatSchema } from '../../core/heartbeat.ts'
import { desk } from '../../core/route.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { RunningPart } from '../../ports/part.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { takeSeat } from '../seat.ts'
import { askParts } from './ask-parts.ts'
import { createAskTasks } from './ask-tasks.ts'
import { createAssigning, type Draft } from './assigning.ts'
import { createDesk } from './desk.ts'
import { createFleetReport } from './fleet-report.ts'
import { serveOperators } from './operators.ts'
import { presenceOrHeartbeats } from './presence-or-heartbeats.ts'
import { createStopper } from './stopper.ts'
import { createTaskCommands } from './task-commands.ts'

/** The desk: answers commands in the rooms, and those of the command line. */
export async function startDesk(context: PartContext): Promise<RunningPart> {
  const { fleet, roles, clock, log, metrics } = context
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const { bus, keyed } = connectPart(context, 'desk')
  const heard = createMemoryPresence({ clock })
  const store = presenceFor(context)
  const control = keyed<Stop>('control')
  const stopper = createStopper(control, clock.now)
  const report = createFleetReport({
    org: fleet.org,
    roles: roles.map(({ name }) => name),
    presence: presenceOrHeartbeats(store, heard),
    stops: control,
    troubles: () => askParts(bus, subjects),
  })
  const rooms = publicRooms(fleet)
  const directory = roles.map(({ name, nick }) => ({ role: name, nick }))
  const ask = createAskTasks({ bus, subjects, monotonic: clock.monotonic })
  const checks = Object.keys(fleet.checks)
  const assigning = createAssigning({ ask, drafts: keyed<Draft>('drafts'), directory, checks, now: clock.now })
  const handle = createDesk({
    bus,
    subjects,
    directory,
    rooms,
    report,
    stopper,
    tasks: createTaskCommands({ ask, assigning, directory, now: clock.now }),
    metrics,
    now: clock.now,
  })
  bus.listen(
    subjects.anyStatus,
    (data) => {
      const parsed = heartbeatSchema.safeParse(data)
      if (!parsed.success) return
      const { role, state, epoch } = parsed.data
      void (state === 'leaving' ? heard.remove(role, epoch) : heard.record(parsed.data))
    },
    signal,
  )
  const working = work()
  void serveOperators({ bus, subjects, stopper, report, roles: roles.map(({ name }) => name), now: clock.now, signal })

  return {
    name: 'desk',
    ready: (timeoutMs) => whenUp(bus, context.natsUrl, timeoutMs),
    troubles: () => (bus.connected ? [] : ['the bus is away']),
    async stop() {
      ending.abort()
      await working
      await bus.close()
      await Promise.all([heard.close(), store.close()])
    },
  }

  async function work(): Promise<void> {
    // Commands go on while roles are stopped: otherwise nobody could resume them.
    const neverStopped = { stopOf: () => null, onChange: () => {} }
    const epoch = clock.now().getTime()
    await takeSeat({
      name: desk,
      bus,
      homeRoom: rooms[0] ?? null,
      subjects,
      stops: neverStopped,
      handle,
      epoch,
      clock,
      log,
      metrics,
      signal,
    })
  }
}
