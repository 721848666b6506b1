import type { Random } from '../soak/random.ts'
import { type Draw, drawFrom } from './distribution.ts'
import { type Agent, type Behaviour, behaviourOf, type Scenario } from './scenario.ts'
import { createSigns, type SessionFacts, type Signs } from './signs.ts'
import type { Trouble } from './trouble.ts'
import type { VirtualTask } from './virtual-tasks.ts'

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

/** What only those have to know of a seat who make it work. */
export interface WorkingSeat extends Seat {
  draws: { work: Draw; idle: Draw; takes: Draw }
  /** Counts what it began, so that the end of something older is no end. */
  run: number
  finishAt: number
  remaining: number
  arrives: boolean
  bells: number
  /** It waits for the task service before it goes on with what it had. */
  settling: boolean
}

/** A seat that has just been taken. `signs` and `clocks` are thrown from. */
export function createSeat(
  agent: Agent,
  { scenario, now, signs, clocks }: { scenario: Scenario; now: number; signs: Random; clocks: Random },
): WorkingSeat {
  const behaviour = behaviourOf(scenario, agent.behaviour)
  return {
    agent,
    behaviour,
    skewMs: skewOf(clocks, scenario),
    draws: {
      work: drawFrom(behaviour.work_minutes),
      idle: drawFrom(behaviour.idle_minutes),
      takes: drawFrom(behaviour.takes_minutes),
    },
    signs: createSigns(behaviour, signs),
    up: true,
    downAt: 0,
    epoch: 1,
    since: now,
    startedAt: now,
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
    settling: false,
  }
}

/** How far a clock is off that nobody set, in milliseconds. */
export function skewOf(random: Random, { noise }: Pick<Scenario, 'noise'>): number {
  return Math.round((random.next() * 2 - 1) * noise.clock_skew_minutes * 60_000)
}
