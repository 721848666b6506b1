import type { SleepingClock } from '../virtual-clock.ts'
import type { Ids } from './ids.ts'
import type { SlackUser } from './user.ts'

const lifeMs = 3_000

interface Trigger {
  user: SlackUser
  appId: string
}

/**
 * The permissions to open a form that an interaction gives: once, within three seconds.
 * Follows docs.slack.dev "Modals" and the errors of "views.open".
 */
export interface Triggers {
  give(trigger: Trigger): string
  /** Uses one up, or says which error it is refused with. */
  use(id: string, appId: string): Trigger | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id'
}

export function createTriggers(clock: SleepingClock, ids: () => Ids): Triggers {
  const given = new Map<string, { trigger: Trigger; at: number; used: boolean }>()
  return {
    give(trigger) {
      const id = `${ids().next('')}.trigger`
      given.set(id, { trigger, at: clock.monotonic(), used: false })
      return id
    },
    use(id, appId) {
      const entry = given.get(id)
      if (entry === undefined || entry.trigger.appId !== appId) return 'invalid_trigger_id'
      if (entry.used) return 'exchanged_trigger_id'
      if (clock.monotonic() - entry.at > lifeMs) return 'expired_trigger_id'
      entry.used = true
      return entry.trigger
    },
  }
}
