import type { SleepingClock } from '../virtual-clock.ts'
import type { Ids } from './ids.ts'

const mostUses = 5
const lifeMs = 30 * 60_000

export interface ResponseTarget {
  appId: string
  userId: string
  channelId: string
  /** The message that was clicked, for `replace_original` and `delete_original`; null for commands. */
  messageTs: string | null
}

/** The `response_url`s that were given away. */
export interface ResponseUrls {
  /** The path of a new one. */
  give(target: ResponseTarget): string
  /** Counts a use. Follows docs.slack.dev "Handling user interaction": five answers within thirty minutes. */
  use(path: string): ResponseTarget | 'used_url' | 'expired_url' | 'invalid_url'
}

export function createResponseUrls(clock: SleepingClock, ids: () => Ids): ResponseUrls {
  const given = new Map<string, { target: ResponseTarget; at: number; uses: number }>()
  return {
    give(target) {
      const path = `/response/${ids().uuid()}`
      given.set(path, { target, at: clock.monotonic(), uses: 0 })
      return path
    },
    use(path) {
      const entry = given.get(path)
      if (entry === undefined) return 'invalid_url'
      if (clock.monotonic() - entry.at > lifeMs) return 'expired_url'
      if (entry.uses >= mostUses) return 'used_url'
      entry.uses++
      return entry.target
    },
  }
}
