import type { HeardSeats } from '../../bots/sweep/heartbeats.ts'
import { look } from '../../bots/sweep/look.ts'
import { createSteadyPast } from '../../bots/sweep/steady-past.ts'
import { BreakroomError } from '../../core/errors.ts'
import { heartbeatEveryMs, workingHeartbeatEveryMs } from '../../core/heartbeat.ts'
import { type Role, roleSchema } from '../../core/role.ts'
import type { FleetCapture, ProcessCapture } from '../../core/sweep/capture.ts'
import type { SessionCapture } from '../../core/sweep/session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QueueState } from '../../ports/queue-states.ts'
import { seededRandom } from '../soak/random.ts'
import { drawFrom, seedFor } from './distribution.ts'
import { createVirtualFleet, type VirtualFleet } from './fleet.ts'
import { type NoisePlan, planNoise } from './noise.ts'
import type { Scenario } from './scenario.ts'
import { type Seat, skewOf } from './seat.ts'
import { sessionOf } from './signs.ts'
import { createTimeline, type Timeline } from './timeline.ts'
import { planTroubles } from './trouble.ts'
import { createVirtualTasks, type VirtualTasks } from './virtual-tasks.ts'

/** The moment at which every scenario begins. */
export const startsAt = Date.parse('2026-01-05T00:00:00Z')

/** A virtual organisation: its time, its tasks, its agents, and what a sweep can see of them. */
export interface House {
  readonly scenario: Scenario
  readonly timeline: Timeline
  readonly tasks: VirtualTasks
  readonly fleet: VirtualFleet
  readonly plan: NoisePlan
  /** The sweeper's clock. */
  readonly clock: Clock
  /** Until when the bus or the task service is away; 0 when it is there. */
  readonly away: { bus: number; service: number }
  /** Seats whose brain showed nothing when somebody looked last. */
  readonly blind: ReadonlySet<Seat>
  /** What a sweeper sees that has been listening since then. Rejects while the bus is away. */
  look(listeningSince: number): Promise<FleetCapture>
}

export function createHouse(scenario: Scenario): House {
  const timeline = createTimeline(startsAt)
  const plan = planNoise(scenario)
  const away = { bus: 0, service: 0 }
  const skews = seededRandom(seedFor(scenario.seed, 'clocks of the house'))
  const [sweeperSkew, serviceSkew] = [skewOf(skews, scenario), skewOf(skews, scenario)]
  const tasks = createVirtualTasks(scenario.agents, serviceSkew)
  const closedUntil = () => Math.max(away.bus, away.service)
  const fleet = createVirtualFleet({ scenario, timeline, tasks, closedUntil })
  const seeing = seededRandom(seedFor(scenario.seed, 'seeing'))
  const drawLate = drawFrom(scenario.noise.late_captures_minutes)
  const shown = new Map<Seat, { session: SessionCapture; of: Seat['says'] }>()
  const blind = new Set<Seat>()
  const roles = scenario.agents.map(({ name, seat }) => roleOf(name, seat))

  for (const planned of planTroubles(scenario)) timeline.at(startsAt + planned.at, () => fleet.inject(planned))
  for (const [from, to] of plan.busAway) setAway('bus', from, to)
  for (const [from, to] of plan.serviceAway) setAway('service', from, to)
  for (const [from, to] of plan.massRestarts) {
    timeline.at(startsAt + from, () => {
      for (const { agent } of fleet.seats.values()) {
        const dead = { agent: agent.name, class: 'dead', at: from, lasts: to - from } as const
        fleet.inject({ ...dead, healedBy: {}, inCorpus: false, mass: true })
      }
    })
  }

  const clock: Clock = {
    now: () => new Date(timeline.now + sweeperSkew),
    monotonic: () => timeline.now - startsAt,
  }
  const past = createSteadyPast(clock)
  return {
    scenario,
    timeline,
    tasks,
    fleet,
    plan,
    clock,
    away,
    blind,
    async look(listeningSince) {
      if (timeline.now < away.bus) throw unavailable('The bus does not answer.')
      blind.clear()
      for (const seat of fleet.seats.values()) lookAt(seat)
      const seen = await look({
        roles,
        world: tasks.world,
        stops: { stopOf: () => null },
        heartbeats: { capture: () => heard(listeningSince) },
        queueStates: { look: async () => queues() },
        watched: async () => {
          if (timeline.now < away.service) throw unavailable('The task service does not answer.')
          return tasks.watched()
        },
        past,
        clock,
      })
      return seen.fleet
    },
  }

  function setAway(what: keyof typeof away, from: number, to: number): void {
    timeline.at(startsAt + from, () => {
      away[what] = startsAt + to
    })
  }

  /** What it shows is as old as it takes to arrive. */
  function lookAt(seat: Seat): void {
    const late = drawLate(seeing)
    if (seat.says !== null && seat.agent.seat === 'program') {
      const then = Math.max(seat.startedAt, timeline.now - late)
      fleet.pass(seat, then)
      // What was shown last of the same work is remembered, as bots/sweep/heartbeats.ts does.
      const isShown = !seeing.chance(scenario.noise.missing_session)
      if (isShown) shown.set(seat, { session: sessionOf(seat, then, seat.skewMs), of: seat.says })
      else blind.add(seat)
    } else shown.delete(seat)
    fleet.pass(seat, timeline.now)
  }

  function heard(listeningSince: number): HeardSeats {
    const processes = new Map<string, ProcessCapture[]>()
    for (const seat of fleet.seats.values()) {
      const own = processesOf(seat, listeningSince)
      if (own.length > 0) processes.set(seat.agent.name, own)
    }
    return { listeningSince: listeningSince + sweeperSkew, processes }
  }

  /** As the heartbeats told that arrived since somebody listens. */
  function processesOf(seat: Seat, listeningSince: number): ProcessCapture[] {
    const { up, downAt, epoch, since, says, former, agent } = seat
    const working = agent.seat === 'program' && says !== null
    const beat = working ? workingHeartbeatEveryMs : heartbeatEveryMs
    let heardAt = (up ? timeline.now : downAt) - seeing.next() * beat
    while (up && seeing.chance(scenario.noise.lost_heartbeats)) heardAt -= beat
    const processes: ProcessCapture[] = []
    const times = { heardAt: heardAt + sweeperSkew }
    if (heardAt >= listeningSince) {
      processes.push({
        epoch,
        state: working ? 'working' : 'ready',
        ...times,
        since: Math.max(since, listeningSince) + sweeperSkew,
        task: working ? says.label : null,
        taskEpoch: working ? says.epoch : null,
        session: working ? showing(seat) : null,
      })
    }
    if (former !== null && up) {
      processes.push({
        epoch: former.epoch,
        state: 'working',
        heardAt: timeline.now + sweeperSkew,
        since: Math.max(former.since, listeningSince) + sweeperSkew,
        task: former.label,
        taskEpoch: former.taskEpoch,
        session: null,
      })
    }
    return processes
  }

  function showing(seat: Seat): SessionCapture | null {
    const last = shown.get(seat)
    return last !== undefined && last.of === seat.says ? last.session : null
  }

  function queues(): QueueState[] {
    const states: QueueState[] = []
    for (const { agent, up, inboxWaiting, deafTo, inHand, queue, takesNothing } of fleet.seats.values()) {
      const { name: role, seat } = agent
      states.push({ role, queue: 'inbox', waiting: inboxWaiting, inHand: 0, pulled: up && deafTo !== 'inbox' })
      const deaf = deafTo === 'tasks'
      const busy = seat === 'program' && inHand !== null
      // Where people work a bot takes the doorbells; and one that takes nothing although it asks has lost them.
      const heard = up && !deaf && (seat === 'people' || takesNothing)
      const waiting = heard ? 0 : queue.length
      states.push({ role, queue: 'tasks', waiting, inHand: busy ? 1 : 0, pulled: up && !deaf && !busy })
    }
    return states
  }
}

export function unavailable(sentence: string): BreakroomError {
  return new BreakroomError('unavailable', sentence)
}

function roleOf(name: string, seat: 'program' | 'people'): Role {
  return roleSchema.parse({
    name,
    nick: name.slice(0, 30),
    reports_to: 'founder',
    title: name,
    mission: 'Works.',
    rooms: ['breakroom'],
    capabilities: ['work'],
    tools: { tasks: ['get_my_next_task', 'update_task_status'] },
    forbidden_actions: ['nothing else'],
    brain: seat === 'people' ? { kind: 'none' } : { kind: 'command', command: 'true' },
    loop_strategy: 'on_task',
    escalation: { to: 'founder', after_minutes: 20 },
  })
}
