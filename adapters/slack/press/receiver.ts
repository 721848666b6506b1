import type { App, Receiver, ReceiverEvent } from '@slack/bolt'
import { BreakroomError } from '../../../core/errors.ts'

/** Bolt's way in. It opens nothing: what our own connections took is handed in. */
interface HandedReceiver extends Receiver {
  /** Resolves when Bolt and its listeners are through. Rejects when Bolt cannot make anything of the body. */
  hand(event: ReceiverEvent): Promise<void>
}

export function createReceiver(): HandedReceiver {
  let bolt: App | null = null
  return {
    init(app) {
      bolt = app
    },
    async hand(event) {
      if (bolt === null) throw new BreakroomError('closed', 'Bolt is not there yet.')
      await bolt.processEvent(event)
    },
    start: async () => {},
    stop: async () => {},
  }
}
