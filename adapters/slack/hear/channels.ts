import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import { LruMap } from '../../lru-map.ts'
import { hubApp } from '../options.ts'
import type { SlackWeb } from '../web/web.ts'
import type { ReadPages } from './pages.ts'
import { channelShape, itemsOf } from './payload.ts'

/** Which channel shows which room. */
export interface Channels {
  /** The channel of a room, or null while a name is not resolved, or for no room. */
  idOf(room: string): string | null
  roomOf(channel: string): string | null
  /** What a channel is called at Slack, without `#`; null when nobody tells us. */
  nameOf(channel: string): Promise<string | null>
  /**
   * Finds the channels of rooms that are given as `#name`; the house's own app enters public ones that it is not in. Asks until Slack answers;
   * what it cannot find is told to the log and looked for again at the next call. Rejects with `closed` and `denied`.
   */
  resolve(web: SlackWeb): Promise<void>
  /** Whether there are rooms whose channel is not found yet. */
  readonly incomplete: boolean
}

const types = 'public_channel,private_channel'
/** The most that Slack gives at once: lists are called seldom, and few times a minute. */
const pageSize = 999
const mostNames = 5_000

export function createChannels(parts: {
  network: string
  /** Room -> channel id, or `#name`. */
  rooms: ReadonlyMap<string, string>
  /** The house's app, which may ask about channels. */
  web(): SlackWeb
  readPages: ReadPages
  log: Log
  signal: AbortSignal
}): Channels {
  const { network, rooms, web, readPages, log, signal } = parts
  const ids = new Map([...rooms].filter(([, channel]) => !channel.startsWith('#')))
  const roomsById = new Map([...ids].map(([room, id]) => [id, room]))
  const names = new LruMap<string, string | null>(mostNames)

  const unresolved = () => [...rooms].filter(([room]) => !ids.has(room))

  async function list(asking: SlackWeb, method: string): Promise<Set<string>> {
    const args = { types, exclude_archived: true, limit: pageSize }
    const { items } = await readPages(asking, method, args, 'channels')
    const found = itemsOf(items, channelShape)
    for (const { id, name } of found) if (name) names.set(id, name)
    for (const [room, name] of unresolved()) {
      const id = found.find((channel) => `#${channel.name}` === name)?.id
      if (id === undefined) continue
      ids.set(room, id)
      roomsById.set(id, room)
    }
    return new Set(found.map(({ id }) => id))
  }

  async function enter(asking: SlackWeb, room: string, channel: string): Promise<void> {
    try {
      await asking.call('conversations.join', { channel }, { signal })
    } catch (error) {
      log.error({ network, room, channel, cause: sentenceOf(error) }, 'the app is not in the channel: invite it')
    }
  }

  return {
    idOf: (room) => ids.get(room) ?? null,
    roomOf: (channel) => roomsById.get(channel) ?? null,
    async nameOf(channel) {
      const known = names.get(channel)
      if (known !== undefined) return known
      let name: string | null = null
      try {
        const [found] = itemsOf(
          [(await web().call('conversations.info', { channel }, { signal })).channel],
          channelShape,
        )
        name = found?.name ?? null
      } catch (error) {
        if (!isBreakroomError(error, 'refused')) return null
      }
      names.set(channel, name)
      return name
    },
    async resolve(asking) {
      try {
        const entered = await list(asking, 'users.conversations')
        if (unresolved().length > 0) await list(asking, 'conversations.list')
        const left = asking.app === hubApp ? [...ids].filter(([, channel]) => !entered.has(channel)) : []
        for (const [room, channel] of left) await enter(asking, room, channel)
      } catch (error) {
        if (!isBreakroomError(error, 'refused')) throw error
        log.error({ network, cause: sentenceOf(error) }, 'channels cannot be listed')
      }
      for (const [room, channel] of unresolved()) log.error({ network, room, channel }, 'there is no such channel')
    },
    get incomplete() {
      return unresolved().length > 0
    },
  }
}
