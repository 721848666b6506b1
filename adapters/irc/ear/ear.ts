import type { ChatHandlers } from '../../../ports/chat.ts'
import type { IrcNetworkOptions } from '../options.ts'
import type { OwnSessions } from '../ours/own-sessions.ts'
import type { SeenPosts } from '../ours/seen-posts.ts'
import { historyOf, type OpenBatch } from '../wire/batches.ts'
import type { Connection } from '../wire/connection.ts'
import { type IrcLine, tagOf, timeOf } from '../wire/line.ts'
import type { Sayable } from '../wire/send-queue.ts'
import { createAttendance } from './attendance.ts'
import { createEarRoom, type EarRoom } from './ear-room.ts'
import { heardLine } from './heard-text.ts'
import type { Members } from './members.ts'
import { createPastReader } from './past.ts'

/** The ear's side of a network: rooms with their past, who is here, whose lines are ours. */
export interface Ear {
  /** A line on the ear's connection. */
  onLine(line: IrcLine, batch: OpenBatch | null): void
  onClosed(lastHeard: Date): void
  room(channel: string): EarRoom | undefined
  /** Every room is live. */
  readonly live: boolean
}

export interface EarOptions {
  network: Pick<IrcNetworkOptions, 'name' | 'rooms' | 'heardUpTo' | 'log' | 'clock'>
  connection(): Connection<Sayable> | null
  fold(name: string): string
  handlers(): ChatHandlers
  members: Members
  own: OwnSessions
  seen: SeenPosts
  /** A line of the past that is ours by its account, or by its nick where the network carries no stamps. */
  isOursOfOld(line: IrcLine): boolean
  /** Our own line in a room, without a stamp. */
  onOwnText(nick: string, channel: string, text: string, id: string | null): void
}

/** Ergo shows joins of the past as messages of this made-up user to those who did not ask for events. */
const historyServant = 'HistServ!HistServ@localhost'

/** Makes the ear's side. It connects nothing: it reads the lines of the ear's connection and asks for the past of its rooms. */
export function createEar(options: EarOptions): Ear {
  const { network, fold, handlers, members, own, seen } = options
  const { clock, log } = network
  const past = createPastReader(options)

  const rooms = new Map(
    [...network.rooms].map(([name, channel]) => {
      const room = createEarRoom({
        now: () => clock.now(),
        take: (line, replayed) => take(line, name, channel, replayed),
        learn: (line) => void seen.learn(channel, line),
        gap: (span) => guarded(() => handlers().onGap({ network: network.name, room: name, ...span })),
      })
      return [channel, { name, room }] as const
    }),
  )
  const find = (shown: string) => rooms.get(shown) ?? [...rooms].find(([channel]) => fold(channel) === fold(shown))?.[1]

  const guarded = (call: () => void) => {
    try {
      call()
    } catch (error) {
      log.error({ network: network.name, error: String(error) }, 'a handler threw')
    }
  }
  const endSession = (nick: string, host: string) =>
    guarded(() => handlers().onSessionEnd({ network: network.name, nick, host }))
  const follow = createAttendance({ members, own, endSession })

  const take = (line: IrcLine, room: string, channel: string, replayed: boolean) => {
    const stamped = seen.learn(channel, line)
    const ours = replayed ? stamped || options.isOursOfOld(line) : own.isOurs(line.nick, line.host)
    if (ours) {
      const text = line.params[1] ?? ''
      if (!stamped) options.onOwnText(line.nick, channel, text, tagOf(line, 'msgid'))
      guarded(() => handlers().onOwn?.({ network: network.name, room, text, at: clock.now() }))
      return
    }
    const where = { network: network.name, room, heardBy: { kind: 'ear' }, replayed, now: () => clock.now() } as const
    const said = heardLine(line, where)
    if (said !== null) guarded(() => handlers().onLine(said))
  }

  const message = (line: IrcLine, batch: OpenBatch | null) => {
    const channel = line.params[0] ?? ''
    const room = find(channel)?.room
    if (room === undefined) return
    if (historyOf(batch) === null) return room.said(line)
    if (line.prefix !== historyServant && !past.takes(channel, line)) room.replayed(line)
  }

  const ownJoin = (channel: string, joinedAt: Date) => {
    const found = find(channel)
    const connection = options.connection()
    if (found === undefined || connection === null) return
    own.prune()
    members.forgetRoom(channel)
    found.room.reading()
    past.catchUp({ ...found, channel, joinedAt }, connection).catch((error) => {
      log.error({ network: network.name, channel, error: String(error) }, 'the past of a room could not be read')
      connection.abort('the past of a room could not be read')
    })
  }

  /** Who stays in the room may now change nicks unseen. */
  const ownLeave = (channel: string) => {
    find(channel)?.room.left(clock.now())
    members.forgetRoom(channel)
    endSession('*', '*')
  }

  return {
    onLine(line, batch) {
      const connection = options.connection()
      const [first = '', second = ''] = line.params
      switch (line.command) {
        case 'PRIVMSG':
          return message(line, batch)
        case 'BATCH':
          if (batch?.type === 'chathistory' && !first.startsWith('+')) past.answered(batch.params[0] ?? '')
          return
        case 'FAIL':
          return first === 'CHATHISTORY' ? past.refused() : undefined
        case '324':
          return line.params[2]?.includes('H') && historyMode(connection) ? past.replays(second) : undefined
        case 'JOIN':
          if (line.nick === connection?.nick) ownJoin(first, timeOf(line) ?? clock.now())
          return follow(line)
        case 'PART':
          return line.nick === connection?.nick ? ownLeave(first) : follow(line)
        case 'KICK':
          return second === connection?.nick ? ownLeave(first) : follow(line)
        default:
          return follow(line)
      }
    },
    onClosed(lastHeard) {
      past.end()
      members.clear()
      for (const { room } of rooms.values()) room.left(lastHeard)
      endSession('*', '*')
    },
    room: (channel) => find(channel)?.room,
    get live() {
      return [...rooms.values()].every(({ room }) => room.live)
    },
  }
}

/** True where +H means kept history, as on InspIRCd: a mode with a parameter when set. */
function historyMode(connection: Connection<Sayable> | null): boolean {
  const modes = connection?.supports('CHANMODES')
  return typeof modes === 'string' && (modes.split(',')[2] ?? '').includes('H')
}
