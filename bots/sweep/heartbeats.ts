import { type Heartbeat, heartbeatSchema } from '../../core/heartbeat.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { ProcessCapture } from '../../core/sweep/capture.ts'
import { type SessionCapture, shiftedBy } from '../../core/sweep/session.ts'
import { asLabel } from '../../core/task/label.ts'
import type { BusHealth, Signals } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'

/** What is known of all seats' processes from what they say of themselves. */
export interface Heartbeats {
  /** As of now, in milliseconds since 1970. */
  capture(): HeardSeats
}

export interface HeardSeats {
  /** Since when none can have been missed. */
  listeningSince: number
  /** By role, the newest process first. */
  processes: ReadonlyMap<string, readonly ProcessCapture[]>
}

export interface HeartbeatsParts {
  bus: Signals & BusHealth
  subjects: OrgSubjects
  clock: Clock
  signal: AbortSignal
  /** Processes of one seat that are kept in mind at the same time. */
  most?: number
}

const tickMs = 5_000
/** A tick that comes so late says that we slept, and heard nothing meanwhile. */
const sleptMs = 10_000
/** Clocks that are kept right differ by less than that, and a heartbeat is on its way for less. */
const clockSlackMs = 60_000
/** For so long a former process of a seat is of interest. */
const forgottenAfterMs = 3_600_000

/** One process, in the time of the monotonic clock: somebody setting the wall clock must not make anybody silent. */
interface Heard {
  heartbeat: Heartbeat
  at: number
  since: number
}

/**
 * Listens to the heartbeats of all seats until `signal` aborts. One counts when it comes on its own role's subject, which the bus lets only
 * that role write. Listening begins anew when the bus comes back, and after this process slept.
 */
export function createHeartbeats({ bus, subjects, clock, signal, most = 16 }: HeartbeatsParts): Heartbeats {
  /** By role, so that no seat crowds out another, and by epoch; who was heard of last comes last. */
  const heard = new Map<string, Map<number, Heard>>()
  let listeningSince = clock.monotonic()
  let lastTick = listeningSince

  bus.onChange((connected) => {
    if (connected) listeningSince = clock.monotonic()
  }, signal)
  bus.listen(subjects.anyStatus, hear, signal)
  const timer = setInterval(tick, tickMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  if (signal.aborted) clearInterval(timer)

  return {
    capture() {
      // Whoever looks right after we slept may be faster than the timer.
      tick()
      forget()
      const toWall = clock.now().getTime() - clock.monotonic()
      const processes = new Map<string, ProcessCapture[]>()
      for (const [role, seat] of heard) {
        const ofRole = [...seat.values()].map(({ heartbeat, at, since }): ProcessCapture => {
          const { epoch, state, task, task_epoch, session } = heartbeat
          // It is said in a room.
          const isTask = task !== undefined && asLabel(task) === task
          return {
            epoch,
            state,
            heardAt: at + toWall,
            since: since + toWall,
            task: isTask ? task : null,
            taskEpoch: isTask ? (task_epoch ?? null) : null,
            session: session === undefined ? null : byOurClock(session, at + toWall - Date.parse(heartbeat.at)),
          }
        })
        ofRole.sort((a, b) => b.epoch - a.epoch)
        processes.set(role, ofRole)
      }
      return { listeningSince: listeningSince + toWall, processes }
    },
  }

  function hear(data: unknown, subject: string): void {
    const parsed = heartbeatSchema.safeParse(data)
    if (!parsed.success || subject !== subjects.status(parsed.data.role)) return
    const heartbeat = parsed.data
    const { role, epoch } = heartbeat
    const at = clock.monotonic()
    const seat = heard.get(role) ?? new Map<number, Heard>()
    const before = seat.get(epoch)
    const goesOn =
      before !== undefined &&
      before.heartbeat.state === heartbeat.state &&
      before.heartbeat.task === heartbeat.task &&
      before.heartbeat.task_epoch === heartbeat.task_epoch
    // A look at a brain may fail once; when it last did something is known all the same.
    const { session = goesOn ? before.heartbeat.session : undefined } = heartbeat
    seat.delete(epoch)
    seat.set(epoch, {
      heartbeat: session === undefined ? heartbeat : { ...heartbeat, session },
      at,
      since: goesOn ? before.since : at,
    })
    heard.set(role, seat)
    if (seat.size <= most) return
    const quietest = seat.keys().next()
    if (!quietest.done) seat.delete(quietest.value)
  }

  function tick(): void {
    const now = clock.monotonic()
    if (now - lastTick > tickMs + sleptMs) listeningSince = now
    lastTick = now
  }

  /** Former processes of a seat; its newest is remembered, so that it can be told since when there is none. */
  function forget(): void {
    const now = clock.monotonic()
    for (const seat of heard.values()) {
      const newest = Math.max(...seat.keys())
      for (const [epoch, { heartbeat, at }] of seat) {
        const former = epoch !== newest
        if (former && (heartbeat.state === 'leaving' || now - at > forgottenAfterMs)) seat.delete(epoch)
      }
    }
  }
}

/** `behind`: by how much the clock of its machine is behind ours, in ms. Nobody is stalled because of that. */
function byOurClock(session: SessionCapture, behind: number): SessionCapture {
  return Math.abs(behind) < clockSlackMs ? session : shiftedBy(session, behind)
}
