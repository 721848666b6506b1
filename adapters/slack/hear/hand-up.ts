import type { ChatHandlers, HeardLine } from '../../../ports/chat.ts'
import { LruMap } from '../../lru-map.ts'
import { platformId } from '../message-ids.ts'
import { dateOf } from '../timestamp.ts'
import type { Deleted, Said } from './message.ts'
import type { ReactionEvent } from './payload.ts'
import type { People } from './people.ts'
import type { Place } from './place.ts'
import type { RecordEnds } from './record-ends.ts'
import { canonicalText, type Named } from './text.ts'

/** Tells the house what happened, each thing once; resolves when it is safe and rejects when it could not be told. */
export interface HandUp {
  said(place: Place, said: Said, how: How): Promise<void>
  deleted(place: Place, deleted: Deleted): Promise<void>
  reacted(place: Place, event: ReactionEvent, ts: string): Promise<void>
  /** How far our clock is ahead of Slack's at most, by what was said while we listened; 0 when it is not, or nothing was. Milliseconds. */
  readonly clockAhead: number
}

/** How a line came to us. */
interface How {
  /** From history. */
  replayed: boolean
  /** Nothing before it is unread: the record ends with it. */
  keepsPlace: boolean
}

/** So many ids are known to be told. What is older the record recognises. */
const mostKnown = 50_000

export function createHandUp(parts: {
  network: string
  team(): string
  handlers(): ChatHandlers
  people: Pick<People, 'personOf' | 'speakerOf'>
  ends: RecordEnds
  named(): Named
  now(): Date
  /** Milliseconds for which the record recognises what it has. */
  recognisedFor: number
}): HandUp {
  const { network, team, handlers, people, ends, named, now, recognisedFor } = parts
  /** Until when it is to be told again for the sake of its place; 0 when it kept that. */
  const told = new LruMap<string, number>(mostKnown)

  /** The shortest time on its way of anything that was said while we listened. */
  let shortest = Number.POSITIVE_INFINITY

  /** Only what is safe counts as told: what failed comes again. */
  async function once(place: Place, id: string, tell: () => Promise<unknown>, keepsPlace = true): Promise<void> {
    const againUntil = told.get(id)
    if (againUntil !== undefined && (!keepsPlace || now().getTime() >= againUntil)) return
    // What a line would move the end of; of mentions nobody asks for it.
    if (place.room === null || place.cursor === place.room) await ends.atStart(place.cursor)
    await tell()
    told.set(id, keepsPlace ? 0 : now().getTime() + recognisedFor)
  }

  async function lineOf(place: Place, said: Said, id: string, how: How): Promise<HeardLine> {
    const { channel, ts, moment, thread, author, kind, mrkdwn, files, edit } = said
    const { room, heardBy, cursor } = place
    const names = named()
    return {
      network,
      room,
      heardBy,
      id,
      speaker: await people.speakerOf(author),
      kind,
      text: await canonicalText(mrkdwn, names),
      at: dateOf(moment),
      replayed: how.replayed,
      ...(thread === null ? {} : { thread: platformId(team(), channel, thread) }),
      ...(edit === null
        ? {}
        : {
            edit: {
              of: platformId(team(), channel, ts),
              before: edit.before === null ? null : await canonicalText(edit.before, names),
            },
          }),
      ...(files.length === 0 ? {} : { files }),
      ...(!how.keepsPlace ? { cursor: null } : cursor === room ? {} : { cursor }),
    }
  }

  return {
    said(place, said, how) {
      if (!how.replayed) shortest = Math.min(shortest, now().getTime() - dateOf(said.moment).getTime())
      const line = platformId(team(), said.channel, said.ts)
      const id = said.edit === null ? line : `${line}:${said.moment}`
      return once(place, id, async () => handlers().onLine(await lineOf(place, said, id, how)), how.keepsPlace)
    },
    get clockAhead() {
      return Number.isFinite(shortest) ? Math.max(0, shortest) : 0
    },
    deleted(place, { channel, ts, moment, author }) {
      const of = platformId(team(), channel, ts)
      const id = `${of}:deleted`
      return once(place, id, async () => {
        const { room, heardBy } = place
        const speaker = await people.speakerOf(author)
        const sign = { kind: 'deleted' as const }
        await handlers().onSign?.({ network, room, heardBy, of, id, speaker, sign, at: dateOf(moment) })
      })
    },
    reacted(place, { type, user, reaction, item, event_ts }, ts) {
      const of = platformId(team(), item.channel ?? place.channel, ts)
      const added = type === 'reaction_added'
      const id = `${of}:${user}:${reaction}:${event_ts}`
      return once(place, id, async () => {
        const { room, heardBy } = place
        const speaker = await people.personOf(user)
        const sign = { kind: 'reaction' as const, name: reaction, added }
        await handlers().onSign?.({ network, room, heardBy, of, id, speaker, sign, at: dateOf(event_ts) })
      })
    },
  }
}
