import { whenUp } from '../adapters/nats/when-up.ts'
import { connectPart } from '../adapters/process/connect-part.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { publicRooms } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'
import { orgSubjects } from '../core/subject.ts'
import type { Bus } from '../ports/bus.ts'
import type { RunningPart } from '../ports/part.ts'
import { createRoleBot } from './role-bot.ts'
import { takeSeat } from './seat.ts'
import { followStops, type Stop, type StopSwitch } from './stop-switch.ts'

/** The roles' bots: each with a connection and rights of its own, so that none can speak for another. */
export async function startBots(context: PartContext, only?: string): Promise<RunningPart> {
  const { fleet, clock, log, metrics } = context
  const roles = context.roles.filter(({ name }) => only === undefined || name === only)
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const house = connectPart(context, 'bots')
  const epoch = clock.now().getTime()
  const seats = roles.map((role) => {
    const user = `role-${role.name}`
    return { role, bus: connectPart(context, user).bus }
  })
  const buses = seats.map(({ bus }) => bus)
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
    if (!signal.aborted) await Promise.all(seats.map(({ role, bus }) => seat(role, bus, stops)))
  }

  function seat(role: Role, bus: Bus, stops: StopSwitch): Promise<void> {
    const { name } = role
    const card = { name, mission: role.mission, reportsTo: role.reports_to }
    const handle = createRoleBot({ name, card, bus, subjects, metrics, now: clock.now })
    const homeRoom = role.rooms.find((room) => publicRooms(fleet).includes(room)) ?? null
    return takeSeat({ name, bus, homeRoom, subjects, stops, handle, epoch, clock, log, metrics, signal })
  }
}
