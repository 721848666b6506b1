import type { OutgoingCard } from '../../../ports/chat.ts'
import { cardEvent, placeOf, platformId } from '../message-ids.ts'
import { passing } from './backoff.ts'
import type { DeliveryParts } from './delivery.ts'
import type { DrawCard } from './drawing.ts'
import type { Place } from './places.ts'
import { postMessage, updateMessage } from './post-message.ts'

/** The cards of all rooms. */
export interface Cards {
  /** As `showCard` of the port. Of states that wait only the newest is shown; whoever asked for an older one is told when that is. */
  show(card: OutgoingCard): Promise<string>
  /** Cards whose newest state is not shown yet. */
  readonly size: number
  /** Resolves when nothing is under way. */
  rest(): Promise<void>
  /** Rejects what waits. */
  end(error: Error): void
}

export interface CardParts
  extends Pick<DeliveryParts, 'network' | 'places' | 'known' | 'pace' | 'backoff' | 'log' | 'metrics' | 'signal'> {
  drawCard: DrawCard
  team(): string
}

interface Waiting {
  newest: OutgoingCard
  asked: PromiseWithResolvers<string>[]
  /** A post went out and nobody told what became of it; the newest message that was there before. */
  suspect: string | null
  /** The message that it was in until somebody deleted it. */
  gone: string | null
}

export function createCards(parts: CardParts): Cards {
  const { network, places, known, pace, backoff, log, metrics, signal } = parts
  const cards = new Map<string, Waiting>()
  const running = new Set<Promise<void>>()

  async function work(id: string, waiting: Waiting): Promise<void> {
    while (waiting.asked.length > 0 && !signal.aborted) {
      try {
        const trouble = await attempt(waiting).catch(passing)
        if (trouble === null) {
          backoff.reset(id)
          continue
        }
        metrics.count('breakroom_retries_total', { what: 'card' })
        log.warn({ network, id, cause: trouble }, 'a card is shown again')
        await backoff.wait(id)
      } catch (error) {
        if (signal.aborted) return
        for (const { reject } of waiting.asked.splice(0)) reject(error)
      }
    }
    if (waiting.asked.length === 0) cards.delete(id)
  }

  /** Shows the newest state; why it has to be tried again after a while, or null. */
  async function attempt(waiting: Waiting): Promise<string | null> {
    const { room, id } = waiting.newest
    const place = await places.of({ as: { kind: 'ear' }, target: { room } })
    const looked = { ...place, thread: null }
    if (waiting.suspect !== null) await known.look(looked, waiting.suspect)
    waiting.suspect = null
    if (shownAt(place, waiting) === null) await known.prepare(looked)
    const leave = await pace.turn(place.web.app, place.channel)
    try {
      const asked = waiting.asked.length
      const since = known.newest(place.channel)
      const ts = shownAt(place, waiting)
      const note = { event: cardEvent, ids: [id], part: 0 } as const
      const message = { ...parts.drawCard(waiting.newest.card), thread: null, note }
      const outcome = await (ts === null
        ? postMessage(place, message, signal)
        : updateMessage(place, ts, message, signal))
      switch (outcome.kind) {
        case 'shown':
          known.note(place.channel, outcome.ts, note)
          for (const { resolve } of waiting.asked.splice(0, asked)) {
            resolve(platformId(parts.team(), place.channel, outcome.ts))
          }
          return null
        case 'unknown':
          // Changing it a second time does no harm; a second card would.
          if (ts === null) waiting.suspect = since
          return 'its answer was lost'
        case 'later':
          return outcome.reason
        case 'gone':
          if (ts === null) throw outcome.error
          waiting.gone = ts
          return null
        default:
          throw outcome.error
      }
    } finally {
      leave()
    }
  }

  /** The time stamp of the message that shows it; null when none is known that is still there. */
  function shownAt({ channel }: Place, { newest: { id, shown }, gone }: Waiting): string | null {
    for (const found of [known.find(channel, cardEvent, id), shown]) {
      if (!found) continue
      const at = placeOf(found)
      if (at.channel === channel && at.ts !== gone) return at.ts
    }
    return null
  }

  return {
    show(card) {
      const asked = Promise.withResolvers<string>()
      const waiting = cards.get(card.id)
      if (waiting !== undefined) {
        waiting.newest = card
        waiting.asked.push(asked)
        return asked.promise
      }
      const first: Waiting = { newest: card, asked: [asked], suspect: null, gone: null }
      cards.set(card.id, first)
      const worked = work(card.id, first)
      running.add(worked)
      void worked.finally(() => running.delete(worked))
      return asked.promise
    },
    get size() {
      return [...cards.values()].filter(({ asked }) => asked.length > 0).length
    },
    async rest() {
      await Promise.all(running)
    },
    end(error) {
      for (const { asked } of cards.values()) for (const { reject } of asked) reject(error)
      cards.clear()
    },
  }
}
