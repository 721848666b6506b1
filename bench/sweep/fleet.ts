import { isBreakroomError } from '../../core/errors.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import { isOver } from '../../core/task/task.ts'
import type { Doer } from '../../core/task/world.ts'
import { type Random, seededRandom } from '../soak/random.ts'
import { type Draw, drawFrom, seedFor } from './distribution.ts'
import { type Agent, type Behaviour, behaviourOf, type Scenario } from './scenario.ts'
import { createSigns, type SessionFacts, type Signs } from './signs.ts'
import type { Timeline } from './timeline.ts'
import { type PlannedTrouble, type Trouble, thresholdOf } from './trouble.ts'
import { passedCheck, requester, type VirtualTask, type VirtualTasks } from './virtual-tasks.ts'

/** A seat looks so often whether its task is still its own. */
export const looksEveryMs = 10_000
/** Work that was interrupted takes at least so long. */
const leastWorkMs = 30_000
const secondMs = 1_000

/** A process that works on what is not its own any more. */
interface Former {
  epoch: number
  label: string
  taskEpoch: number
  since: number
}

/** One agent as it really is. */
export interface Seat extends SessionFacts {
  readonly agent: Agent
  readonly behaviour: Behaviour
  readonly skewMs: number
  /** Whether its process runs, and when it ended last; which its number is, and since when it has been doing what it does. */
  up: boolean
  downAt: number
  epoch: number
  since: number
  inHand: VirtualTask | null
  /** What its process says that it works on. */
  says: { label: string; epoch: number } | null
  /** Beside it: its former process, that does not know. */
  former: Former | null
  /** What it works on was taken away, and it does not know. */
  ghost: boolean
  queue: VirtualTask[]
  /** It gives no sign of work. */
  frozen: boolean
  /** It takes nothing of what waits. */
  takesNothing: boolean
  deafTo: 'inbox' | 'tasks' | null
  inboxWaiting: number
  trouble: Trouble | null
  signs: Signs
}

export interface VirtualFleet {
  readonly seats: ReadonlyMap<string, Seat>
  /** Every trouble that was injected. */
  readonly troubles: readonly Trouble[]
  /** Those that could not be: whoever it was meant for was in trouble already, or had more waiting than they can take. */
  readonly skipped: number
  /** Lets its time pass as far as it shows, until then. */
  pass(seat: Seat, until: number): void
  inject(planned: PlannedTrouble): void
  end(trouble: Trouble, by: NonNullable<Trouble['endedBy']>): void
  /** It says something about its task, if it still has one. */
  speak(seat: Seat): void
  /** What it had is another's now. */
  lose(seat: Seat, box: VirtualTask): void
  /** It has come to this seat. */
  give(role: string, box: VirtualTask): void
}

export interface FleetParts {
  scenario: Scenario
  timeline: Timeline
  tasks: VirtualTasks
  /** Until when the task service can be asked nothing; 0 when it can. */
  closedUntil(): number
}

interface Draws {
  work: Draw
  idle: Draw
  takes: Draw
}

/** What only the fleet itself has to know of a seat. */
interface Inner extends Seat {
  draws: Draws
  /** Counts what it began, so that the end of something older is no end. */
  run: number
  finishAt: number
  remaining: number
  arrives: boolean
  bells: number
}

/** Agents that get tasks, work, ask and rest, and to whom things happen. Nothing here knows of the sweep. */
export function createVirtualFleet({ scenario, timeline, tasks, closedUntil }: FleetParts): VirtualFleet {
  const random = seededRandom(seedFor(scenario.seed, 'work'))
  const signs = seededRandom(seedFor(scenario.seed, 'signs'))
  const happening = seededRandom(seedFor(scenario.seed, 'happening'))
  const skews = seededRandom(seedFor(scenario.seed, 'clocks'))
  const seats = new Map<string, Inner>()
  const troubles: Trouble[] = []
  let skipped = 0
  for (const agent of scenario.agents) seats.set(agent.name, seatOf(agent))
  for (const seat of seats.values()) arriveAfterIdle(seat)

  return {
    seats,
    troubles,
    get skipped() {
      return skipped
    },
    pass,
    inject,
    end,
    speak: (seat) => void tell(seat as Inner, { type: 'note', text: 'It goes on.' }),
    lose: (seat, box) => lose(seat as Inner, box),
    give(role, box) {
      const seat = seats.get(role)
      if (seat === undefined) return
      seat.queue.push(box)
      poke(seat)
    },
  }

  function seatOf(agent: Agent): Inner {
    const behaviour = behaviourOf(scenario, agent.behaviour)
    return {
      agent,
      behaviour,
      skewMs: skewOf(skews, scenario),
      draws: {
        work: drawFrom(behaviour.work_minutes),
        idle: drawFrom(behaviour.idle_minutes),
        takes: drawFrom(behaviour.takes_minutes),
      },
      signs: createSigns(behaviour, signs),
      up: true,
      downAt: 0,
      epoch: 1,
      since: timeline.now,
      startedAt: timeline.now,
      loopsSince: null,
      asks: null,
      inHand: null,
      says: null,
      former: null,
      ghost: false,
      queue: [],
      frozen: false,
      takesNothing: false,
      deafTo: null,
      inboxWaiting: 0,
      trouble: null,
      run: 0,
      finishAt: 0,
      remaining: 0,
      arrives: false,
      bells: 0,
    }
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
  function tell(seat: Inner, command: TaskCommand): boolean {
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

  function arriveAfterIdle(seat: Inner): void {
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

  function poke(seat: Inner): void {
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
  function take(seat: Inner): boolean {
    for (;;) {
      const box = seat.queue.shift()
      if (box === undefined) return false
      if (claim(seat, box, `bell-${box.task.label}-${seat.agent.name}-${++seat.bells}`)) {
        begin(seat, seat.draws.work(random))
        return true
      }
    }
  }

  function claim(seat: Inner, box: VirtualTask, doorbell: string): boolean {
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

  /** Work goes on, for so long. */
  function begin(seat: Inner, ms: number): void {
    seat.startedAt = timeline.now
    seat.since = timeline.now
    goOn(seat, ms)
  }

  function goOn(seat: Inner, ms: number): void {
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

  function stopWork(seat: Inner): void {
    pass(seat, timeline.now)
    seat.remaining = Math.max(leastWorkMs, seat.finishAt - timeline.now)
    seat.run += 1
  }

  function finish(seat: Inner): void {
    handIn(seat)
    free(seat)
  }

  function handIn(seat: Inner): void {
    const box = seat.inHand
    if (box === null || !tell(seat, { type: 'submit', result: 'done' })) return
    const [command, doer] = passedCheck(box.task.epoch)
    tasks.tell(box, command, doer, timeline.now)
  }

  /** It has nothing in hand, and looks for what is next. */
  function free(seat: Inner): void {
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
    if (said !== null && !seat.ghost) tellAt(seat as Inner, said)
  }

  /** What was said since somebody looked last. */
  function tellAt(seat: Inner, at: number): void {
    const { inHand } = seat
    if (inHand === null || timeline.now < closedUntil()) return
    try {
      tasks.tell(inHand, { type: 'note', text: 'It goes on.' }, doerOf(seat), at)
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) throw error
    }
  }

  function lose(seat: Inner, box: VirtualTask): void {
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

  function inject(planned: PlannedTrouble): void {
    const seat = seats.get(planned.agent)
    if (seat === undefined) return
    if (planned.mass) {
      if (seat.trouble !== null) end(seat.trouble, 'restarted')
    } else if (timeline.now < closedUntil()) {
      // What happens to a task has to be written down.
      timeline.at(closedUntil() + secondMs, () => inject(planned))
      return
    }
    if (seat.trouble !== null || !seat.up) {
      skipped += 1
      return
    }
    const trouble: Trouble = {
      ...planned,
      onset: timeline.now,
      thresholdMs: thresholdOf(planned.class, seat.agent.thresholds),
      onScreen: false,
      end: null,
      endedBy: null,
      detectedAt: null,
      detectedAs: null,
      treatedAt: null,
      treatedBy: null,
      task: null,
      seeable: false,
      passedOver: null,
      lostMs: 0,
    }
    if (!strike(seat, trouble)) {
      skipped += 1
      return
    }
    trouble.task = isAboutQueue(trouble) ? null : (seat.says?.label ?? null)
    seat.trouble = trouble
    troubles.push(trouble)
    timeline.in(planned.lasts, () => {
      if (trouble.end === null) end(trouble, 'itself')
    })
  }

  /** Makes it so; false when it cannot be. */
  function strike(seat: Inner, trouble: Trouble): boolean {
    const people = seat.agent.seat === 'people'
    switch (trouble.class) {
      case 'stalled':
        if (!haveInHand(seat)) return false
        freeze(seat)
        return true
      case 'looping':
        if (!haveInHand(seat)) return false
        freeze(seat)
        seat.loopsSince = timeline.now
        return true
      case 'waiting-for-answer':
        return asking(seat, trouble, 'question', people)
      case 'waiting-for-human':
        // What waits already may have been said.
        if (people) return seat.queue.length === 0 && leaveWaiting(seat)
        return asking(seat, trouble, 'permission', false)
      case 'idle-with-work':
        return leaveWaiting(seat)
      case 'deaf':
        return goDeaf(seat)
      case 'zombie':
        return goOnAsZombie(seat)
      case 'dead':
        goDown(seat)
        return true
      default:
        return trouble.class satisfies never
    }
  }

  /** It has something in hand, if need be something that comes now. */
  function haveInHand(seat: Inner): boolean {
    if (seat.inHand !== null) return true
    if (seat.queue.length === 0) seat.queue.push(tasks.create(seat.agent.name, timeline.now))
    return take(seat)
  }

  function freeze(seat: Inner): void {
    stopWork(seat)
    seat.signs.stop()
    seat.frozen = true
  }

  function asking(seat: Inner, trouble: Trouble, kind: 'question' | 'permission', inTask: boolean): boolean {
    if (!haveInHand(seat)) return false
    freeze(seat)
    const text =
      kind === 'question' ? 'Which port does the staging database listen on?' : 'Allow: deploy to production?'
    if (inTask || (kind === 'question' && happening.chance(0.5))) return tell(seat, { type: 'block', reason: text })
    seat.asks = { kind, text, at: timeline.now }
    trouble.onScreen = true
    return true
  }

  /** It is free, something comes, and nobody takes it. */
  function leaveWaiting(seat: Inner): boolean {
    layDown(seat)
    seat.takesNothing = true
    if (seat.queue.length === 0) seat.queue.push(tasks.create(seat.agent.name, timeline.now))
    return true
  }

  function goDeaf(seat: Inner): boolean {
    if (happening.chance(0.5)) {
      seat.deafTo = 'inbox'
      seat.inboxWaiting = 1
      return true
    }
    layDown(seat)
    seat.deafTo = 'tasks'
    if (seat.queue.length === 0) seat.queue.push(tasks.create(seat.agent.name, timeline.now))
    return true
  }

  /** What it has in hand is done at this moment. */
  function layDown(seat: Inner): void {
    if (seat.inHand === null) return
    pass(seat, timeline.now)
    handIn(seat)
    seat.inHand = null
    seat.says = null
    seat.since = timeline.now
    seat.run += 1
  }

  /** Either its task was given to a new process of the same seat, or it was called off. */
  function goOnAsZombie(seat: Inner): boolean {
    if (!haveInHand(seat)) return false
    const { inHand: box, says } = seat
    if (box === null || says === null) return false
    pass(seat, timeline.now)
    if (happening.chance(0.5)) {
      seat.former = { epoch: seat.epoch, label: says.label, taskEpoch: says.epoch, since: seat.since }
      seat.epoch += 1
      const left = Math.max(leastWorkMs, seat.finishAt - timeline.now)
      if (!claim(seat, box, box.task.claim?.doorbell ?? '')) return false
      begin(seat, left)
      return true
    }
    tasks.tell(box, { type: 'cancel', reason: 'not needed any more' }, requester, timeline.now)
    seat.inHand = null
    seat.ghost = true
    seat.run += 1
    return true
  }

  function goDown(seat: Inner): void {
    if (seat.inHand !== null && seat.agent.seat === 'program') stopWork(seat)
    seat.up = false
    seat.downAt = timeline.now
  }

  function comeUp(seat: Inner): void {
    seat.up = true
    seat.epoch += 1
    seat.since = timeline.now
    const box = seat.inHand
    if (box === null || seat.agent.seat === 'people') {
      if (box === null) poke(seat)
      return
    }
    // Its doorbell is heard again.
    const bell = box.task.claim?.doorbell ?? `bell-${box.task.label}-${seat.agent.name}-${++seat.bells}`
    whenOpen(() => {
      if (seat.inHand !== box || !seat.up) return
      if (claim(seat, box, bell)) begin(seat, seat.remaining)
      else free(seat)
    })
  }

  function end(trouble: Trouble, by: NonNullable<Trouble['endedBy']>): void {
    const seat = seats.get(trouble.agent)
    if (seat === undefined || trouble.end !== null) return
    trouble.end = timeline.now
    trouble.endedBy = by
    seat.trouble = null
    switch (trouble.class) {
      case 'deaf':
        seat.deafTo = null
        seat.inboxWaiting = 0
        break
      case 'idle-with-work':
        seat.takesNothing = false
        break
      case 'dead':
        comeUp(seat)
        return
      case 'zombie':
        seat.former = null
        if (seat.ghost) free(seat)
        return
      default:
        if (seat.takesNothing) seat.takesNothing = false
        else {
          thaw(seat, by)
          return
        }
    }
    if (canTake(seat)) poke(seat)
  }

  function thaw(seat: Inner, by: NonNullable<Trouble['endedBy']>): void {
    seat.frozen = false
    seat.loopsSince = null
    seat.asks = null
    const box = seat.inHand
    if (box === null) {
      free(seat)
      return
    }
    whenOpen(() => {
      if (seat.inHand !== box || seat.frozen) return
      const keeps = by !== 'take_back' && by !== 'reassign' && by !== 'restarted'
      const blocked = box.task.status === 'blocked'
      if (keeps && tell(seat, blocked ? { type: 'start' } : { type: 'note', text: 'It goes on.' })) {
        goOn(seat, seat.remaining)
        return
      }
      // The run was ended; what is still its own is begun anew.
      if (box.task.role === seat.agent.name && box.task.status === 'open') seat.queue.unshift(box)
      if (by === 'restarted' && box.task.claim?.by === doerOf(seat).actor) {
        goOn(seat, seat.remaining)
        return
      }
      free(seat)
    })
  }
}

function isAboutQueue({ class: kind }: Trouble): boolean {
  return kind === 'dead' || kind === 'deaf' || kind === 'idle-with-work'
}

/** How far a clock is off that nobody set, in milliseconds. */
export function skewOf(random: Random, { noise }: Pick<Scenario, 'noise'>): number {
  return Math.round((random.next() * 2 - 1) * noise.clock_skew_minutes * 60_000)
}
