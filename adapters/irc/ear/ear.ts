import { setTimeout as pause } from 'node:timers/promises'
import type { ChatHandlers } from '../../../ports/chat.ts'
import type { IrcNetworkOptions } from '../options.ts'
import type { OwnSessions } from '../ours/own-sessions.ts'
import type { SeenPosts } from '../ours/seen-posts.ts'
import type { Part } from '../voice/part.ts'
import { historyOf, type OpenBatch } from '../wire/batches.ts'
import type { Connection } from '../wire/connection.ts'
import { type IrcLine, tagOf, timeOf } from '../wire/line.ts'
import { createEarRoom, type EarRoom } from './ear-room.ts'
import { heardLine } from './heard-text.ts'
import type { Members } from './members.ts'
import { isReached, type Mark, type Past, readBack } from './read-back.ts'

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
  connection(): Connection<Part> | null
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

export function createEar(options: EarOptions): Ear {
  const { network, fold, handlers, members, own, seen } = options
  const { clock, log } = network
  const pages = new Map<string, { lines: IrcLine[]; done(lines: IrcLine[] | null): void }>()
  const historyModes = new Set<string>()

  const rooms = new Map(
    [...network.rooms].map(([fleetRoom, channel]) => {
      const room = createEarRoom({
        now: () => clock.now(),
        take: (line, replayed) => take(line, fleetRoom, channel, replayed),
        learn: (line) => void seen.learn(channel, line),
        gap: (span) => guarded(() => handlers().onGap({ network: network.name, room: fleetRoom, ...span })),
      })
      return [channel, room] as const
    }),
  )
  const roomOf = (shown: string) => rooms.get(shown) ?? rooms.get(channelOf(shown))
  const channelOf = (shown: string) => [...rooms.keys()].find((channel) => fold(channel) === fold(shown)) ?? shown

  const guarded = (call: () => void) => {
    try {
      call()
    } catch (error) {
      log.error({ network: network.name, error: String(error) }, 'a handler threw')
    }
  }

  const take = (line: IrcLine, room: string, channel: string, replayed: boolean) => {
    const stamped = seen.learn(channel, line)
    const ours = replayed ? stamped || options.isOursOfOld(line) : own.isOurs(line.nick, line.host)
    if (ours) {
      if (!stamped) options.onOwnText(line.nick, channel, line.params[1] ?? '', tagOf(line, 'msgid'))
      return
    }
    hand(line, room, replayed)
  }

  const hand = (line: IrcLine, room: string, replayed: boolean) => {
    const said = heardLine(line, {
      network: network.name,
      room,
      heardBy: { kind: 'ear' },
      replayed,
      now: () => clock.now(),
    })
    if (said === null) return
    guarded(() => handlers().onLine(said))
  }

  const endSession = (nick: string, host: string) =>
    guarded(() => handlers().onSessionEnd({ network: network.name, nick, host }))

  const message = (line: IrcLine, batch: OpenBatch | null) => {
    const channel = line.params[0] ?? ''
    const room = roomOf(channel)
    if (room === undefined) return
    const history = historyOf(batch)
    if (history !== null) {
      if (line.prefix === historyServant) return
      const asked = pages.get(fold(channel))
      if (asked !== undefined) asked.lines.push(line)
      else room.replayed(line)
      return
    }
    room.said(line)
  }

  const ownJoin = (channel: string, joinedAt: Date) => {
    const room = roomOf(channel)
    const connection = options.connection()
    if (room === undefined || connection === null) return
    own.prune()
    members.forgetRoom(channel)
    room.reading()
    catchUp(room, channel, connection, joinedAt).catch((error) => {
      log.error({ network: network.name, channel, error: String(error) }, 'the past of a room could not be read')
      connection.abort('the past of a room could not be read')
    })
  }

  const catchUp = async (room: EarRoom, channel: string, connection: Connection<Part>, joinedAt: Date) => {
    const since = room.mark ?? (await stored(channel, connection))
    if (since === undefined || !connection.open) return
    const past = connection.has('draft/chathistory')
      ? await readBack((before) => askPage(channel, connection, before), since)
      : await replayAtJoin(room, channel, connection, since)
    if (!connection.open || options.connection() !== connection) return
    if (past === null) return room.caughtUp({ lines: [], reached: since === null }, since, joinedAt, 'no history')
    room.caughtUp(past, since, joinedAt, 'history does not reach back')
  }

  /** The end of the record, asked until it is known; undefined when the connection ended meanwhile. */
  const stored = async (channel: string, connection: Connection<Part>): Promise<Mark | null | undefined> => {
    const fleetRoom = [...network.rooms].find(([, own]) => own === channelOf(channel))?.[0] ?? ''
    for (let wait = 100; connection.open; wait = Math.min(wait * 2, 2_000)) {
      try {
        const cursor = await network.heardUpTo(fleetRoom)
        return cursor === null ? null : { ...cursor, quiet: cursor.id === null }
      } catch (error) {
        log.warn(
          { network: network.name, room: fleetRoom, error: String(error) },
          'the end of the record is not known yet',
        )
        await pause(wait)
      }
    }
    return undefined
  }

  const askPage = async (channel: string, connection: Connection<Part>, before: IrcLine | null) => {
    const limit = Math.min(
      Number(connection.supports('CHATHISTORY') ?? connection.supports('draft/CHATHISTORY')) || 100,
      1_000,
    )
    const id = before === null ? null : tagOf(before, 'msgid')
    const time = before === null ? null : tagOf(before, 'time')
    const from = before === null ? 'LATEST' : 'BEFORE'
    const point = id !== null ? `msgid=${id}` : time !== null ? `timestamp=${time}` : '*'
    const { promise, resolve } = Promise.withResolvers<IrcLine[] | null>()
    pages.set(fold(channel), { lines: [], done: resolve })
    connection.queue.control(`CHATHISTORY ${from} ${channel} ${point} ${limit}`)
    // A server that answers nothing at all must not hold the room back for ever.
    const late = setTimeout(() => resolve(null), historyPatience)
    const page = await promise
    clearTimeout(late)
    pages.delete(fold(channel))
    return page
  }

  /** Servers with a history mode replay a room's past right after our JOIN, before they answer what we send then. */
  const replayAtJoin = async (
    room: EarRoom,
    channel: string,
    connection: Connection<Part>,
    since: Mark | null,
  ): Promise<Past | null> => {
    connection.queue.control(`MODE ${channel}`)
    if (!(await connection.barrier())) return null
    const lines = room.unasked
    const keepsHistory = lines.length > 0 || historyModes.has(fold(channel))
    if (!keepsHistory) return null
    return { lines, reached: since === null || since.quiet || isReached(lines, since) }
  }

  /** Who stays in the room may now change nicks unseen. */
  const ownLeave = (channel: string) => {
    roomOf(channel)?.left(clock.now())
    members.forgetRoom(channel)
    endSession('*', '*')
  }

  const leave = (line: IrcLine, channel: string, nick: string) => {
    const gone = members.left(channel, nick)
    // The line shows the host of who leaves, and not that of who is thrown out.
    const host = nick === line.nick ? line.host : ''
    if (gone && !own.isOurs(nick, host)) endSession(nick, host || '*')
  }

  const handle = (line: IrcLine, batch: OpenBatch | null) => {
    const connection = options.connection()
    const [first = '', second = ''] = line.params
    switch (line.command) {
      case 'PRIVMSG':
        return message(line, batch)
      case 'BATCH': {
        if (batch?.type !== 'chathistory' || first.startsWith('+')) return
        const asked = pages.get(fold(batch.params[0] ?? ''))
        return asked?.done(asked.lines)
      }
      case 'FAIL':
        if (first === 'CHATHISTORY') for (const asked of pages.values()) asked.done(null)
        return
      case 'JOIN':
        if (line.nick === connection?.nick) ownJoin(first, timeOf(line) ?? clock.now())
        return members.joined(first, line.nick)
      case '353':
        for (const word of (line.params[3] ?? '').split(' ')) {
          const nick = word.replace(/^[~&@%+!]+/, '').split('!')[0]
          if (nick) members.joined(line.params[2] ?? '', nick)
        }
        return
      case '324':
        if (line.params[2]?.includes('H') && historyMode(connection)) historyModes.add(fold(second))
        return
      case 'PART':
        return line.nick === connection?.nick ? ownLeave(first) : leave(line, first, line.nick)
      case 'KICK':
        return second === connection?.nick ? ownLeave(first) : leave(line, first, second)
      case 'QUIT':
        members.quit(line.nick)
        if (!own.isOurs(line.nick, line.host)) endSession(line.nick, line.host)
        return own.quit(line.nick)
      case 'NICK':
        members.renamed(line.nick, first)
        if (!own.isOurs(line.nick, line.host)) endSession(line.nick, line.host)
        return own.renamed(line.nick, first)
    }
  }

  return {
    onLine: handle,
    onClosed(lastHeard) {
      for (const asked of pages.values()) asked.done(null)
      pages.clear()
      historyModes.clear()
      members.clear()
      for (const room of rooms.values()) room.left(lastHeard)
      endSession('*', '*')
    },
    room: roomOf,
    get live() {
      return [...rooms.values()].every((room) => room.live)
    },
  }
}

/** Milliseconds; bouncers fetch from far away. */
const historyPatience = 20_000

/** True where +H means kept history, as on InspIRCd: a mode with a parameter when set. */
function historyMode(connection: Connection<Part> | null): boolean {
  const modes = connection?.supports('CHANMODES')
  return typeof modes === 'string' && (modes.split(',')[2] ?? '').includes('H')
}
