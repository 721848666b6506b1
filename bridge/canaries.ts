import type { ChatEnvelope } from '../core/envelope.ts'
import { BreakroomError } from '../core/errors.ts'
import type { Platform } from '../core/fleet.ts'
import { type CanaryReply, canaryIn, canaryRequestSchema, flewAt, isCanary } from '../core/sweep/canary.ts'
import type { ChatNetwork, OwnLine, Voice } from '../ports/chat.ts'

/** What becomes of the canaries, the lines that the sweep sends through a room of their own to learn whether they are heard. */
export interface Canaries {
  /** Their room, or null when the fleet has none. */
  readonly room: string | null
  /** A line that is too old to show anything: others have been sent since. */
  isStale(line: ChatEnvelope): boolean
  /** A line was posted to its room, by this voice. */
  posted(line: ChatEnvelope, as: Voice, network: Pick<ChatNetwork, 'name' | 'hearsItself'>): void
  /** A line of ours was heard. */
  heard(line: OwnLine): void
  /** Answers what became of one. Throws `usage` when it is not asked for as agreed, and `unavailable` for one that flew before this process. */
  answer(data: unknown): CanaryReply
}

/** What became of one on one network. */
interface Fate {
  posted: Date | null
  /** Whether it is to come back: where it is not, that it was posted has to do. */
  comesBack: boolean
  heard: Date | null
}

const staleAfterMs = 15 * 60_000
const mostKnown = 50

/** Remembers the newest fifty. */
export function createCanaries(parts: {
  room: string | null
  platforms: readonly Pick<Platform, 'name' | 'rooms'>[]
  /** Whether the connection that hears a network is up. */
  isEarUp(network: string): boolean
  now(): Date
}): Canaries {
  const { room, platforms, isEarUp, now } = parts
  const fates = new Map<string, Map<string, Fate>>()
  const born = now()

  return {
    room,
    isStale: (line) => isCanary(line) && now().getTime() - Date.parse(line.time) > staleAfterMs,
    posted(line, as, network) {
      if (line.room.name !== room || !isCanary(line)) return
      const comesBack = network.hearsItself(as, room)
      Object.assign(fateOf(line.id, network.name), { posted: now(), comesBack })
    },
    heard(line) {
      const id = line.room === room ? canaryIn(line.text) : null
      if (id !== null) fateOf(id, line.network).heard ??= line.at
    },
    answer(data) {
      const asked = canaryRequestSchema.safeParse(data)
      if (!asked.success) throw new BreakroomError('usage', 'That is no id of a canary.')
      const known = fates.get(asked.data.id)
      if (known === undefined && flewAt(asked.data.id) < born) {
        throw new BreakroomError('unavailable', 'The bridge was started after that one flew.')
      }
      return { networks: platforms.map((platform) => told(platform, known?.get(platform.name))) }
    },
  }

  function fateOf(id: string, network: string): Fate {
    const known = fates.get(id) ?? new Map<string, Fate>()
    fates.set(id, known)
    const [oldest] = fates.keys()
    if (fates.size > mostKnown && oldest !== undefined) fates.delete(oldest)
    const fate = known.get(network) ?? { posted: null, comesBack: true, heard: null }
    known.set(network, fate)
    return fate
  }

  function told({ name, rooms }: Pick<Platform, 'name' | 'rooms'>, fate: Fate | undefined) {
    const { posted = null, heard = null, comesBack = true } = fate ?? {}
    const isEnough = heard === null && posted !== null && !comesBack && isEarUp(name)
    return {
      network: name,
      shows: room !== null && Object.hasOwn(rooms, room),
      posted: posted?.toISOString() ?? null,
      heard: (isEnough ? posted : heard)?.toISOString() ?? null,
      how: heard !== null ? ('heard' as const) : isEnough ? ('posted' as const) : null,
    }
  }
}
