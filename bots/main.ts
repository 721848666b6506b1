import { createDiskRunJournal } from '../adapters/disk/run-journal.ts'
import { whenUp } from '../adapters/nats/when-up.ts'
import { connectPart } from '../adapters/process/connect-part.ts'
import { followStops } from '../adapters/process/follow-stops.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { createPrograms } from '../adapters/process/programs.ts'
import { BreakroomError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import { answersQuestions, type Role, sweeps } from '../core/role.ts'
import { orgSubjects } from '../core/subject.ts'
import type { Bus } from '../ports/bus.ts'
import type { RunningPart } from '../ports/part.ts'
import type { Stop, StopSwitch } from '../ports/stop-switch.ts'
import { createActivity } from './activity.ts'
import { createKnowledgeBot } from './knowledge/knowledge-bot.ts'
import { hearRestarts } from './restarts.ts'
import { createRoleBot } from './role-bot.ts'
import { takeSeat } from './seat.ts'
import { type CommandBrain, createCommandBrain } from './worker/command-brain.ts'
import { createNoBrain } from './worker/no-brain.ts'
import { createTaskService } from './worker/task-service.ts'
import { takeTasks } from './worker/worker.ts'

interface Seat {
  role: Role
  /** The program that does its work; null where people do. */
  command: CommandBrain | null
  bus: Bus
}

/** The roles' bots: each with a connection and rights of its own, so that none can speak for another. */
export async function startBots(context: PartContext, only?: string): Promise<RunningPart> {
  const { fleet, clock, log, metrics } = context
  const roles = context.roles.filter(({ name }) => only === undefined || name === only)
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const house = connectPart(context, 'bots')
  const epoch = clock.now().getTime()
  const instance = context.newId()
  const programs = createPrograms({
    redact,
    clock,
    hostEnvironment: context.programEnvironment,
    house: context.runFolder,
  })
  const journal = createDiskRunJournal({ folder: context.runFolder, clock })
  const leaseMs = fleet.limits.task_lease_seconds * 1_000
  const seats = roles.map((role): Seat => {
    const user = `role-${role.name}`
    return { role, command: commandOf(role), bus: connectPart(context, user).bus }
  })
  const buses = seats.map(({ bus }) => bus)
  const withButtons = new Set(fleet.platforms.flatMap(({ kind, name }) => (kind === 'slack' ? name : [])))
  const restartsOf = hearRestarts({ bus: house.bus, subjects, metrics, signal })
  const working = work()

  return {
    name: 'bots',
    async ready(timeoutMs) {
      await whenUp(house.bus, context.natsUrl, timeoutMs)
      await Promise.all(buses.map((bus) => whenUp(bus, context.natsUrl, timeoutMs)))
    },
    troubles: () => {
      const away = buses.filter((bus) => !bus.connected).length
      return away === 0 ? [] : [`${away} of ${buses.length} bots are cut off from the bus`]
    },
    async stop() {
      ending.abort()
      await working
      await Promise.all([house.bus, ...buses].map((bus) => bus.close()))
    },
  }

  async function work(): Promise<void> {
    const stops = await followStops(house.keyed<Stop>('control'), signal)
    if (!signal.aborted) await Promise.all(seats.map((one) => seat(one, stops)))
  }

  async function seat({ role, command, bus }: Seat, stops: StopSwitch): Promise<void> {
    const { name } = role
    const activity = createActivity()
    const restarts = restartsOf(name)
    const parts = { name, bus, subjects, stops, activity, restarts, clock, log, metrics, signal }
    const service = createTaskService(bus, subjects, name, metrics)
    const brain =
      command === null
        ? createNoBrain({ ...parts, service })
        : createCommandBrain({ ...parts, service, instance, command, programs, journal, lookEveryMs: leaseMs / 4 })
    const { mission, reports_to: reportsTo } = role
    const card = { name, mission, reportsTo, command: command?.name ?? null, sweeps: sweeps(role) }
    const handle = answersQuestions(role)
      ? createKnowledgeBot({ ...parts, card, withButtons, links: fleet.links })
      : createRoleBot({ name, card, bus, subjects, metrics, now: clock.now })
    await Promise.all([takeSeat({ ...parts, handle, epoch, brain }), takeTasks({ ...parts, service, brain, leaseMs })])
  }

  function commandOf({ name, brain }: Role): CommandBrain | null {
    if (brain.kind !== 'command') return null
    const argv = fleet.checks[brain.command]
    if (argv === undefined) {
      throw new BreakroomError('config_invalid', `roles/${name}.yaml: there is no check "${brain.command}".`)
    }
    const workspace = () => context.workspace(name)
    return { name: brain.command, argv, workspace, timeLimitMs: brain.minutes * 60_000 }
  }
}
