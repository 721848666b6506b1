import type { Clock } from '../../../ports/clock.ts'
import type { SlackAppHandlers, SlackIdentity } from './app.ts'

/** Whether an app can be heard, told to whoever listens when it changes. */
export interface Link {
  readonly up: boolean
  /** When it was heard last, if that is longer ago than `mostSilence`; null while it is down. */
  readonly silentSince: Date | null
  /** Something came in that proves it. */
  heard(): void
  becomeUp(identity: SlackIdentity): void
  becomeDown(reason: string, final: boolean): void
  /** Nothing is told any more. */
  end(): void
}

export interface LinkOptions {
  name: string
  handlers: SlackAppHandlers
  clock: Clock
  /** Milliseconds without any proof that count as having been down, found only when there is one again. */
  mostSilence: number
  /** Milliseconds that only ever grow, of the time in which `heard` is called. */
  elapsed: () => number
}

export function createLink({ name, handlers, clock, mostSilence, elapsed }: LinkOptions): Link {
  let state: 'new' | 'up' | 'down' | 'final' | 'ended' = 'new'
  let identity: SlackIdentity | null = null
  let last: { at: Date; elapsed: number } | null = null
  /** When it was heard last before it went down. */
  let since: Date | null = null

  const silence = () => (last === null ? 0 : elapsed() - last.elapsed)

  const link: Link = {
    get up() {
      return state === 'up'
    },
    get silentSince() {
      return state === 'up' && last !== null && silence() > mostSilence ? last.at : null
    },
    heard() {
      if (state === 'up' && identity !== null && silence() > mostSilence) {
        // All sockets were dead, but the first was replaced before the last was found; or we slept.
        link.becomeDown(`Nothing was heard for ${Math.round(silence() / 1000)} seconds.`, false)
        link.becomeUp(identity)
      }
      last = { at: clock.now(), elapsed: elapsed() }
    },
    becomeUp(proof) {
      if (state === 'up' || state === 'ended') return
      state = 'up'
      identity = proof
      handlers.onUp(name, proof, since)
    },
    becomeDown(reason, final) {
      if (state === 'ended' || state === 'final' || (state === 'down' && !final)) return
      if (state === 'up') since = last?.at ?? null
      state = final ? 'final' : 'down'
      handlers.onDown(name, reason, final)
    },
    end() {
      state = 'ended'
    },
  }
  return link
}
