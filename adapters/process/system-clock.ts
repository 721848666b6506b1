import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'
import type { Sleep } from '../../ports/sleep.ts'

/** The machine's own time. */
export const systemClock: Clock = { now: () => new Date(), monotonic: () => performance.now() }

export const systemSleep: Sleep = (ms, signal) => pause(ms, undefined, { signal }).catch(() => {})
