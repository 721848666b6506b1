import type { TaskTimer } from '../../core/task/task-timer.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** When a timer is due. */
export interface Moment {
  /** By wall time, as its task says. */
  readonly due: number
  /** On the monotonic clock. */
  readonly at: number
  /** How late it was already when that was worked out, in ms. */
  readonly lateBy: number
}

/**
 * The moments of timers on the monotonic clock, for as long as this process lives: a jump of the wall clock may end a term, and whoever
 * leads next has to count on from where the last one was.
 */
export interface Moments {
  /**
   * When this timer is due; as before when it is known. `isNew`: it was decided just now, so it is reckoned by the wall clock as it
   * stands. Otherwise nobody knows which clock it was reckoned by, and while the wall clock is in doubt the later moment counts.
   */
  of(timer: TaskTimer, isNew: boolean): Moment
  /** Looks whether the wall clock has jumped. When it has stood by that for an hour, all moments are worked out anew. */
  look(): void
  forget(id: string): void
  /** Forgets what nobody waits for. */
  keepOnly(isWaiting: (id: string) => boolean): void
}

/** What a clock that is kept right does between two looks. */
const toleranceMs = 2_000
/** How long a clock has to stand by a jump; also one that was right, and whose machine slept. */
const believedAfterMs = 3_600_000

export function createMoments({ clock, log }: { clock: Clock; log: Log }): Moments {
  const known = new Map<string, { -readonly [Key in keyof Moment]: Moment[Key] }>()
  let base = { wall: clock.now().getTime(), monotonic: clock.monotonic() }
  let jump: { ms: number; since: number } | null = null

  return {
    of({ id, due }, isNew) {
      const found = known.get(id)
      if (found?.due === due.getTime()) return found
      const wall = clock.now().getTime()
      const moment = reckon(due.getTime(), isNew ? wall : Math.min(wall, expected()))
      known.set(id, moment)
      return moment
    },
    look() {
      const [wall, monotonic] = [clock.now().getTime(), clock.monotonic()]
      const ms = wall - expected()
      if (Math.abs(ms) > toleranceMs) {
        if (jump === null || Math.abs(ms - jump.ms) > toleranceMs) jump = { ms, since: monotonic }
        if (monotonic - jump.since < believedAfterMs) return
        for (const moment of known.values()) Object.assign(moment, reckon(moment.due, wall))
        log.info({ ms: Math.round(ms) }, 'the clock was set an hour ago; deadlines go by it now')
      }
      jump = null
      base = { wall, monotonic }
    },
    forget: (id) => void known.delete(id),
    keepOnly(isWaiting) {
      for (const id of known.keys()) if (!isWaiting(id)) known.delete(id)
    },
  }

  /** The wall time if it had not jumped. */
  function expected(): number {
    return base.wall + clock.monotonic() - base.monotonic
  }

  function reckon(due: number, wall: number): Moment {
    const left = due - wall
    return { due, at: clock.monotonic() + Math.max(0, left), lateBy: Math.max(0, -left) }
  }
}
