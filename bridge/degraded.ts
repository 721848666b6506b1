import type { Platform } from '../core/fleet.ts'
import type { ChatHandlers, ChatNetwork } from '../ports/chat.ts'
import type { Degraded } from './say-degraded.ts'

/** Which connections are down, and why. */
export interface DownVoices {
  note(state: Parameters<ChatHandlers['onConnection']>[0]): void
  isEarUp(network: string): boolean
  /** Why a role's connection is down, or null while it is up. */
  reasonOf(network: string, role: string): string | null
}

export function createDownVoices(): DownVoices {
  const ears = new Set<string>()
  const roles = new Map<string, string>()

  return {
    note({ network, voice, up, reason = 'no reason is known' }) {
      if (voice.kind === 'ear') {
        if (up) ears.delete(network)
        else ears.add(network)
        return
      }
      const key = `${network} ${voice.role}`
      if (up) roles.delete(key)
      else roles.set(key, reason.replace(/\.$/, ''))
    },
    isEarUp: (network) => !ears.has(network),
    reasonOf: (network, role) => roles.get(`${network} ${role}`) ?? null,
  }
}

/** What the bridge says out loud while it lasts: the bus away, a network away, a role's own app away. */
export function degradations(parts: {
  platforms: readonly Platform[]
  networks: readonly ChatNetwork[]
  down: DownVoices
  bus: { readonly connected: boolean }
  acceptor: { readonly waiting: number }
  /** A room in which nobody is told anything. */
  quiet?: string | null
}): Degraded[] {
  const { platforms, networks, down, bus, acceptor, quiet = null } = parts
  return [busAway(), ...networks.map(networkAway), ...platforms.flatMap(roleAppsAway)]

  function busAway(): Degraded {
    return {
      key: 'bus',
      afterMs: 3_000,
      holds: () => !bus.connected || acceptor.waiting > 0,
      began: () =>
        bus.connected
          ? 'The bus takes nothing at the moment: what you say is kept on disk, answers wait.'
          : 'The bus is away: what you say is kept on disk, answers wait until it is back.',
      ended: () => 'The bus is back; what was kept has been handed on.',
      rooms: roomsOf(platforms),
    }
  }

  function networkAway({ name }: ChatNetwork): Degraded {
    return {
      key: `network ${name}`,
      afterMs: 10_000,
      holds: () => !down.isEarUp(name),
      began: () => `I cannot reach ${name}: what is said here is kept for it.`,
      ended: () => `${name} is back; what was kept is on its way.`,
      rooms: roomsOf(platforms.filter((platform) => platform.name !== name)),
    }
  }

  /** While a role's own app is away, what people write to it alone does not arrive. On IRC its nick shows that. */
  function roleAppsAway(platform: Platform): Degraded[] {
    if (platform.kind !== 'slack') return []
    const { name } = platform
    return Object.keys(platform.roles).map((role) => ({
      key: `app of ${role} on ${name}`,
      afterMs: 10_000,
      holds: () => down.reasonOf(name, role) !== null,
      isUnclear: () => !down.isEarUp(name),
      began: () =>
        `${role}'s own app on ${name} is away (${down.reasonOf(name, role)}): it speaks through mine, and cannot be written to alone. "npx breakroom slack init --role ${role}" mends it.`,
      ended: () => `${role}'s own app on ${name} is back.`,
      rooms: roomsOf(platforms),
    }))
  }

  function roomsOf(shown: readonly Platform[]): Degraded['rooms'] {
    return shown.flatMap(({ name, rooms }) => {
      const network = networks.find((one) => one.name === name)
      if (network === undefined) return []
      const told = Object.keys(rooms).filter((room) => room !== quiet)
      return told.map((room) => ({ network, room, reachable: () => down.isEarUp(name) }))
    })
  }
}
