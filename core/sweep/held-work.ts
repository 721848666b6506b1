import { spanWords } from '../task/wording.ts'
import type { AgentCapture, ProcessCapture, TaskCapture } from './capture.ts'
import { type Look, minuteMs, type Note, stalled } from './look-at.ts'
import type { SessionCapture } from './session.ts'

/** As often is the same a loop. */
const loopAt = 3
/** Clocks of a house differ by less than that: what looks so much younger may be older. */
const clockSlackMs = minuteMs
/** Of a brain that shows nothing only its words tell that it lives, and those are rare. */
const blindFactor = 2

/** What a seat of a program has in hand at a doorbell. */
export function heldWork(
  agent: AgentCapture,
  task: TaskCapture,
  living: readonly ProcessCapture[],
  look: Look,
): Note[] {
  const { thresholds, fleet } = look
  const { at } = fleet
  const process = living.find((one) => one.task === task.label && one.taskEpoch === task.epoch)
  const session = process?.session ?? null
  const asks = asking(agent, task, session, look)
  // Who waits to be told something gives no other sign; how long that may last is a threshold of its own.
  if (asks !== null) return asks
  const note = looping(agent, task, session, look)
  if (note !== null) return [note]
  const since = lastSign(task, session)
  const patience = thresholds.stalled * (session === null ? blindFactor : 1)
  if (at - since >= patience * minuteMs) {
    const why = `${session === null ? 'no word' : 'no output, no file, no processor time and no word'} for ${spanWords(at - since)}`
    // A brain that works and shows nothing may be well: nothing is taken from it, somebody looks.
    const isBlind = process !== undefined && session === null
    return [stalled(agent, task, { state: 'stalled', since, why }, isBlind ? blindCan : workerCan)]
  }
  const began = task.held?.at ?? task.openedAt
  if (at - began < thresholds.working_long * minuteMs) return []
  const why = `it goes on for ${spanWords(at - began)}`
  return [{ state: 'working-long', task: task.label, since: began, why, stall: null }]
}

const blindCan = { ping: true, escalate: true }
const workerCan = { ping: true, take_back: true, reassign: true, escalate: true }

/** Null when it waits for nobody; nothing yet while that is not for long. */
function asking(agent: AgentCapture, task: TaskCapture, session: SessionCapture | null, look: Look): Note[] | null {
  const { thresholds, fleet } = look
  const asks = session?.asks ?? null
  const stuck = task.status === 'blocked'
  if (!stuck && asks === null) return null
  const since = stuck ? task.aliveAt : Date.parse(asks?.at ?? '')
  const question = stuck ? task.question : asks?.kind === 'question' && !isAsked(task, since) ? asks.text : null
  const [state, least] =
    question === null
      ? (['waiting-for-human', thresholds.waiting_for_human] as const)
      : (['waiting-for-answer', thresholds.waiting_for_answer] as const)
  if (fleet.at - since < least * minuteMs) return []
  const what = asks?.kind === 'permission' && !stuck ? 'it waits for leave' : 'stuck on a question'
  const why = `${what} for ${spanWords(fleet.at - since)}`
  return [stalled(agent, task, { state, since, why, question }, { ask: true, ping: true, escalate: true })]
}

/** Whether something was done about it since it asked. */
function isAsked({ watched, epoch }: TaskCapture, since: number): boolean {
  return watched !== null && watched.epoch === epoch && watched.at >= since && !watched.answered
}

/** The same again and again, and for long nothing else. */
function looping(agent: AgentCapture, task: TaskCapture, session: SessionCapture | null, look: Look): Note | null {
  if (session === null || session.repeats < loopAt || session.repeats_since === null) return null
  const since = Date.parse(session.repeats_since)
  const { at } = look.fleet
  // What said the same for a moment and is silent since is no loop; how long it may be silent is another threshold.
  if (momentOf(session.output_at) - since < look.thresholds.looping * minuteMs) return null
  // What else went on meanwhile speaks for it for as long as any sign of life does.
  const other = Math.max(momentOf(session.files_at), wordOf(task))
  if (other > since + clockSlackMs && at - other < look.thresholds.stalled * minuteMs) return null
  const why = `the same ${session.repeats} times in ${spanWords(at - since)}, and no file changed`
  return stalled(agent, task, { state: 'looping', since, why }, workerCan)
}

/** When its worker said something since it took the task; 0 when it has not. */
function wordOf({ aliveAt, held }: TaskCapture): number {
  return held !== null && aliveAt > held.at + clockSlackMs ? aliveAt : 0
}

/** The newest of all that shows that somebody works on it. */
function lastSign(task: TaskCapture, session: SessionCapture | null): number {
  const own = Math.max(task.aliveAt, task.held?.at ?? 0)
  if (session === null) return own
  const { started_at, output_at, files_at, cpu_at } = session
  return Math.max(own, momentOf(started_at), momentOf(output_at), momentOf(files_at), momentOf(cpu_at))
}

function momentOf(time: string | null): number {
  return time === null ? 0 : Date.parse(time)
}
