import type { SweepOnceParts } from '../../bots/sweep/sweep-once.ts'
import { treat } from '../../bots/sweep/treat.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { Answer } from '../../core/knowledge/answer.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Stall } from '../../core/sweep/finding.ts'
import type { Move } from '../../core/sweep/ladder.ts'
import type { Restart } from '../../core/sweep/restart.ts'
import type { Thresholds } from '../../core/sweep/settings.ts'
import type { RungKind } from '../../core/sweep/states.ts'
import { whatCame } from '../../core/sweep/treatment.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import type { TaskRequest } from '../../core/task/request.ts'
import type { Services } from '../../ports/bus.ts'
import type { RevisedState } from '../../ports/revised-state.ts'
import { type House, unavailable } from './house.ts'
import type { Reactions } from './reactions.ts'
import type { Truth } from './truth.ts'

/** One sweeping process. */
export interface Sweeper {
  readonly parts: SweepOnceParts
  /** Since when it hears heartbeats. */
  listeningSince: number
  /** It ends at its n-th call of the world outside; `acted`: after what it called for was done. */
  killAt(call: number, acted: boolean): void
  /** It stands still at its n-th call until it is let go on; by then it has lost the lead. Resolves when it stands. */
  pauseAt(call: number): { stands: Promise<void>; goOn(): void; cancel(): void }
  readonly dead: boolean
  readonly paused: boolean
}

const subjects = orgSubjects('breakroom')
const silence = { info() {}, warn() {}, error() {} }
const noMetrics = { count() {}, gauge() {} }

/** The real treatment and the real memory's rules, in front of a virtual world. */
export function createSweeper(house: House, truth: Truth, reactions: Reactions, memory: RevisedState): Sweeper {
  const { scenario, tasks, fleet, timeline } = house
  const thresholds = new Map<string, Thresholds>(scenario.agents.map((agent) => [agent.name, agent.thresholds]))
  const anybody = scenario.agents[0]?.thresholds as Thresholds
  let calls = 0
  let kill: { at: number; acted: boolean } | null = null
  let pause: { at: number; stand: () => void; gate: Promise<void> } | null = null
  let [dead, paused, current] = [false, false, true]

  const sweeper: Sweeper = {
    listeningSince: timeline.now,
    get dead() {
      return dead
    },
    get paused() {
      return paused
    },
    killAt(call, acted) {
      kill = { at: calls + call, acted }
    },
    pauseAt(call) {
      const stands = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      pause = { at: calls + call, stand: stands.resolve, gate: gate.promise }
      const cancel = () => {
        pause = null
      }
      return { stands: stands.promise, goOn: gate.resolve, cancel }
    },
    parts: {
      look: () => house.look(sweeper.listeningSince),
      organs: async () => [],
      memory: {
        read: (key) => outside(() => memory.read(key)),
        write: (key, value, revision) => outside(() => memory.write(key, value, revision)),
      },
      treat: (stall, move) =>
        treat(
          {
            role: 'sweep',
            own: servicesFor(stall, move),
            bus: { send: (_, data) => restarted(stall, move, data as Restart), listen() {} },
            subjects,
            say: (id) =>
              outside(async () => {
                // The same line again is not said again. Beside a restart it only tells of it.
                if (truth.said(id) && move.kind !== 'restart') carriedOut(stall, move, 'ask')
              }),
            mayTell: true,
            mayAct: () => current && !dead,
          },
          stall,
          move,
        ),
      thresholds: (role) => thresholds.get(role) ?? anybody,
      everyMs: scenario.sweep.every_minutes * 60_000,
      clock: house.clock,
      current: () => current && !dead,
      log: silence,
      metrics: noMetrics,
    },
  }
  return sweeper

  /** Every call of the world outside is a moment at which it may be killed, or suspended. */
  async function outside<T>(call: () => Promise<T>): Promise<T> {
    if (dead) throw unavailable('It was killed.')
    calls += 1
    if (pause !== null && calls === pause.at) {
      const { stand, gate } = pause
      pause = null
      paused = true
      stand()
      await gate
      // Its own clock says that the lead is over; what it was about to do when it was suspended it does all the same.
      paused = false
      current = false
    }
    if (kill === null || calls !== kill.at) return call()
    dead = true
    if (kill.acted) await call()
    throw unavailable('It was killed.')
  }

  function servicesFor(stall: Stall, move: Move): Services {
    return {
      serve: async () => {},
      request: (subject, data) =>
        outside(async () => {
          if (timeline.now < house.away.bus) throw unavailable('The bus does not answer.')
          const [, , service, verb] = subject.split('.')
          if (service === 'knowledge') return answerFor(stall)
          return taskCommand(stall, move, verb as string, data as TaskRequest)
        }),
    }
  }

  function taskCommand(stall: Stall, move: Move, verb: string, { args }: TaskRequest): unknown {
    if (timeline.now < house.away.service) throw unavailable('The task service does not answer.')
    const given = args as { task: string }
    const box = tasks.live.get(given.task)
    if (box === undefined) throw new BreakroomError('refused', `${given.task} is over.`, { detail: { rule: 'over' } })
    const chances = verb === 'reassign_fit' ? { load: tasks.load(), full: new Set<string>() } : {}
    const command = { ...given, type: verb, ...chances } as unknown as TaskCommand
    const events = tasks.tell(box, command, { actor: 'sweep', tier: 'none', epoch: null }, timeline.now)
    const reply = { task: box.task, hint: null, events: events.map(({ type }) => type) }
    const came = whatCame(reply)
    if (came !== null) carriedOut(stall, move, came.did)
    return reply
  }

  function carriedOut(stall: Stall, move: Move, kind: RungKind): void {
    const { role, task, queue, epoch, state } = stall
    const box = task === null ? null : (tasks.live.get(task) ?? null)
    const trouble = truth.carriedOut({ role, task, queue, epoch, rung: move.number, kind, state }, box)
    const seat = fleet.seats.get(role)
    if (seat !== undefined) reactions.to(seat, kind, box, trouble)
  }

  /** Told twice under one id, a seat does one thing. */
  function restarted(stall: Stall, move: Move, { id }: Restart): void {
    if (timeline.now >= house.away.bus && truth.signalled(id)) carriedOut(stall, move, 'restart')
  }

  /** The proxy is sure of what stands in its documents, and of nothing else. */
  function answerFor({ role }: Stall): Answer {
    const known = fleet.seats.get(role)?.trouble?.inCorpus === true
    const confidence = known
      ? { probability: 0.95, band: 'high' as const, why: 'says so in so many words' }
      : { probability: 0.1, band: 'none' as const, why: 'nothing fits' }
    const source = {
      document: 'docs/handbook.md',
      title: 'Handbook',
      heading: [],
      date: null,
      author: null,
      quote: 'It listens on port 5433.',
      stale: null,
      verified_by: null,
    }
    return {
      id: 'q-1',
      text: known ? source.quote : '',
      confidence,
      sources: known ? [source] : [],
      conflict: null,
      understood: null,
      note: null,
      asked: null,
    }
  }
}
