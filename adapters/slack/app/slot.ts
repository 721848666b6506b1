import { backoffMs } from '../../../core/backoff.ts'
import { isBreakroomError } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackTiming } from '../options.ts'
import type { SlackSocket } from './socket.ts'

export interface SlotOptions {
  firstWaitMs: number
  open(): SlackSocket
  onOpened(socket: SlackSocket, count: number | null): void
  /** A try has failed; `final` when the next ones will too, unless somebody does something. */
  onFailed(error: unknown, final: boolean): void
  clock: Clock
  sleep: Sleep
  /** In [0, 1). */
  random: () => number
  timing: Pick<SlackTiming, 'retryBase' | 'retryCap'>
  signal: AbortSignal
}

/** A socket that lived this long was a good one: the next failure starts from a short wait again. Milliseconds. */
const goodLife = 10_000

/** Slack closes a socket ten seconds after it said so; one that it forgets is closed by us. Milliseconds. */
const leaveWithin = 15_000

/**
 * Keeps one socket open until `signal` aborts. When Slack is about to close it, the next one is opened first, and the old one is heard as
 * long as it lives.
 */
export async function keepSlot(options: SlotOptions): Promise<void> {
  const { open, onOpened, onFailed, clock, sleep, random, timing, signal } = options
  let failures = 0
  let old: SlackSocket | null = null

  const failedWait = () =>
    backoffMs(++failures, random, { floorMs: Math.min(timing.retryBase, timing.retryCap), capMs: timing.retryCap })

  /** Opens a socket and stays until it ends or is about to; resolves with how long to wait before the next. */
  async function live(): Promise<number> {
    const socket = open()
    let count: number | null
    try {
      count = await socket.opened
    } catch (error) {
      const final = isBreakroomError(error, 'denied') || isBreakroomError(error, 'refused')
      onFailed(error, final)
      if (final) return timing.retryCap
      const waitMs = isBreakroomError(error) ? error.detail.waitMs : 0
      return Math.max(failedWait(), typeof waitMs === 'number' ? waitMs : 0)
    }
    const openedAt = clock.monotonic()
    onOpened(socket, count)
    if (old !== null) void letGo(old)
    const leaves = await Promise.race([socket.leaving.then(() => true), socket.closed.then(() => false)])
    old = leaves ? socket : null
    if (clock.monotonic() - openedAt < goodLife) return failedWait()
    failures = 0
    // Sockets that were cut together need not come back together.
    return leaves ? 0 : random() * Math.min(timing.retryBase, timing.retryCap)
  }

  async function letGo(socket: SlackSocket): Promise<void> {
    await Promise.race([socket.closed, sleep(leaveWithin, signal)])
    await socket.close()
  }

  await sleep(options.firstWaitMs, signal)
  while (!signal.aborted) await sleep(await live(), signal)
}
