import { setTimeout as pause } from 'node:timers/promises'
import type { IrcNetworkOptions } from '../options.ts'
import type { Connection } from '../wire/connection.ts'
import { type IrcLine, tagOf } from '../wire/line.ts'
import type { Sayable } from '../wire/send-queue.ts'
import type { EarRoom } from './ear-room.ts'
import { isReached, type Mark, type Past, readBack } from './read-back.ts'

/** A room as the ear joins it: its name in the fleet, its channel as the server shows it, and when we came. */
interface JoinedRoom {
  name: string
  channel: string
  room: EarRoom
  joinedAt: Date
}

/** Fetches what was said in rooms while nobody of us was there. */
export interface PastReader {
  /** Reads a room's past and makes the room live; resolves early, and leaves it, when the connection ends. */
  catchUp(joined: JoinedRoom, connection: Connection<Sayable>): Promise<void>
  /** Takes a line of a channel's history when it was asked for; false when it came unasked. */
  takes(channel: string, line: IrcLine): boolean
  /** The answer for a channel is complete. */
  answered(channel: string): void
  /** The server refuses to give history. */
  refused(): void
  /** The server keeps this channel's past and replays it at each JOIN. */
  replays(channel: string): void
  /** The connection ended. */
  end(): void
}

/** Milliseconds; bouncers fetch from far away. */
const historyPatience = 20_000
const mostLines = 1_000

/** `heardUpTo` of the network says where a room's record ends; it is asked until it answers. */
export function createPastReader(options: {
  network: Pick<IrcNetworkOptions, 'name' | 'heardUpTo' | 'log'>
  fold(name: string): string
  /** The ear's connection of the moment. */
  connection(): Connection<Sayable> | null
}): PastReader {
  const { network, fold } = options
  const pages = new Map<string, { lines: IrcLine[]; done(lines: IrcLine[] | null): void }>()
  const replaying = new Set<string>()

  const askPage = async (channel: string, connection: Connection<Sayable>, before: IrcLine | null) => {
    const { promise, resolve } = Promise.withResolvers<IrcLine[] | null>()
    pages.set(fold(channel), { lines: [], done: resolve })
    const limit = Number(connection.supports('CHATHISTORY') ?? connection.supports('draft/CHATHISTORY')) || 100
    connection.queue.control(`CHATHISTORY ${pointOf(channel, before)} ${Math.min(limit, mostLines)}`)
    // A server that answers nothing at all must not hold the room back for ever.
    const late = setTimeout(() => resolve(null), historyPatience)
    const page = await promise
    clearTimeout(late)
    pages.delete(fold(channel))
    return page
  }

  /** Servers with a history mode replay a room's past right after our JOIN, before they answer what we send then. */
  const replayAtJoin = async (
    { room, channel }: JoinedRoom,
    connection: Connection<Sayable>,
    since: Mark | null,
  ): Promise<Past | null> => {
    connection.queue.control(`MODE ${channel}`)
    if (!(await connection.barrier())) return null
    const lines = room.unasked
    if (lines.length === 0 && !replaying.has(fold(channel))) return null
    return { lines, reached: since === null || since.quiet || isReached(lines, since) }
  }

  /** The end of the record; undefined when the connection ended before it was known. */
  const stored = async (room: string, connection: Connection<Sayable>): Promise<Mark | null | undefined> => {
    for (let wait = 100; connection.open; wait = Math.min(wait * 2, 2_000)) {
      try {
        const cursor = await network.heardUpTo(room)
        return cursor === null ? null : { ...cursor, quiet: cursor.id === null }
      } catch (error) {
        network.log.warn(
          { network: network.name, room, error: String(error) },
          'the end of the record is not known yet',
        )
        await pause(wait)
      }
    }
    return undefined
  }

  return {
    async catchUp(joined, connection) {
      const { room, channel, joinedAt } = joined
      const since = room.mark ?? (await stored(joined.name, connection))
      if (since === undefined || !connection.open) return
      const past = connection.has('draft/chathistory')
        ? await readBack((before) => askPage(channel, connection, before), since)
        : await replayAtJoin(joined, connection, since)
      if (!connection.open || options.connection() !== connection) return
      if (past === null) room.caughtUp({ lines: [], reached: since === null }, since, joinedAt, 'no history')
      else room.caughtUp(past, since, joinedAt, 'history does not reach back')
    },
    takes(channel, line) {
      const asked = pages.get(fold(channel))
      asked?.lines.push(line)
      return asked !== undefined
    },
    answered(channel) {
      const asked = pages.get(fold(channel))
      asked?.done(asked.lines)
    },
    refused() {
      for (const asked of pages.values()) asked.done(null)
    },
    replays: (channel) => void replaying.add(fold(channel)),
    end() {
      for (const asked of pages.values()) asked.done(null)
      pages.clear()
      replaying.clear()
    },
  }
}

function pointOf(channel: string, before: IrcLine | null): string {
  if (before === null) return `LATEST ${channel} *`
  const id = tagOf(before, 'msgid')
  const time = tagOf(before, 'time')
  return `BEFORE ${channel} ${id !== null ? `msgid=${id}` : time !== null ? `timestamp=${time}` : '*'}`
}
