import { realClock, type SleepingClock } from './virtual-clock.ts'

const minute = 60_000

/** The machine's own time, in which whoever sleeps for minutes sleeps for as many seconds: Slack's retries come while a test waits. */
export const hurriedClock: SleepingClock = {
  ...realClock,
  sleep: (ms, signal) => realClock.sleep(ms < minute ? ms : (ms / minute) * 1_000, signal),
}
