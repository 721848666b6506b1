import { type Random, seededRandom } from '../soak/random.ts'
import { seedFor } from './distribution.ts'
import type { Scenario } from './scenario.ts'
import { createSeat, type Seat, type WorkingSeat } from './seat.ts'
import type { Timeline } from './timeline.ts'
import { type PlannedTrouble, type Trouble, thresholdOf } from './trouble.ts'
import { requester, type VirtualTask, type VirtualTasks } from './virtual-tasks.ts'
import { createWorking, leastWorkMs, secondMs } from './working.ts'

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

/** Agents that get tasks, work, ask and rest, and to whom things happen. Nothing here knows of the sweep. */
export function createVirtualFleet({ scenario, timeline, tasks, closedUntil }: FleetParts): VirtualFleet {
  const stream = (purpose: string): Random => seededRandom(seedFor(scenario.seed, purpose))
  const work = createWorking({ timeline, tasks, random: stream('work'), closedUntil })
  const happening = stream('happening')
  const dice = { scenario, now: timeline.now, signs: stream('signs'), clocks: stream('clocks') }
  const seats = new Map<string, WorkingSeat>(scenario.agents.map((agent) => [agent.name, createSeat(agent, dice)]))
  const troubles: Trouble[] = []
  let skipped = 0
  for (const seat of seats.values()) work.arriveAfterIdle(seat)

  return {
    seats,
    troubles,
    get skipped() {
      return skipped
    },
    pass: work.pass,
    inject,
    end,
    speak(seat) {
      const own = seats.get(seat.agent.name)
      if (own !== undefined) work.tell(own, { type: 'note', text: 'It goes on.' })
    },
    lose(seat, box) {
      const own = seats.get(seat.agent.name)
      if (own !== undefined) work.lose(own, box)
    },
    give(role, box) {
      const seat = seats.get(role)
      if (seat === undefined) return
      seat.queue.push(box)
      work.poke(seat)
    },
  }

  function inject(planned: PlannedTrouble): void {
    const seat = seats.get(planned.agent)
    if (seat === undefined) return
    if (planned.mass) {
      if (seat.trouble !== null) end(seat.trouble, 'restarted')
    } else if (timeline.now < closedUntil() || seat.settling) {
      // What happens to a task has to be written down.
      timeline.at(Math.max(timeline.now, closedUntil()) + 2 * secondMs, () => inject(planned))
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
  function strike(seat: WorkingSeat, trouble: Trouble): boolean {
    const people = seat.agent.seat === 'people'
    switch (trouble.class) {
      case 'stalled':
        if (!work.haveInHand(seat)) return false
        freeze(seat)
        return true
      case 'looping':
        if (!work.haveInHand(seat)) return false
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

  function freeze(seat: WorkingSeat): void {
    work.stopWork(seat)
    seat.signs.stop()
    seat.frozen = true
  }

  function asking(seat: WorkingSeat, trouble: Trouble, kind: 'question' | 'permission', inTask: boolean): boolean {
    if (!work.haveInHand(seat)) return false
    freeze(seat)
    const text =
      kind === 'question' ? 'Which port does the staging database listen on?' : 'Allow: deploy to production?'
    if (inTask || (kind === 'question' && happening.chance(0.5)))
      return work.tell(seat, { type: 'block', reason: text })
    seat.asks = { kind, text, at: timeline.now }
    trouble.onScreen = true
    return true
  }

  /** It is free, something comes, and nobody takes it. */
  function leaveWaiting(seat: WorkingSeat): boolean {
    work.layDown(seat)
    seat.takesNothing = true
    if (seat.queue.length === 0) seat.queue.push(tasks.create(seat.agent.name, timeline.now))
    return true
  }

  function goDeaf(seat: WorkingSeat): boolean {
    if (happening.chance(0.5)) {
      seat.deafTo = 'inbox'
      seat.inboxWaiting = 1
      return true
    }
    work.layDown(seat)
    seat.deafTo = 'tasks'
    if (seat.queue.length === 0) seat.queue.push(tasks.create(seat.agent.name, timeline.now))
    return true
  }

  /** Either its task was given to a new process of the same seat, or it was called off. */
  function goOnAsZombie(seat: WorkingSeat): boolean {
    if (!work.haveInHand(seat)) return false
    const { inHand: box, says } = seat
    if (box === null || says === null) return false
    work.pass(seat, timeline.now)
    if (happening.chance(0.5)) {
      seat.former = { epoch: seat.epoch, label: says.label, taskEpoch: says.epoch, since: seat.since }
      seat.epoch += 1
      const left = Math.max(leastWorkMs, seat.finishAt - timeline.now)
      if (!work.claim(seat, box, box.task.claim?.doorbell ?? '')) return false
      work.begin(seat, left)
      return true
    }
    tasks.tell(box, { type: 'cancel', reason: 'not needed any more' }, requester, timeline.now)
    seat.inHand = null
    seat.ghost = true
    seat.run += 1
    return true
  }

  function goDown(seat: WorkingSeat): void {
    if (seat.inHand !== null && seat.agent.seat === 'program') work.stopWork(seat)
    seat.up = false
    seat.downAt = timeline.now
  }

  function comeUp(seat: WorkingSeat): void {
    seat.up = true
    seat.epoch += 1
    seat.since = timeline.now
    const box = seat.inHand
    if (box === null || seat.agent.seat === 'people') {
      if (box === null) work.poke(seat)
      return
    }
    // Its doorbell is heard again.
    const bell = box.task.claim?.doorbell ?? work.nextBell(seat, box)
    seat.settling = true
    work.whenOpen(() => {
      seat.settling = false
      if (seat.inHand !== box || !seat.up) return
      if (work.claim(seat, box, bell)) work.begin(seat, seat.remaining)
      else work.free(seat)
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
        if (seat.ghost) work.free(seat)
        return
      default:
        if (seat.takesNothing) seat.takesNothing = false
        else {
          thaw(seat, by)
          return
        }
    }
    if (work.canTake(seat)) work.poke(seat)
  }

  function thaw(seat: WorkingSeat, by: NonNullable<Trouble['endedBy']>): void {
    seat.frozen = false
    seat.loopsSince = null
    seat.asks = null
    const box = seat.inHand
    if (box === null) {
      work.free(seat)
      return
    }
    seat.settling = true
    work.whenOpen(() => {
      seat.settling = false
      if (seat.inHand !== box || !seat.up) return
      const keeps = by !== 'take_back' && by !== 'reassign' && by !== 'restarted'
      const blocked = box.task.status === 'blocked'
      if (keeps && work.tell(seat, blocked ? { type: 'start' } : { type: 'note', text: 'It goes on.' })) {
        work.goOn(seat, seat.remaining)
        return
      }
      // The run was ended; what is still its own is begun anew.
      if (box.task.role === seat.agent.name && box.task.status === 'open') seat.queue.unshift(box)
      if (by === 'restarted' && box.task.claim?.by === work.doerOf(seat).actor) {
        work.goOn(seat, seat.remaining)
        return
      }
      work.free(seat)
    })
  }
}

function isAboutQueue({ class: kind }: Trouble): boolean {
  return kind === 'dead' || kind === 'deaf' || kind === 'idle-with-work'
}
