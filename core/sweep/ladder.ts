import type { Stall } from './finding.ts'
import type { Thresholds } from './settings.ts'
import type { StallRecord } from './stall-record.ts'
import type { RungKind } from './states.ts'

const minuteMs = 60_000
const rungsKept = 30
/** One rung for each sweep; a sweep that is a little early is the next one all the same. */
const leastShare = 0.8

/** What is to be done about a stall now. */
export interface Move {
  kind: RungKind
  /** Names it together with agent, task and epoch: what has been done under this number is not done again. */
  number: number
  /** For people. */
  reason: string
  /** It was begun before, and nobody knows how far that came. */
  again: boolean
}

type Rung = StallRecord['rungs'][number]

/**
 * The next rung for a stall, or null while there is nothing to do: it was done a moment ago, somebody was asked and has time to answer, or
 * everything was done and somebody above knows. One that was begun and not finished is begun again under its own number.
 */
export function nextMove(
  stall: Stall,
  record: StallRecord | null,
  { thresholds, everyMs }: { thresholds: Thresholds; everyMs: number },
  now: number,
): Move | null {
  const rungs = record?.rungs ?? []
  // What was begun under another epoch and never finished was perhaps never done.
  const known = rungs.filter(({ done, epoch }) => done || epoch === stall.epoch)
  const last = known.at(-1)
  if (last !== undefined && !last.done && last.epoch === stall.epoch && isPossible(last.kind, stall)) {
    return { kind: last.kind, number: last.number, reason: stall.why, again: true }
  }
  // What was done tomorrow was done before the clock was set back; about what, nobody can tell.
  const past = known.filter(({ at }) => Date.parse(at) <= now + everyMs)
  const newest = past.at(-1)
  if (newest !== undefined && now - Date.parse(newest.at) < everyMs * leastShare) return null
  const taken = past.filter(({ at }) => Date.parse(at) >= stall.since)
  const kind = nextKind(stall, taken, rungs)
  if (kind === null) return null
  if (kind === 'escalate' && waitsForPerson(stall, taken.at(-1), thresholds, now)) return null
  return { kind, number: nextNumber(stall, rungs), reason: stall.why, again: false }
}

/**
 * What is done in which order, by what stands still. A ping comes before anything that takes work away, and nobody loses a task for good
 * before three went unanswered: healthy workers that were killed are what people complain of most about watchdogs.
 */
function planFor(stall: Stall, taken: readonly Rung[]): readonly RungKind[] {
  switch (stall.state) {
    case 'waiting-for-answer':
      if (taken.some(({ kind }) => kind === 'ask')) return ['ask', 'escalate']
      return ['answer', 'ping', 'ping', 'ping', 'escalate']
    case 'waiting-for-human':
      // It was told, and does not go on.
      if (taken.some(({ kind }) => kind === 'answer')) return ['ping', 'ping', 'ping', 'escalate']
      return taken.some(({ kind }) => kind === 'ask') || stall.can.ask ? ['ask', 'escalate'] : ['ping', 'escalate']
    case 'idle-with-work':
      return ['ping', 'restart', 'ping', 'ping', 'reassign', 'escalate']
    case 'stalled':
      return ['ask', 'ping', 'ping', 'take_back', 'ping', 'reassign', 'escalate']
    case 'looping':
      return ['ping', 'take_back', 'ping', 'ping', 'reassign', 'escalate']
    case 'zombie':
      return ['restart', 'ask']
    case 'deaf':
      return ['restart', 'ask', 'ping', 'ping', 'ping', 'reassign', 'escalate']
    case 'dead':
      return ['ask', 'ping', 'take_back', 'ping', 'ping', 'reassign', 'escalate']
    default:
      return stall.state satisfies never
  }
}

/** The first of the plan that was not done for this stall, whatever it was called then. */
function nextKind(stall: Stall, taken: readonly Rung[], ever: readonly Rung[]): RungKind | null {
  const done = new Map<RungKind, number>()
  for (const { kind } of taken) done.set(kind, (done.get(kind) ?? 0) + 1)
  for (const kind of planFor(stall, taken)) {
    const times = done.get(kind) ?? 0
    if (times > 0) done.set(kind, times - 1)
    else if (isPossible(kind, stall) && !isOnceTooOften(kind, ever)) return kind
  }
  return null
}

/** What was taken from this seat once and stood still again is not taken back again: that could go round for ever. */
function isOnceTooOften(kind: RungKind, ever: readonly Rung[]): boolean {
  return kind === 'take_back' && ever.some((rung) => rung.kind === 'take_back')
}

function isPossible(kind: RungKind, { can, question }: Stall): boolean {
  return kind === 'answer' ? question !== null : can[kind]
}

function waitsForPerson(stall: Stall, last: Rung | undefined, { human_patience }: Thresholds, now: number): boolean {
  const isHuman = stall.state === 'waiting-for-human' || last?.kind === 'ask'
  return isHuman && last !== undefined && now - Date.parse(last.at) < human_patience * minuteMs
}

/** Above everything that was done under this epoch, also by others. */
function nextNumber({ epoch, rungTaken }: Stall, rungs: readonly Rung[]): number {
  return (
    rungs.reduce((highest, rung) => (rung.epoch === epoch ? Math.max(highest, rung.number) : highest), rungTaken) + 1
  )
}

/** The record with this rung: begun, or finished when `done`. `kind` is what was done in the end, where that is not what was meant. */
export function withRung(
  record: StallRecord | null,
  stall: Stall,
  move: Move,
  now: number,
  done: boolean,
  kind: RungKind = move.kind,
): StallRecord {
  const rungs = record?.rungs ?? []
  const at = rungs.findIndex(({ number, epoch }) => number === move.number && epoch === stall.epoch)
  const rung: Rung = {
    ...rungs[at],
    number: move.number,
    kind,
    state: stall.state,
    epoch: stall.epoch,
    at: rungs[at]?.at ?? new Date(now).toISOString(),
    done,
  }
  const all = at === -1 ? [...rungs, rung] : rungs.with(at, rung)
  return { ...record, rungs: all.slice(-rungsKept) }
}
