import type { Heartbeat } from '../../core/heartbeat.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Presence } from '../../ports/presence.ts'
import { everybody, type Stop } from '../../ports/stop-switch.ts'

/** What the desk can tell about the fleet, in one to three plain lines. */
export interface FleetReport {
  agents(): Promise<string>
  status(): Promise<string>
  /** The same for programs. */
  json(): Promise<FleetStatus>
  /** Why a role will not answer at once to what was handed to it, or null when it is here and at work. */
  absence(role: string, what: string): Promise<string | null>
}

interface FleetStatus {
  org: string
  roles: { role: string; state: 'here' | 'stopped' | 'offline'; on?: string | undefined; since?: string | undefined }[]
  troubles: string[]
}

export interface ReportParts {
  org: string
  roles: readonly string[]
  presence: Pick<Presence, 'list'>
  stops: KeyedState<Stop>
  /** Sentences about what is not as it should be; empty when all is well. */
  troubles: () => Promise<string[]>
}

/** A report over presence and the stops in force; read anew for each question. */
export function createFleetReport({ org, roles, presence, stops, troubles }: ReportParts): FleetReport {
  return {
    async agents() {
      const { here, stopped } = await look()
      const present = roles.filter((role) => here.has(role) && !stopped(role))
      const standing = roles.filter((role) => here.has(role) && stopped(role))
      const away = roles.filter((role) => !here.has(role))
      return [named('Here', present), named('Stopped', standing), named('Offline', away)].filter(Boolean).join('\n')
    },
    async status() {
      const { here, stopped } = await look()
      const standing = roles.filter((role) => here.has(role) && stopped(role)).length
      const wrong = [...(await troubles()), ...missing(here)]
      const health = wrong.length === 0 ? 'all is well' : `degraded: ${wrong.join('; ')}`
      const still = standing === 0 ? '' : `, ${standing === roles.length ? 'all' : standing} of them stopped`
      const present = roles.filter((role) => here.has(role)).length
      return `${org}: ${present} of ${roles.length} roles here${still}; ${health}.`
    },
    async json() {
      const [{ here, stopped }, wrong] = await Promise.all([look(), troubles()])
      const entries = roles.map((role) => {
        const heartbeat = here.get(role)
        const state = heartbeat === undefined ? 'offline' : stopped(role) ? 'stopped' : 'here'
        return { role, state: state as FleetStatus['roles'][number]['state'], on: heartbeat?.on, since: heartbeat?.at }
      })
      return { org, roles: entries, troubles: [...wrong, ...missing(here)] }
    },
    async absence(role, what) {
      const { here, stopped } = await look()
      if (!here.has(role)) return `${role} is offline; ${what} is kept, it answers when it is back.`
      return stopped(role) ? `${role} is stopped; ${what} is kept until it is resumed.` : null
    },
  }

  async function look(): Promise<{ here: Map<string, Heartbeat>; stopped: (role: string) => boolean }> {
    const [heartbeats, stopsNow] = await Promise.all([presence.list(), stops.entries()])
    return {
      here: new Map(heartbeats.map((heartbeat) => [heartbeat.role, heartbeat])),
      stopped: (role) => stopsNow.has(everybody) || stopsNow.has(role),
    }
  }

  /** A seat that nobody sits in is wrong too, whatever the parts say of themselves. */
  function missing(here: Map<string, Heartbeat>): string[] {
    const away = roles.filter((role) => !here.has(role))
    if (away.length === 0) return []
    if (away.length > 3) return [`${away.length} roles are offline`]
    return [`${away.join(', ')} ${away.length === 1 ? 'is' : 'are'} offline`]
  }

  function named(title: string, names: string[]): string {
    return names.length === 0 ? '' : `${title} (${names.length}): ${names.join(', ')}.`
  }
}
