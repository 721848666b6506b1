import { isBreakroomError } from '../../core/errors.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import { isOver } from '../../core/task/task.ts'
import type { Doer } from '../../core/task/world.ts'
import type { Random } from '../soak/random.ts'
import type { Seat, WorkingSeat } from './seat.ts'
import type { Timeline } from './timeline.ts'
import { passedCheck, type VirtualTask, type VirtualTasks } from './virtual-tasks.ts'

/** A seat looks so often whether its task is still its own. */
export const looksEveryMs = 10_000
/** Work that was interrupted takes at least so long. */
export const leastWorkMs = 30_000
export const secondMs = 1_000

export interface WorkingParts {
  timeline: Timeline
  tasks: VirtualTasks
  random: Random
  /** Until when the task service can be asked nothing; 0 when it can. */
  closedUntil(): number
}

/** How seats get tasks, take them, work, and hand in what is done, as long as nothing happens to them. */
export function createWorking({ timeline, tasks, random, closedUntil }: WorkingParts) {
  return {
    doerOf,
    whenOpen,
    tell,
    arriveAfterIdle,
    canTake,
    poke,
    haveInHand,
    claim,
    nextBell,
    begin,
    goOn,
    stopWork,
    layDown,
    free,
    pass,
    lose,
  }

  function doerOf({ agent: { seat, name }, says }: Seat): Doer {
    return seat === 'people'
      ? { actor: `human-${name}`, tier: 'member', epoch: null }
      : { actor: name, tier: 'none', epoch: says?.epoch ?? null }
  }

  /** Does it as soon as the task service can be asked. */
  function whenOpen(run: () => void): void {
    const until = closedUntil()
    if (timeline.now < until) timeline.at(until + secondMs, () => whenOpen(run))
    else run()
  }

  /** Whether the task service took it. */
  function tell(seat: WorkingSeat, command: TaskCommand): boolean {
    const { inHand } = seat
    if (inHand === null || timeline.now < closedUntil()) return false
    try {
      tasks.tell(inHand, command, doerOf(seat), timeline.now)
      return true
    } catch (error) {
      if (isBreakroomError(error, 'refused')) return false
      throw error
    }
  }

  /** What was said since somebody looked last. */
  function tellAt(seat: WorkingSeat, at: number): void {
    const { inHand } = seat
    if (inHand === null || timeline.now < closedUntil()) return
    try {
      tasks.tell(inHand, { type: 'note', text: 'It goes on.' }, doerOf(seat), at)
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) throw error
    }
  }

  function arriveAfterIdle(seat: WorkingSeat): void {
    if (seat.arrives) return
    seat.arrives = true
    timeline.in(seat.draws.idle(random), () =>
      whenOpen(() => {
        seat.arrives = false
        seat.queue.push(tasks.create(seat.agent.name, timeline.now))
        poke(seat)
      }),
    )
  }

  function canTake({ up, inHand, ghost, takesNothing, deafTo }: Seat): boolean {
    return up && inHand === null && !ghost && !takesNothing && deafTo !== 'tasks'
  }

  function poke(seat: WorkingSeat): void {
    if (!canTake(seat)) return
    if (seat.queue.length === 0) {
      arriveAfterIdle(seat)
      return
    }
    timeline.in(seat.draws.takes(random), () =>
      whenOpen(() => {
        if (canTake(seat)) take(seat)
      }),
    )
  }

  /** Takes what waits longest; false when nothing does. */
  function take(seat: WorkingSeat): boolean {
    for (;;) {
      const box = seat.queue.shift()
      if (box === undefined) return false
      if (claim(seat, box, nextBell(seat, box))) {
        begin(seat, seat.draws.work(random))
        return true
      }
    }
  }

  /** It has something in hand, if need be something that comes now. */
  function haveInHand(seat: WorkingSeat): boolean {
    if (seat.inHand !== null) return true
    if (seat.queue.length === 0) seat.queue.push(tasks.create(seat.agent.name, timeline.now))
    return take(seat)
  }

  function claim(seat: WorkingSeat, box: VirtualTask, doorbell: string): boolean {
    const { agent } = seat
    if (isOver(box.task) || box.task.role !== agent.name) return false
    seat.inHand = box
    seat.says = null
    if (!tell(seat, { type: 'claim', doorbell: agent.seat === 'people' ? null : doorbell })) {
      seat.inHand = null
      return false
    }
    seat.says = { label: box.task.label, epoch: box.task.epoch }
    tell(seat, { type: 'start' })
    return true
  }

  function nextBell(seat: WorkingSeat, { task }: VirtualTask): string {
    seat.bells += 1
    return `bell-${task.label}-${seat.agent.name}-${seat.bells}`
  }

  /** Work goes on, for so long. */
  function begin(seat: WorkingSeat, ms: number): void {
    seat.startedAt = timeline.now
    seat.since = timeline.now
    goOn(seat, ms)
  }

  function goOn(seat: WorkingSeat, ms: number): void {
    seat.signs.begin(timeline.now)
    seat.run += 1
    seat.remaining = 0
    seat.finishAt = timeline.now + ms
    const { run } = seat
    timeline.in(ms, () =>
      whenOpen(() => {
        if (seat.run === run) finish(seat)
      }),
    )
  }

  function stopWork(seat: WorkingSeat): void {
    pass(seat, timeline.now)
    seat.remaining = Math.max(leastWorkMs, seat.finishAt - timeline.now)
    seat.run += 1
  }

  function finish(seat: WorkingSeat): void {
    handIn(seat)
    free(seat)
  }

  function handIn(seat: WorkingSeat): void {
    const box = seat.inHand
    if (box === null || !tell(seat, { type: 'submit', result: 'done' })) return
    const [command, doer] = passedCheck(box.task.epoch)
    tasks.tell(box, command, doer, timeline.now)
  }

  /** What it has in hand is done at this moment. */
  function layDown(seat: WorkingSeat): void {
    if (seat.inHand === null) return
    pass(seat, timeline.now)
    handIn(seat)
    seat.inHand = null
    seat.says = null
    seat.since = timeline.now
    seat.run += 1
  }

  /** It has nothing in hand, and looks for what is next. */
  function free(seat: WorkingSeat): void {
    seat.inHand = null
    seat.says = null
    seat.ghost = false
    seat.since = timeline.now
    seat.run += 1
    poke(seat)
  }

  function pass(seat: Seat, until: number): void {
    const busy = seat.inHand !== null || seat.ghost
    if (!busy || seat.frozen || (!seat.up && seat.agent.seat === 'program')) return
    const said = seat.signs.pass(until)
    if (said !== null && !seat.ghost) tellAt(seat as WorkingSeat, said)
  }

  function lose(seat: WorkingSeat, box: VirtualTask): void {
    seat.queue = seat.queue.filter((one) => one !== box)
    if (seat.inHand !== box) return
    // What is dead, or hangs, learns of it when it goes on.
    if (!seat.up) {
      seat.inHand = null
      seat.says = null
      return
    }
    if (seat.frozen) return
    seat.run += 1
    timeline.in(looksEveryMs, () => {
      if (seat.inHand === box) free(seat)
    })
  }
}
