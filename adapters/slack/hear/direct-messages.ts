import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import type { SlackWeb } from '../web/web.ts'
import type { CatchUp } from './catch-up.ts'
import type { ReadPages } from './pages.ts'
import { channelShape, itemsOf } from './payload.ts'
import { directPlace, type Place } from './place.ts'
import type { RecordEnds } from './record-ends.ts'

/** Finds the conversations between people and our apps after an outage. */
export interface DirectMessages {
  /** Reads what was missed in all of an app's conversations. Calls while it is under way are one with it. Rejects with `closed`. */
  catchUp(app: string, since: Date | null): Promise<void>
  /** Resolves when the conversations of an app are known, so that what is said in them now comes behind their past. */
  known(app: string): Promise<void>
  /** Whether an app's conversations could not be found since they were asked for. */
  owes(app: string): boolean
}

const pageSize = 200

export function createDirectMessages(parts: {
  network: string
  webOf(app: string): SlackWeb
  /** Cursors of the rooms that an app hears. */
  roomCursors(app: string): string[]
  request: CatchUp['request']
  ends: RecordEnds
  readPages: ReadPages
  log: Log
}): DirectMessages {
  const { network, webOf, roomCursors, request, ends, readPages, log } = parts
  /** Since when each app has not read its conversations. */
  const owed = new Map<string, Date | null>()
  const again = new Set<string>()
  const listing = new Map<string, Promise<Promise<void>[]>>()

  async function list(app: string): Promise<Promise<void>[]> {
    try {
      let places: Place[]
      do {
        again.delete(app)
        const { items } = await readPages(
          webOf(app),
          'users.conversations',
          { types: 'im', limit: pageSize },
          'channels',
        )
        places = itemsOf(items, channelShape).map(({ id }) => directPlace(app, id))
      } while (again.has(app))
      const recent = await byRecency(places)
      const heard = owed.get(app) === null ? await lastHeard(app, places) : null
      const since = owed.get(app) ?? null
      owed.delete(app)
      return recent.map((place) => request(place, { since, orSince: heard }))
    } catch (error) {
      if (isBreakroomError(error, 'closed')) throw error
      // What Slack refuses is not owed: nothing is going to come of it.
      if (!isBreakroomError(error, 'denied')) owed.delete(app)
      log.error({ network, app, cause: sentenceOf(error) }, 'direct messages from before cannot be read')
      return []
    }
  }

  /** One call each, fifty a minute: those who talk to us come first. */
  async function byRecency(places: Place[]): Promise<Place[]> {
    const moments = await Promise.all(places.map(momentOf))
    const dated = places.map((place, index) => ({ place, at: moments[index] ?? 0 }))
    return dated.sort((a, b) => b.at - a.at).map(({ place }) => place)
  }

  async function momentOf({ cursor }: Pick<Place, 'cursor'>): Promise<number> {
    return (await ends.atStart(cursor))?.at.getTime() ?? 0
  }

  /** When an app heard anything last before our start: whoever began a conversation with it later did so while we were away. */
  async function lastHeard(app: string, places: Place[]): Promise<Date | null> {
    const cursors = [...roomCursors(app), ...places.map(({ cursor }) => cursor)]
    const last = Math.max(0, ...(await Promise.all(cursors.map((cursor) => momentOf({ cursor })))))
    return last === 0 ? null : new Date(last)
  }

  return {
    async catchUp(app, since) {
      const before = owed.get(app)
      const isEarlier = before === undefined || (before !== null && (since === null || since < before))
      if (isEarlier) owed.set(app, since)
      again.add(app)
      const listed = listing.get(app) ?? list(app).finally(() => listing.delete(app))
      listing.set(app, listed)
      await Promise.all(await listed)
    },
    async known(app) {
      await listing.get(app)
    },
    owes: (app) => owed.has(app),
  }
}
