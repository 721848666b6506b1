import type { Clock } from '../../../ports/clock.ts'
import type { SlackAppHandlers, SlackIdentity } from './app.ts'

/** Whether an app can be heard, told to whoever listens when it changes. */
export interface Link {
  readonly up: boolean
  /** Something came in that proves it. */
  heard(): void
  becomeUp(identity: SlackIdentity): void
  becomeDown(reason: string, final: boolean): void
  /** Nothing is told any more. */
  end(): void
}

export function createLink(name: string, clock: Clock, handlers: SlackAppHandlers): Link {
  let state: 'new' | 'up' | 'down' | 'final' | 'ended' = 'new'
  let heardAt: Date | null = null
  /** When it was heard last before it went down. */
  let since: Date | null = null
  return {
    get up() {
      return state === 'up'
    },
    heard() {
      heardAt = clock.now()
    },
    becomeUp(identity) {
      if (state === 'up' || state === 'ended') return
      state = 'up'
      handlers.onUp(name, identity, since)
    },
    becomeDown(reason, final) {
      if (state === 'ended' || state === 'final' || (state === 'down' && !final)) return
      if (state === 'up') since = heardAt
      state = final ? 'final' : 'down'
      handlers.onDown(name, reason, final)
    },
    end() {
      state = 'ended'
    },
  }
}
