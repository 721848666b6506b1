import { isBreakroomError } from '../../../core/errors.ts'
import type { DeliveryParts } from './delivery.ts'
import { draft } from './draft.ts'
import { type Entry, refuse } from './outbox.ts'
import type { Place } from './places.ts'
import type { Outcome } from './post-message.ts'

/** What Slack understood and did not do. */
export type Refused = Exclude<Outcome, { kind: 'shown' | 'unknown' | 'later' }>

/** Of a line that Slack finds too long the pieces become smaller, down to this. UTF-16 units. */
const leastBudget = 500

/**
 * What is done with the lines of a message that was refused: they wait for another app, another thread or another form where that can
 * help; else they are undeliverable. Returns why they have to be tried again after a while, or null.
 */
export function createAfterRefusal({
  network,
  places,
  print,
  log,
}: Pick<DeliveryParts, 'network' | 'places' | 'print' | 'log'>) {
  return function afterRefusal(outcome: Refused, place: Place, message: readonly Entry[]): string | null {
    const refuseAll = () => {
      for (const entry of message) refuse(entry, outcome.error)
      return null
    }
    switch (outcome.kind) {
      case 'not-there':
        if (places.giveUp(place)) {
          log.warn({ network, app: place.web.app, cause: outcome.error.message }, 'the house speaks for a role')
          return null
        }
        // The house's token may be mended; until then nothing is lost.
        return isBreakroomError(outcome.error, 'denied') ? outcome.error.message : refuseAll()
      case 'no-thread':
        if (message.every(({ thread }) => thread === null)) return refuseAll()
        for (const entry of message) entry.thread = null
        return null
      case 'no-blocks':
        if (message.every(({ plain }) => plain)) return refuseAll()
        for (const entry of message) entry.plain = true
        return null
      case 'too-long':
        for (const entry of message) shorten(entry, outcome)
        return null
      default:
        return refuseAll()
    }
  }

  function shorten(entry: Entry, { error }: Refused): void {
    entry.budget = Math.floor(entry.budget / 2)
    if (entry.budget < leastBudget || entry.shown.length > 0) refuse(entry, error)
    else entry.parts = draft(entry.line, print, entry.budget)
  }
}
