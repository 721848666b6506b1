import type { SlackChannel, SlackSetup } from '../../adapters/slack/setup.ts'
import { isBreakroomError } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'

/** How a room's channel stands. `exposed`: the room is private and its channel is not, so that anybody could read along. */
export interface RoomStanding {
  room: string
  /** As breakroom.yaml names it. */
  channel: string
  /** Null when there is none that the app can see. */
  found: SlackChannel | null
  state: 'joined' | 'absent' | 'not-joined' | 'exposed'
  /** It was entered just now. */
  entered: boolean
}

/** Looks for the channels of rooms (room -> channel), and enters the public ones of public rooms when `enter` says so. */
export async function lookAtRooms(
  setup: SlackSetup,
  botToken: string,
  rooms: Record<string, string>,
  { fleet, enter }: { fleet: Pick<Fleet, 'rooms'>; enter: boolean },
): Promise<RoomStanding[]> {
  const channels = await setup.channels(botToken, Object.values(rooms))
  const standings: RoomStanding[] = []
  for (const [room, channel] of Object.entries(rooms)) {
    const found = channels.get(channel) ?? null
    const isPrivate = fleet.rooms[room]?.visibility === 'private'
    const entered = enter && !isPrivate && found !== null && !found.private && !found.joined && (await join(found.id))
    standings.push({ room, channel, found, state: stateOf(found, isPrivate, entered), entered })
  }
  return standings

  async function join(channel: string): Promise<boolean> {
    try {
      await setup.join(botToken, channel)
      return true
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) throw error
      return false
    }
  }
}

/** What is to be done about a channel, as a sentence; null when nothing is. `bot` is the name that people invite. */
export function roomRemedy({ channel, found, state }: RoomStanding, bot: string): string | null {
  const name = found === null ? channel : `#${found.name}`
  if (state === 'joined') return null
  if (state === 'exposed') return `make ${name} a private channel, or show the room elsewhere`
  if (state === 'not-joined') return `type "/invite @${bot}" in ${name}`
  return `make the channel ${name} in Slack if it is not there, and type "/invite @${bot}" in it`
}

function stateOf(found: SlackChannel | null, isPrivate: boolean, entered: boolean): RoomStanding['state'] {
  if (found === null) return 'absent'
  if (isPrivate && !found.private) return 'exposed'
  return found.joined || entered ? 'joined' : 'not-joined'
}
