import { oneLine } from '../clean-text.ts'
import { isPerson } from '../person.ts'
import type { TaskEvent } from './commit.ts'
import { checkTaker } from './create.ts'
import { timeCame } from './deadlines.ts'
import { claim, hold, notYours, refuseOver, takenUpAgain } from './holding.ts'
import { founderTier, managerOf } from './standing.ts'
import { reviewersOf, seatsOf } from './steps.ts'
import { type Evidence, isOver, isSeen, type RejectionCategory, type Task } from './task.ts'
import { approve, recheck, recordCheck, reject } from './verdict.ts'
import { type WatchCommand, watchOver } from './watch.ts'
import { type Doer, refusal, system, type TaskWorld } from './world.ts'

/** Everything that can be asked of a task that exists. */
export type TaskCommand =
  | { type: 'release'; dependency: string }
  /** `arrived`: by the bot of a seat where people work. */
  | { type: 'acknowledge'; arrived?: boolean }
  /** `base`: the commit that the work begins at, as far as it begins with this. */
  | { type: 'claim'; doorbell: string | null; base?: string | null }
  | { type: 'start'; base?: string | null }
  | { type: 'note'; text: string }
  | { type: 'block'; reason: string; base?: string | null }
  | { type: 'submit'; result: string; base?: string | null }
  | { type: 'record_check'; evidence: Evidence }
  /** `about` is what they had before them, as `judgedResult` says it; null for whatever waits now. */
  | { type: 'approve'; comment: string; about?: string | null }
  | { type: 'reject'; reason: string; about?: string | null; category?: RejectionCategory }
  | { type: 'hand_back'; reason: string; counted: boolean }
  | { type: 'give_up'; doorbell: string; reason: string }
  | { type: 'reassign'; role: string }
  | { type: 'cancel'; reason: string }
  | { type: 'follow'; index: number; label: string | null; reason: string | null; failed?: boolean }
  /** One of its timers has come, by its id. */
  | { type: 'time_came'; timer: string }
  | { type: 'recheck'; reason: string }
  | WatchCommand

/** What nobody's word is taken for: that another task is done, how a check ended, what became of a follow-up. */
const seenBySystem: readonly TaskCommand['type'][] = ['release', 'record_check', 'follow', 'time_came', 'recheck']

/**
 * What a command does to a task as it stands; nothing when it is so already. Throws `refused` with `detail.rule` and a sentence
 * when a rule forbids it. Rights of tiers and chains were checked before; here only who stands where to this task counts.
 */
export function decide(task: Task, command: TaskCommand, doer: Doer, world: TaskWorld): TaskEvent[] {
  if (seenBySystem.includes(command.type) && doer.actor !== system.actor) {
    throw refusal('system-only', 'Only the system records what it saw itself.')
  }
  switch (command.type) {
    case 'release':
      return task.waits_for.some(({ key }) => key === command.dependency) && task.status === 'waiting'
        ? [{ type: 'released', key: command.dependency }]
        : []
    case 'acknowledge':
      return acknowledge(task, command.arrived ?? false, doer)
    case 'claim':
      return claim(task, command.doorbell, doer, command.base)
    case 'start':
      return start(task, doer, command.base)
    case 'note':
      return note(task, command.text, doer)
    case 'block':
      return [...hold(task, doer, command.base), { type: 'blocked', reason: command.reason }]
    case 'submit':
      return submit(task, command.result, doer, command.base)
    case 'record_check':
      return recordCheck(task, command.evidence)
    case 'approve':
      return approve(task, command, doer, world)
    case 'reject':
      return reject(task, command, doer, world)
    case 'hand_back':
      return handBack(task, command.reason, command.counted, doer)
    case 'give_up':
      return giveUp(task, command.doorbell, command.reason, doer)
    case 'reassign':
      return reassign(task, command.role, doer, world)
    case 'cancel':
      return cancel(task, command.reason, doer)
    case 'follow':
      return follow(task, command)
    case 'time_came':
      return timeCame(task, command.timer, world)
    case 'recheck':
      return recheck(task, command.reason)
    case 'ping':
    case 'take_back':
    case 'reassign_fit':
    case 'escalate':
    case 'answer':
    case 'ask':
      return watchOver(task, command, world)
    default:
      return command satisfies never
  }
}

/** People may note on what they see. What an agent writes is read by whoever works there next, so it has to have to do with it. */
function note(task: Task, text: string, doer: Doer): TaskEvent[] {
  const { actor } = doer
  if (!isPerson(actor) && ![...seatsOf(task), ...task.authority.chain].includes(actor)) throw notYours(task)
  return [...takenUpAgain(task, doer), { type: 'noted', text }]
}

function acknowledge(task: Task, arrived: boolean, doer: Doer): TaskEvent[] {
  refuseOver(task)
  if (arrived ? task.acknowledged !== null : isSeen(task)) return []
  if (!isPerson(doer.actor) && doer.actor !== task.role) throw notYours(task)
  if (arrived) return [{ type: 'acknowledged', arrived }]
  const taken = takenUpAgain(task, doer)
  return taken.length > 0 ? taken : [{ type: 'acknowledged' }]
}

function start(task: Task, doer: Doer, base?: string | null): TaskEvent[] {
  const claimed = hold(task, doer, base)
  // What was taken back goes on by that alone.
  if (task.status === 'working' || claimed.some(({ type }) => type === 'resumed')) return claimed
  return [...claimed, { type: 'started' }]
}

function submit(task: Task, result: string, doer: Doer, base?: string | null): TaskEvent[] {
  if (task.result !== null && (task.status === 'done' || task.status === 'verifying')) {
    // The first result wins.
    if (task.result.text === result) return []
    const [first, second] = [task.result.text, result].map((text) => oneLine(text, 120))
    const sentence = `${task.label} has a result already, and the first one counts. It is "${first}"; yours is "${second}".`
    throw refusal('result-exists', sentence, { first: task.result.text, second: result })
  }
  const claimed = hold(task, doer, base)
  const epoch = task.epoch + claimed.filter(({ type }) => type === 'claimed').length
  if (task.stage !== 'ready-for-prep') return [...claimed, { type: 'submitted', result, epoch }]
  if (result.trim() === '') {
    throw refusal(
      'no-plan',
      `What is the plan for ${task.label}? Whoever builds has only its words: !done ${task.label} <plan>.`,
    )
  }
  return [...claimed, { type: 'prepared', plan: result, epoch }]
}

function handBack(task: Task, reason: string, counted: boolean, doer: Doer): TaskEvent[] {
  const held = hold(task, doer)
  if (held.some(({ type }) => type === 'claimed'))
    throw refusal('not-held', `${task.label} is nobody's; there is nothing to hand back.`)
  const spent = counted && task.attempts + 1 >= task.budget.attempts
  return [...held, spent ? { type: 'failed', reason } : { type: 'returned', reason, counted }]
}

function giveUp(task: Task, doorbell: string, reason: string, doer: Doer): TaskEvent[] {
  if (doer.actor !== task.role) throw notYours(task)
  const elsewhere = task.claim !== null && task.claim.doorbell !== doorbell
  // It was taken back from there, and rang again elsewhere.
  const taken = task.suspended?.doorbell === doorbell
  if (isOver(task) || elsewhere || taken || task.status === 'waiting' || task.status === 'verifying') return []
  return [{ type: 'failed', reason }]
}

function reassign(task: Task, role: string, doer: Doer, world: TaskWorld): TaskEvent[] {
  if (task.status === 'done' || task.status === 'cancelled') refuseOver(task)
  checkTaker(role, world, 'role')
  const same = role === task.role
  // To its own role: whoever holds it lets go.
  if (same && ['waiting', 'open', 'verifying'].includes(task.status)) return []
  const letsGo = same && task.claim?.by === doer.actor
  if (!letsGo && doer.actor !== managerOf(task, world)) mustAnswerForIt(task, doer, 'hand it to somebody else')
  if (reviewersOf(task).includes(role)) {
    throw refusal('own-review', `${role} is to review ${task.label}, so another has to do it.`, { path: 'role' })
  }
  if (!same && (role === task.prep || role === task.builder)) {
    throw refusal('own-stage', `${role} has another part in ${task.label} already.`, { path: 'role' })
  }
  return [{ type: 'reassigned', role, from: task.role, reason: '' }]
}

function cancel(task: Task, reason: string, doer: Doer): TaskEvent[] {
  if (task.status === 'cancelled') return []
  if (task.status === 'done') refuseOver(task)
  mustAnswerForIt(task, doer, 'cancel it')
  return [{ type: 'cancelled', reason }]
}

function follow(
  task: Task,
  { index, label, reason, failed = false }: Extract<TaskCommand, { type: 'follow' }>,
): TaskEvent[] {
  // It failed, and before that was noted somebody gave it another try: its follow-ups may come after all.
  if (!isOver(task)) return []
  const known = task.followed.find((one) => one.index === index && (one.failed ?? false) === failed)
  // A task that failed and was done in the end has its follow-up after all.
  return known !== undefined && (known.label !== null || label === null)
    ? []
    : [{ type: 'followed', index, label, reason, ...(failed ? { failed } : {}) }]
}

function mustAnswerForIt(task: Task, doer: Doer, what: string): void {
  if (doer.actor === system.actor || founderTier(doer) || doer.actor === task.authority.requester) return
  throw refusal('not-yours', `Only ${task.authority.name}, who asked for ${task.label}, or a founder may ${what}.`)
}
