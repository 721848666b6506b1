import { isBreakroomError } from '../errors.ts'

/**
 * Why something was given up, as far as it says what to do: the other side was away or full and may not be any more (`transient`); it
 * cannot be read, is not allowed or names what is not there (`validation`); what handled it failed or died (`logic`).
 */
export const letterClasses = ['transient', 'validation', 'logic'] as const
export type LetterClass = (typeof letterClasses)[number]

/** Rules that say that there was no room, not that something was wrong. */
const fullRules: readonly unknown[] = ['queue-full', 'wip']

/** The class of what was given up because of this error. What is no error of ours is a fault of whoever handled it. */
export function classOf(error: unknown): LetterClass {
  if (!isBreakroomError(error)) return 'logic'
  switch (error.code) {
    case 'unavailable':
    case 'conflict':
    case 'voiceless':
    case 'closed':
      return 'transient'
    case 'refused':
      return fullRules.includes(error.detail.rule) ? 'transient' : 'validation'
    case 'denied':
    case 'unreadable':
    case 'undeliverable':
    case 'usage':
      return 'validation'
    case 'config_invalid':
    case 'server_missing':
    case 'port_busy':
      return 'logic'
    default:
      return error.code satisfies never
  }
}

/** The class of a letter whose writer named none, from the reason that it gave. */
export function classOfReason(reason: string): LetterClass {
  if (
    /\bcannot read\b|\bis off\b|\bnot JSON\b|\bhas version\b|\bno doorbell\b|\bthere is no\b|\bmay not\b/i.test(reason)
  ) {
    return 'validation'
  }
  return /\bdoes not answer\b|\bis away\b|\bis full\b/i.test(reason) ? 'transient' : 'logic'
}

/** The class as a letter says it, or null for a word of another writer. */
export function asLetterClass(word: unknown): LetterClass | null {
  return letterClasses.find((one) => one === word) ?? null
}
