import { forMatching, oneLine } from '../clean-text.ts'
import { isPerson } from '../person.ts'
import type { CardAction, TaskCard } from './card.ts'
import { judgedResult } from './judged-result.ts'
import { moves } from './moves.ts'
import { isPlanOf } from './steps.ts'
import { type Evidence, isOver, isSeen, type Step, type Task } from './task.ts'
import { fillTemplate } from './template.ts'
import { actorName, listed, quoted, requesterName, stepWords } from './wording.ts'
import type { TaskWorld } from './world.ts'

/** More would hide what matters; the task itself names them all. */
const mostFollowUps = 3

/** Each verification step of a task, with what the system saw of it for the result that counts now. */
export function evidenceLines(task: Task): TaskCard['evidence'] {
  const epoch = task.result?.epoch ?? task.epoch
  return task.verification.map((step, index) => {
    const seen = task.evidence.findLast((one) => one.step === index && one.epoch === epoch)
    const passed = hasPassed(task, index) ? true : seen?.passed === false ? false : null
    const proof = passed === null || seen === undefined ? '' : proofWords(seen)
    return { words: `${stepWords(step, task)}${proof}`, passed }
  })
}

function hasPassed({ status, passed, result }: Task, index: number): boolean {
  return status === 'done' || (result !== null && index < passed)
}

function proofWords({ by, run, passed, comment }: Evidence): string {
  if (run !== undefined) {
    const took = `${Math.round(run.duration_ms / 100) / 10} s`
    const tail = passed ? '' : run.output_tail.slice(-300)
    return ` (${run.ended ?? `exit code ${run.exit_code}`}, ${took})${tail.trim() === '' ? '' : `: ${quoted(tail, 160)}`}`
  }
  const words = comment.trim() === '' ? '' : `: ${quoted(comment, 160)}`
  return `${by === null ? '' : `, by ${actorName(by)}`}${words}`
}

/**
 * What a person is asked to approve. The words of the house come first, and every line of the result is marked, so that nothing in it
 * passes for one of them.
 */
export function approvalOf(task: Task, expires: string | null): NonNullable<TaskCard['approval']> {
  const { label, role, result } = task
  const proofs = evidenceLines(task).flatMap(({ words, passed }) => (passed === true ? [words] : []))
  const by = actorName(result?.by ?? role)
  const before = proofs.length === 0 ? 'Nothing was checked before.' : `Passed before: ${proofs.join('; ')}.`
  const text = forMatching(result?.text ?? '').trim()
  const what = text === '' ? 'There are no words with it.' : `What ${by} says of it:\n${marked(text)}`
  const call = `The result of ${label}, handed in by ${by}. ${before} ${what}`
  return { call, doubts: doubtsOf(task), risk: riskOf(task), expires }
}

/** Why a person is asked although what was checked passed: what the newest run of each check said of what is handed in now. */
function doubtsOf({ evidence, result, verification, passed }: Task): string[] {
  if (verification[passed]?.kind !== 'approval') return []
  const runs = evidence.flatMap(({ epoch, run }) => (epoch === result?.epoch && run !== undefined ? [run] : []))
  const newest = new Map(runs.map((run) => [run.check, run]))
  return [...newest.values()].flatMap(({ doubts = [] }) => doubts).map((doubt) => quoted(doubt, 300))
}

function marked(text: string): string {
  return text.replace(/^/gm, '> ')
}

function riskOf(task: Task): string {
  const { label, role, verification, passed, on_complete, on_fail, attempts, budget } = task
  const next: Step | undefined = verification[passed + 1]
  const yes =
    next !== undefined
      ? `${label} is not done by that: ${stepWords(next, task)} comes next.`
      : `${label} is done then, which cannot be undone, and what waits for it may begin.${given(on_complete, task)}`
  // Whoever tried it looks again before a no of somebody else counts.
  const isLast = attempts >= budget.attempts
  return isLast ? `${yes} It was the last try: if it goes back to ${role}, ${label} fails.${given(on_fail, task)}` : yes
}

/** Who is given what after that. */
function given(followUps: Task['on_complete'], task: Task): string {
  const follows = followUps.slice(0, mostFollowUps).map((one) => {
    return `${one.publish_to} is given ${quoted(fillTemplate(one.payload_template.title, valuesOf(task)))}`
  })
  const hidden = followUps.length - follows.length
  const all = listed(hidden > 0 ? [...follows, `${hidden} more`] : follows)
  return all === '' ? '' : ` After that ${all}.`
}

function valuesOf(task: Task): Parameters<typeof fillTemplate>[1] {
  const { label, title, role, result } = task
  return { task_id: label, title, role, requester: requesterName(task), result: oneLine(result?.text ?? '', 80) }
}

/** The bot of a seat where people work says at once that it is there; within its time somebody has to say so. */
function isAcknowledgementWanted(task: Task): boolean {
  return task.acknowledged === null || (!isSeen(task) && task.sla.ack_within_seconds !== undefined)
}

/** What can be done now, in the order of the buttons. Whether somebody may is asked when they press. */
export function actionsFor(task: Task, judged: boolean, world: TaskWorld): CardAction[] {
  const { label, status, title, stage } = task
  const isPlanned = stage === 'ready-for-prep'
  const action = (id: string, name: string, command: string, more: Partial<CardAction> = {}): CardAction => ({
    id,
    label: name,
    command: `${command} ${label}`,
    asks: null,
    confirm: null,
    ...more,
  })
  const can = moves[status]
  const stops = `${label} ${quoted(title, 80)} ends without being done, and so does what waits for it.`
  return [
    ...(can.acknowledged !== null && isAcknowledgementWanted(task) ? [action('ack', 'Acknowledge', 'ack')] : []),
    ...(isFree(task, world) ? [action('claim', 'Take it', 'claim')] : []),
    ...(isInHands(task, world)
      ? [action('done', isPlanned ? 'Hand in plan' : 'Done', 'done', { asks: isPlanned ? 'plan' : 'result' })]
      : []),
    ...(isInHands(task, world) && isPlanOf(task)
      ? [action('reject', 'Send plan back', 'reject', { asks: 'reason' })]
      : []),
    ...(judged
      ? [
          action('approve', 'Approve', 'approve', { command: `approve ${label} ${judgedResult(task)}` }),
          action('reject', 'Reject', 'reject', { command: `reject ${label} ${judgedResult(task)}`, asks: 'reason' }),
        ]
      : []),
    ...(can.reassigned === null ? [] : [action('reassign', 'Reassign', 'reassign', { asks: 'role' })]),
    ...(isOver(task) ? [] : [action('stop', 'Stop', 'cancel', { confirm: stops })]),
  ]
}

/** Whether somebody may take it: it is open, at a seat where people do the work. */
function isFree({ status, role }: Task, { roles }: TaskWorld): boolean {
  return status === 'open' && roles.get(role)?.people === true
}

/** Whether a person may hand in a result: who holds it, or anybody at a seat where people do the work. */
function isInHands(task: Task, world: TaskWorld): boolean {
  const { status, claim } = task
  if (status === 'open') return isFree(task, world)
  return moves[status].submitted !== null && claim !== null && isPerson(claim.by)
}
