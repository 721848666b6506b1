import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import { hubApp } from '../options.ts'
import type { SlackWeb } from '../web/web.ts'
import type { CatchUp } from './catch-up.ts'
import type { Channels } from './channels.ts'
import { roomPlace } from './place.ts'

/** Finds the channels of rooms after an outage, and what was missed in them. */
export interface Rooms {
  /**
   * Reads what was missed in all rooms, when the app is the house's; another one only helps to find them while that cannot. Rejects with
   * `closed`.
   */
  catchUp(app: string, since: Date | null): Promise<void>
  /** Reads, in few calls, what may have been missed in the rooms whose channels are known. Rejects with `closed`. */
  look(since: Date): Promise<void>
  /** Resolves when the channels of rooms are known, as far as they can be found, or when `giveUp` was called. */
  readonly known: Promise<void>
  giveUp(): void
}

export function createRooms(parts: {
  network: string
  /** Room -> channel id, or `#name`. */
  rooms: ReadonlyMap<string, string>
  channels: Channels
  webOf(app: string): SlackWeb
  request: CatchUp['request']
  log: Log
}): Rooms {
  const { network, rooms, channels, webOf, request, log } = parts
  const known = Promise.withResolvers<void>()
  if (!channels.incomplete) known.resolve()

  /** True when Slack answered. */
  async function find(app: string): Promise<boolean> {
    try {
      await channels.resolve(webOf(app))
      return true
    } catch (error) {
      if (isBreakroomError(error, 'closed')) throw error
      log.error({ network, app, cause: sentenceOf(error) }, 'the channels of rooms cannot be found for now')
      return false
    }
  }

  return {
    async catchUp(app, since) {
      const isHub = app === hubApp
      if (!isHub && !channels.incomplete) return
      const asked = new Set<string>()
      const readPast = () =>
        [...rooms.keys()].flatMap((room) => {
          const channel = channels.idOf(room)
          if (channel === null || asked.has(room)) return []
          asked.add(room)
          return [request(roomPlace(room, channel), { since })]
        })
      // At once, so that nothing said from now on gets before the past.
      const begun = isHub ? readPast() : []
      const late = find(app).then((answered) => {
        const begun = isHub ? readPast() : []
        if (answered) known.resolve()
        return Promise.all(begun)
      })
      await Promise.all([...begun, late])
    },
    async look(since) {
      const places = [...rooms.keys()].flatMap((room) => {
        const channel = channels.idOf(room)
        return channel === null ? [] : [roomPlace(room, channel)]
      })
      await Promise.all(places.map((place) => request(place, { since, brief: true })))
    },
    known: known.promise,
    giveUp: known.resolve,
  }
}
