import type { SlackPlace, SlackSetup } from '../../adapters/slack/setup.ts'
import { isBreakroomError } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'

/** How a room's channel stands. `exposed`: the room is private and its channel is not, so that anybody could read along. */
export interface RoomStanding {
  room: string
  channel: string
  place: SlackPlace | null
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
  const places = await setup.places(botToken, Object.values(rooms))
  const standings: RoomStanding[] = []
  for (const [room, channel] of Object.entries(rooms)) {
    const place = places.get(channel) ?? null
    const isPrivate = fleet.rooms[room]?.visibility === 'private'
    const entered = enter && !isPrivate && place !== null && !place.private && !place.joined && (await join(place.id))
    standings.push({ room, channel, place, state: stateOf(place, isPrivate, entered), entered })
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
export function roomRemedy({ channel, place, state }: RoomStanding, bot: string): string | null {
  const name = place === null ? channel : `#${place.name}`
  if (state === 'joined') return null
  if (state === 'exposed') return `make ${name} a private channel, or show the room elsewhere`
  if (state === 'not-joined') return `type "/invite @${bot}" in ${name}`
  return `make the channel ${name} in Slack if it is not there, and type "/invite @${bot}" in it`
}

function stateOf(place: SlackPlace | null, isPrivate: boolean, entered: boolean): RoomStanding['state'] {
  if (place === null) return 'absent'
  if (isPrivate && !place.private) return 'exposed'
  return place.joined || entered ? 'joined' : 'not-joined'
}
