import { dirname } from 'node:path'
import { createDiskSpace } from '../../adapters/disk/disk-space.ts'
import { whenUp } from '../../adapters/nats/when-up.ts'
import { connectPart } from '../../adapters/process/connect-part.ts'
import { followStops } from '../../adapters/process/follow-stops.ts'
import { createLeftovers } from '../../adapters/process/leftovers.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { sentenceOf } from '../../core/errors.ts'
import { publicRooms } from '../../core/fleet.ts'
import { type Role, sweeps } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import { reportOf } from '../../core/sweep/organs.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import { canaryRoom, thresholdsOf } from '../../core/sweep/settings.ts'
import { taskWorld } from '../../core/task/world.ts'
import type { RunningPart } from '../../ports/part.ts'
import type { Stop, StopSwitch } from '../../ports/stop-switch.ts'
import { createAftercare } from './aftercare.ts'
import { createCanary } from './canary.ts'
import { createDoctor, type Doctor } from './doctor.ts'
import { createHeartbeats } from './heartbeats.ts'
import { look } from './look.ts'
import { lookAtOrgans } from './organs.ts'
import { createSay } from './say.ts'
import { createSteadyPast } from './steady-past.ts'
import { sweepOnce } from './sweep-once.ts'
import { treat } from './treat.ts'
import { watchedTasks } from './watched-tasks.ts'

/** What is written down between a jump of the clock and the next look at it is taken for older than it is. */
const clockEveryMs = 5_000

/** The sweep. Of several processes one sweeps; the others listen, and wait for its lead. A fleet without a role for it is not swept. */
export async function startSweep(context: PartContext): Promise<RunningPart> {
  const role = context.roles.find(sweeps)
  return role === undefined ? nobodySweeps(context) : sweepAs(context, role)
}

function sweepAs(context: PartContext, role: Role): RunningPart {
  const { fleet, roles, clock, sleep, log, metrics } = context
  const { name } = role
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const { bus, keyed, revised, leadership, queueStates } = connectPart(context, 'sweep')
  const own = connectPart(context, `role-${name}`).bus
  const heartbeats = createHeartbeats({ bus, subjects, clock, signal })
  const past = createSteadyPast(clock)
  const watchingClock = setInterval(past.look, clockEveryMs)
  const memory = revised('sweeps')
  const rooms = publicRooms(fleet)
  const flies = canaryRoom(fleet)
  const home = rooms.find((room) => room !== flies) ?? rooms[0] ?? ''
  const say = createSay({ own, role, room: home, clock })
  const canary = createCanary({
    bus,
    own,
    subjects,
    role,
    room: flies === null ? null : { name: flies, visibility: fleet.rooms[flies]?.visibility ?? 'public' },
    clock,
    log,
  })
  const leftovers = createLeftovers({ house: context.runFolder })
  const aftercare = createAftercare({ role: name, own, say, memory, leftovers, canary, log })
  const organParts = {
    bus,
    own,
    subjects,
    // The home, where everything lies.
    disk: createDiskSpace({ folder: dirname(context.taskFolder) }),
    leftovers,
    canary,
  }
  const everyMs = fleet.sweep.every_minutes * 60_000
  let doctor: Doctor | null = null
  let trouble: string | null = null
  const working = work()
  working.catch((error) => {
    trouble = `the sweep ended: ${sentenceOf(error)}`
    log.error({ cause: sentenceOf(error) }, 'the sweep ended')
  })

  return {
    name: 'sweep',
    async ready(timeoutMs) {
      await Promise.all([bus, own].map((one) => whenUp(one, context.natsUrl, timeoutMs)))
    },
    troubles: () => [
      ...(doctor?.troubles() ?? (bus.connected ? [] : ['the bus is away'])),
      ...(own.connected ? [] : ['the role that sweeps is cut off from the bus']),
      ...(trouble === null ? [] : [trouble]),
    ],
    async stop() {
      ending.abort()
      clearInterval(watchingClock)
      await working.catch(() => {})
      await Promise.all([bus.close(), own.close()])
    },
  }

  async function work(): Promise<void> {
    const stops = await followStops(keyed<Stop>('control'), signal)
    if (signal.aborted) return
    doctor = createDoctor({
      bus,
      subjects,
      leadership,
      memory,
      everyMs,
      listeningSince: () => heartbeats.capture().listeningSince,
      sweep: (asked, current) => sweep(stops, asked, current),
      clock,
      sleep,
      log,
      metrics,
      signal,
    })
    await doctor.ended
  }

  async function sweep(stops: StopSwitch, asked: boolean, current: () => boolean): Promise<SweepReport> {
    const mayAct = () => stops.stopOf(name) === null
    const treating = {
      role: name,
      own,
      bus,
      subjects,
      say,
      mayTell: role.rooms.every((room) => rooms.includes(room)),
      mayAct: () => current() && mayAct(),
    }
    const id = `watch:${context.newId()}`
    const seeing = look({
      roles,
      world: taskWorld(roles, fleet),
      stops,
      heartbeats,
      queueStates: queueStates(
        fleet.org,
        roles.map((one) => one.name),
      ),
      watched: () => watchedTasks({ bus: own, subjects, role: name }, id),
      past,
      clock,
    })
    const found = lookAtOrgans(organParts, seeing)
    const report = await sweepOnce(
      {
        look: async () => (await seeing).fleet,
        organs: async () => (await found).organs.map(reportOf),
        memory,
        treat: (stall, move) => treat(treating, stall, move),
        thresholds: (one) => thresholdsOf(one, fleet.sweep),
        everyMs,
        clock,
        asOfNow: past.asOfNow,
        current,
        mayAct,
        log,
        metrics,
      },
      asked,
    )
    if (!current()) return report
    await aftercare.publish(report)
    if (treating.mayAct()) await aftercare.act(report, await found)
    return report
  }
}

/** Nothing is wrong where nobody wants a sweep; it says so when it is asked. */
function nobodySweeps(context: PartContext): RunningPart {
  const ending = new AbortController()
  const { bus } = connectPart(context, 'sweep')
  const status = {
    subject: orgSubjects(context.fleet.org).service('sweep', 'status'),
    handler: async () => ({ part: 'sweep', troubles: [] }),
  }
  const serving = bus.serve('sweep', { status }, ending.signal)
  return {
    name: 'sweep',
    ready: (timeoutMs) => whenUp(bus, context.natsUrl, timeoutMs),
    troubles: () => [],
    async stop() {
      ending.abort()
      await serving
      await bus.close()
    },
  }
}
