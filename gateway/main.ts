import { connectPart } from '../adapters/process/connect-part.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import type { ExposedMetrics } from '../adapters/prometheus/metrics.ts'
import { portBusy as portBusyNamed } from '../adapters/servers/port-busy.ts'
import type { Fleet } from '../core/fleet.ts'
import { orgSubjects } from '../core/subject.ts'
import type { Bus } from '../ports/bus.ts'
import type { RunningPart } from '../ports/part.ts'
import { healthOf } from './health.ts'
import { listen } from './http.ts'
import { followRemoteParts } from './remote-parts.ts'
import { createSlackDoor, type SlackDoor } from './slack-door.ts'

/** Where the gateway listens, and whose metrics it shows. */
export interface GatewayOptions {
  host: string
  port: number
  metrics: ExposedMetrics
}
export type Gateway = RunningPart & { port: number }

const portBusy = (host: string, port: number) => portBusyNamed(host, port, 'BREAKROOM_HTTP_PORT')

/** The gateway of a whole fleet: it shows health before there is a bus, and is told when there is one. */
export interface FleetGateway extends Gateway {
  /** From now on requests are handed to the parts of this fleet. */
  attach(context: PartContext): Promise<void>
}

/** The gateway of the parts in this process: health and metrics; attached to a fleet, also the door for Slack's requests. */
export async function startGateway(
  options: GatewayOptions & { parts: () => readonly RunningPart[] },
): Promise<FleetGateway> {
  const { host, port, metrics } = options
  let bus: Bus | null = null
  let door: SlackDoor | null = null
  const health = () => healthOf(options.parts())
  const slack: SlackDoor = async (request) => door?.(request) ?? null
  const server = await listen({ host, port, metrics: metrics.text, health, slack, portBusy })
  return {
    ...gatewayAt(server.port),
    async attach(context) {
      const before = bus
      bus = isReachedByRequests(context.fleet) ? connectPart(context, 'gateway').bus : null
      door = bus === null ? null : createSlackDoor({ bus, subjects: orgSubjects(context.fleet.org) })
      await before?.close()
    },
    async stop() {
      await server.close()
      await bus?.close()
    },
  }
}

/** The gateway as a process of its own: it asks the parts over the bus. */
export async function startLoneGateway(
  context: PartContext,
  { host, port, metrics }: GatewayOptions,
): Promise<Gateway> {
  const ending = new AbortController()
  const { bus } = connectPart(context, 'gateway')
  const subjects = orgSubjects(context.fleet.org)
  const remote = followRemoteParts(bus, subjects, ending.signal)
  const slack = isReachedByRequests(context.fleet) ? createSlackDoor({ bus, subjects }) : null
  const health = () => healthOf(remote.current())
  const server = await listen({ host, port, metrics: metrics.text, health, slack, portBusy })
  return {
    ...gatewayAt(server.port),
    async stop() {
      ending.abort()
      await server.close()
      await bus.close()
    },
  }
}

/** A gateway is there as soon as it listens, and has no troubles of its own. */
function gatewayAt(port: number): Omit<Gateway, 'stop'> {
  return { name: 'gateway', port, ready: async () => {}, troubles: () => [] }
}

function isReachedByRequests({ platforms }: Fleet): boolean {
  return platforms.some((platform) => platform.kind === 'slack' && platform.mode === 'http')
}
