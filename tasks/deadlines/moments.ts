import type { TaskTimer } from '../../core/task/task-timer.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { createClockJumps } from '../clock-jumps.ts'

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

export function createMoments({ clock, log }: { clock: Clock; log: Log }): Moments {
  const known = new Map<string, { -readonly [Key in keyof Moment]: Moment[Key] }>()
  const jumps = createClockJumps(clock)

  return {
    of({ id, due }, isNew) {
      const found = known.get(id)
      if (found?.due === due.getTime()) return found
      const wall = clock.now().getTime()
      const moment = reckon(due.getTime(), isNew ? wall : Math.min(wall, jumps.expected()))
      known.set(id, moment)
      return moment
    },
    look() {
      const { state, shown, jumpMs } = jumps.look()
      if (state !== 'believed') return
      for (const moment of known.values()) Object.assign(moment, reckon(moment.due, shown))
      log.info({ ms: Math.round(jumpMs) }, 'the clock was set an hour ago; deadlines go by it now')
    },
    forget: (id) => void known.delete(id),
    keepOnly(isWaiting) {
      for (const id of known.keys()) if (!isWaiting(id)) known.delete(id)
    },
  }

  function reckon(due: number, wall: number): Moment {
    const left = due - wall
    return { due, at: clock.monotonic() + Math.max(0, left), lateBy: Math.max(0, -left) }
  }
}
