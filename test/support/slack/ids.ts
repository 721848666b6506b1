import type { Clock } from '../../../ports/clock.ts'

/** Makes the ids of one workspace: a letter that says the kind, then a number; and message timestamps. */
export interface Ids {
  /** Such as `U0000000001` for the prefix `U`. */
  next(prefix: string): string
  /** `seconds.microseconds`, never twice and always growing, which is what makes it a message's id in its channel. */
  ts(): string
  uuid(): string
}

/** Follows docs.slack.dev "Retrieving messages" (a message's `ts` is its id in a channel). */
export function createIds(clock: Clock): Ids {
  let count = 0
  let lastMicros = 0
  return {
    next: (prefix) => `${prefix}${String(++count).padStart(10, '0')}`,
    ts() {
      lastMicros = Math.max(clock.now().getTime() * 1000, lastMicros + 100)
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`
    },
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
  }
}
