import { oneLine } from '../clean-text.ts'
import { isLinked } from '../person.ts'
import { personName } from './standing.ts'
import { isSeen, type Step, type Task } from './task.ts'

/*
 * What sentences about tasks are made of. Titles, results and reasons are written by whoever asked or worked, so they only ever
 * stand in quotation marks that they cannot close, and a sentence begins with words of ours: nothing in them passes for the house.
 */

/** What one line of a network holds. The longest names and titles at once would be more. */
export const lineBytes = 350

/** Untrusted words inside a sentence: one line of at most `bytes` bytes in quotation marks. */
export function quoted(text: string, bytes = 120): string {
  return `"${cut(text.replace(/["“”„‟«»″〝〞＂]/g, "'"), bytes)}"`
}

/** The same as the end of a sentence. */
export function quotedEnd(text: string, bytes?: number): string {
  const words = quoted(text, bytes)
  return /[.!?…]"$/.test(words) ? words : `${words}.`
}

/** One line of at most `bytes` bytes, cut between whole characters. */
export function cut(text: string, bytes: number): string {
  let line = oneLine(text, bytes)
  while (Buffer.byteLength(line) > bytes) {
    const room = Math.floor((line.length * bytes) / Buffer.byteLength(line))
    line = oneLine(line, Math.min(room, line.length - 1))
  }
  return line
}

/** Who asked, by the name to show. */
export function requesterName({ authority }: Pick<Task, 'authority'>): string {
  return cut(authority.name, 40) || personName(authority.requester)
}

/** An actor as people call them. */
export function actorName(actor: string): string {
  return cut(personName(actor), 64)
}

/** Who may judge where no reviewer is named: not somebody without an account, though they asked. */
export function judges(task: Pick<Task, 'authority'>, manager: string): string {
  return isLinked(task.authority.requester) ? `${requesterName(task)} or ${manager}` : manager
}

/** What a step is, after "waits for": a check by its name, which breakroom.yaml gives. */
export function stepWords(step: Step, task: Pick<Task, 'authority' | 'role'>): string {
  if (step.kind === 'check') return `\`${step.check}\``
  if (step.kind === 'artifact') return `the file ${quoted(step.path, 80)}`
  if (step.kind === 'approval') return step.doubt === true ? "a person's yes to what looks odd" : "a person's yes"
  if (step.stage === 'qa') return `a test by ${step.by ?? 'somebody'}`
  return `a review by ${step.by ?? judges(task, `whom ${task.role} reports to`)}`
}

/** When it counts as done: `npm test` passes and cso approves. */
export function doneWhen(task: Pick<Task, 'verification' | 'authority' | 'role'>): string {
  const steps: Step[] = task.verification.length > 0 ? task.verification : [{ kind: 'review', by: null }]
  const shown = steps.slice(0, 3).map((step) => {
    if (step.kind === 'check') return `\`${step.check}\` passes`
    if (step.kind === 'artifact') return `${quoted(step.path, 60)} is there`
    if (step.kind === 'approval') return 'a person approves'
    if (step.stage === 'qa') return `${step.by ?? 'somebody'} could not break it`
    return `${step.by ?? `${requesterName(task)} or whom ${task.role} reports to`} approves`
  })
  return listed(steps.length > 3 ? [...shown, `${steps.length - 3} more`] : shown)
}

/** Where it stands, after "it is" or alone. */
export function statusWords(task: Task): string {
  const words = turnWords(task)
  if (task.escalation === null) return words
  return task.escalation.parked ? `parked for the founder, ${words}` : `${words}, ${task.escalation.to} was told`
}

/** The same without who was told that it stands still. */
export function turnWords(task: Task): string {
  const { status, claim, acknowledged, reason, waits_for, verification, passed, stage, breached, builder } = task
  const holder = claim === null ? '' : actorName(claim.by)
  switch (status) {
    case 'waiting':
      return `waiting for ${listed(waits_for.map(({ label }) => label).slice(0, 5)) || 'others'}`
    case 'open':
      if (stage === 'ready-for-prep') {
        return `to be planned${reason === null ? '' : ' again'}${builder === undefined ? '' : ` for ${builder}`}`
      }
      if (!isSeen(task) && breached.includes('acknowledge')) return 'open, not acknowledged in time'
      if (reason !== null) return 'open again'
      return acknowledged === null ? 'open' : 'open, acknowledged'
    case 'claimed':
      return `claimed by ${holder}`
    case 'working':
      return stage === 'ready-for-prep' ? `planned by ${holder}` : `worked on by ${holder}`
    case 'blocked':
      return `stuck, with ${holder}${helpWords(task)}`
    case 'verifying': {
      const step = verification[passed]
      if (step === undefined) return 'being verified'
      return step.kind === 'check' || step.kind === 'artifact'
        ? `being checked by ${stepWords(step, task)}`
        : `waiting for ${stepWords(step, task)}`
    }
    case 'done':
    case 'failed':
    case 'cancelled':
      return status
    default:
      return status satisfies never
  }
}

/** What was done about what it is stuck on. */
function helpWords(task: Pick<Task, 'help' | 'authority'>): string {
  const { help, authority } = task
  if (help === null) return ''
  if (help.kind === 'answer') return ', an answer is noted'
  return `, ${help.to === authority.requester ? requesterName(task) : actorName(help.to)} was asked`
}

/** Whose turn it is, in a word or two. */
export function stageWords({ stage }: Pick<Task, 'stage'>): string {
  switch (stage) {
    case 'ready-for-prep':
      return 'planning'
    case 'ready-for-dev':
      return 'building'
    case 'qa':
      return 'testing'
    case 'review':
      return 'review'
    default:
      return stage satisfies never
  }
}

/** `due in 40 min`, `5 min overdue`, or null when it has no deadline or is over. */
export function dueWords({ sla, created_at, status }: Task, now: Date): string | null {
  const minutes = sla.complete_within_minutes
  if (minutes === undefined || status === 'done' || status === 'failed' || status === 'cancelled') return null
  const left = Date.parse(created_at) + minutes * 60_000 - now.getTime()
  return left >= 0 ? `due in ${spanWords(left)}` : `${spanWords(-left)} overdue`
}

/** How long since `time`: `12 min`. */
export function since(time: string, now: Date): string {
  return spanWords(Math.max(0, now.getTime() - Date.parse(time)))
}

/** A length of time: `12 min`. */
export function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** From whom whoever watches took it. */
export function takenFrom({ suspended, role }: Task): string {
  return suspended === null ? role : actorName(suspended.by)
}
