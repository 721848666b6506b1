import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { sideBySide } from '../../core/side-by-side.ts'
import type { FleetCapture } from '../../core/sweep/capture.ts'
import { classifyFleet } from '../../core/sweep/classify.ts'
import type { AgentFinding, Stall } from '../../core/sweep/finding.ts'
import { type Move, nextMove, withRung } from '../../core/sweep/ladder.ts'
import type { OrganReport, SweepAct, SweepReport } from '../../core/sweep/report.ts'
import type { Thresholds } from '../../core/sweep/settings.ts'
import { type StallRecord, stallKey, stallRecordSchema } from '../../core/sweep/stall-record.ts'
import { type AgentState, agentStates, type RungKind } from '../../core/sweep/states.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { RevisedState } from '../../ports/revised-state.ts'

/** What came of a move. What is refused is settled, too; `ok` is false when it could not be carried out and is to be tried again. */
export interface Treated {
  ok: boolean
  /** For people. */
  outcome: string
  /** What was done, where that is not what was meant: a person is asked what is written down nowhere. */
  did?: RungKind
}

export interface SweepOnceParts {
  /** The fleet as it is now; what does not answer in time is unknown in it. */
  look(): Promise<FleetCapture>
  organs(): Promise<OrganReport[]>
  memory: RevisedState
  /**
   * Carries out a move. Done twice under one number it has one effect. What it rejects with is as if it could not be carried out.
   */
  treat(stall: Stall, move: Move): Promise<Treated>
  thresholds(role: string): Thresholds
  everyMs: number
  clock: Clock
  /** A moment that was written down before, as the clock would have it now. Left out: nobody has set it. */
  asOfNow?(moment: number): number
  /** False as soon as somebody else may sweep. */
  current(): boolean
  /** False while it may only look, because somebody stopped it. Left out: it may. */
  mayAct?(): boolean
  log: Log
  metrics: Metrics
}

/** Under what is kept since when conditions were seen that have no time of their own, so that a successor goes on from there. */
const observedKey = 'observed'
/** Treated at the same time: one that takes its time keeps nobody waiting, and a whole fleet is no flood. */
const atOnce = 8
/** Longer than anything that is done about a stall takes. */
const underWayMs = 10_000

/**
 * Looks at the fleet once, and does at most one thing about each stall. What is to be done is written down before it is done, and marked
 * when it is: of two sweepers at once one does it, and what was begun by one that was killed is done by the next, under the same number.
 * Rejects with `unavailable` when the memory cannot be read: without it nothing is done about anybody.
 */
export async function sweepOnce(parts: SweepOnceParts, asked: boolean): Promise<SweepReport> {
  const { memory, clock, metrics } = parts
  const begun = clock.monotonic()
  const [fleet, organs, kept] = await Promise.all([parts.look(), parts.organs(), memory.read(observedKey)])
  const before = observedIn(kept.value)
  const { agents, observed, held, again } = classifyFleet(fleet, parts.thresholds, before)
  if (parts.current()) await keepObserved(parts, before, observed, kept.revision)
  const acts: SweepAct[] = []
  const stalls = agents.flatMap((agent) => agent.stalls)
  await sideBySide(stalls, atOnce, async (stall) => {
    const act = parts.current() ? await treatStall(parts, stall, fleet.at) : null
    if (act !== null) acts.push(act)
  })
  const states = rolesByState(agents)
  for (const state of agentStates) metrics.gauge('breakroom_agents', states[state]?.length ?? 0, { state })
  return {
    at: new Date(fleet.at).toISOString(),
    asked,
    took_ms: Math.round(clock.monotonic() - begun),
    states,
    agents: agents.flatMap((agent) => (agent.state === 'healthy' ? [] : [reported(agent)])),
    organs,
    acts,
    held,
    ...(again === null ? {} : { again_at: new Date(again).toISOString() }),
  }
}

/** One move about one stall; null when there is none to make now, or somebody else makes it. */
async function treatStall(parts: SweepOnceParts, stall: Stall, now: number): Promise<SweepAct | null> {
  const { role, task, epoch, state } = stall
  let move: Move | null = null
  const actOf = ({ kind, number }: Move, { ok, outcome, did }: Treated): SweepAct => {
    return { role, task, epoch, state, rung: number, kind: did ?? kind, outcome, ok }
  }
  try {
    const key = stallKey(stall)
    const kept = await parts.memory.read(key)
    const record = recordIn(kept.value)
    const done = record === null ? null : asOfNow(record, parts)
    move = nextMove(stall, done, { thresholds: parts.thresholds(role), everyMs: parts.everyMs }, now)
    if (move === null || isUnderWay(done, move, now) || !mayGoOn(parts)) return null
    const begun = move.again && record !== null ? record : withRung(record, stall, move, now, false)
    const revision = begun === record ? kept.revision : await writeUnlessTaken(parts, key, begun, kept.revision)
    // Whoever else has written about it does what is to be done. And the writing takes a moment, in which we may be suspended for hours.
    if (revision === null || !mayGoOn(parts)) return null
    const treated = await parts.treat(stall, move)
    if (!treated.ok) return actOf(move, treated)
    parts.metrics.count('breakroom_sweep_acts_total', { kind: treated.did ?? move.kind })
    const finished = withRung(begun, stall, move, now, true, treated.did)
    await writeUnlessTaken(parts, key, finished, revision)
    return actOf(move, treated)
  } catch (error) {
    parts.log.warn({ role, task, cause: sentenceOf(error) }, 'sweep: a stall could not be treated')
    return move === null ? null : actOf(move, { ok: false, outcome: sentenceOf(error) })
  }
}

/** What stands still has its times as of now, too: what was done about it is compared with them. */
function asOfNow({ rungs }: StallRecord, { asOfNow = (moment) => moment }: SweepOnceParts): StallRecord {
  return { rungs: rungs.map((rung) => ({ ...rung, at: new Date(asOfNow(Date.parse(rung.at))).toISOString() })) }
}

/** Begun a moment ago: by somebody who does it right now, or who was killed; then it is done at the next sweep. */
function isUnderWay(record: StallRecord | null, move: Move, now: number): boolean {
  const begun = record?.rungs.findLast(({ number, done }) => number === move.number && !done)
  return move.again && begun !== undefined && Math.abs(now - Date.parse(begun.at)) < underWayMs
}

function mayGoOn(parts: SweepOnceParts): boolean {
  return parts.current() && (parts.mayAct?.() ?? true)
}

/** The new revision, or null when somebody else has written there since. */
async function writeUnlessTaken(
  { memory }: SweepOnceParts,
  key: string,
  value: unknown,
  revision: number,
): Promise<number | null> {
  try {
    return await memory.write(key, value, revision)
  } catch (error) {
    if (isBreakroomError(error, 'conflict')) return null
    throw error
  }
}

function recordIn(value: unknown): StallRecord | null {
  const parsed = stallRecordSchema.safeParse(value)
  return parsed.success ? parsed.data : null
}

function observedIn(value: unknown): ReadonlyMap<string, number> {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value as Record<string, unknown>) : []
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

/** Written only when it is another; another sweeper's is as good. */
async function keepObserved(
  parts: SweepOnceParts,
  before: ReadonlyMap<string, number>,
  observed: ReadonlyMap<string, number>,
  revision: number,
): Promise<void> {
  const same = before.size === observed.size && [...observed].every(([key, since]) => before.get(key) === since)
  if (!same) await writeUnlessTaken(parts, observedKey, Object.fromEntries(observed), revision)
}

function rolesByState(agents: readonly AgentFinding[]): Partial<Record<AgentState, string[]>> {
  const states: Partial<Record<AgentState, string[]>> = {}
  for (const { role, state } of agents) {
    const roles = states[state]
    if (roles === undefined) states[state] = [role]
    else roles.push(role)
  }
  return states
}

function reported({ role, state, task, since, why }: AgentFinding): SweepReport['agents'][number] {
  return { role, state, task, since: new Date(since).toISOString(), why }
}
