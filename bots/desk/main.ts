import { createMemoryPresence } from '../../adapters/memory/presence.ts'
import { whenUp } from '../../adapters/nats/when-up.ts'
import { connectPart, presenceFor } from '../../adapters/process/connect-part.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { publicRooms } from '../../core/fleet.ts'
import { heartbeatSchema } from '../../core/heartbeat.ts'
import { answersQuestions, sweeps } from '../../core/role.ts'
import { desk } from '../../core/route.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { RunningPart } from '../../ports/part.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { takeSeat } from '../seat.ts'
import { askParts } from './ask-parts.ts'
import type { Draft } from './assigning.ts'
import { createFleetReport } from './fleet-report.ts'
import { createKnowledgeCommands } from './knowledge-commands.ts'
import { serveOperators } from './operators.ts'
import { createPatientDesk } from './patient-desk.ts'
import type { PendingCommand } from './pending-commands.ts'
import { presenceOrHeartbeats } from './presence-or-heartbeats.ts'
import { createStopper } from './stopper.ts'
import { createSweepAsking } from './sweep-asking.ts'
import { withWaiting } from './with-waiting.ts'

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
    troubles: async () => withWaiting(await askParts(bus, subjects), patient.count),
  })
  const rooms = publicRooms(fleet)
  const directory = roles.map(({ name, nick }) => ({ role: name, nick }))
  const seat = roles.find(answersQuestions)?.name ?? null
  const patient = createPatientDesk({
    bus,
    subjects,
    directory,
    rooms,
    report,
    stopper,
    knowledge: createKnowledgeCommands({ bus, subjects, seat, report }),
    drafts: keyed<Draft>('drafts'),
    pending: keyed<PendingCommand>('pending'),
    sweep: createSweepAsking({ bus, subjects, exists: roles.some(sweeps) }),
    checks: Object.keys(fleet.checks),
    clock,
    log,
    metrics,
    signal,
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
      await Promise.all([working, patient.ended()])
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
      subjects,
      stops: neverStopped,
      handle: patient.handle,
      epoch,
      clock,
      log,
      metrics,
      signal,
    })
  }
}
