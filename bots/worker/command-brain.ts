import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Doorbell } from '../../core/task/doorbell.ts'
import { judgedResult } from '../../core/task/judged-result.ts'
import { roleCommandId, type TaskArguments } from '../../core/task/request.ts'
import { pendingStep } from '../../core/task/steps.ts'
import type { Task } from '../../core/task/task.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { ProgramOutcome, Programs } from '../../ports/program.ts'
import type { RunJournal } from '../../ports/run-journal.ts'
import type { Activity } from '../activity.ts'
import type { Restarts } from '../restarts.ts'
import type { Outcome, Turn } from '../take-items.ts'
import { createProgramSession, type ProgramSession } from './program-session.ts'
import { endOf, failureOf, notRun, succeeded } from './program-words.ts'
import { sayHere } from './say-of-task.ts'
import { type TaskService, taskOf } from './task-service.ts'
import { type Held, watchClaim } from './watch-claim.ts'
import { workOrder } from './work-order.ts'
import type { TaskBrain } from './worker.ts'

/** The program: its name under `checks:`, its arguments, where it runs and for how long at most. */
export interface CommandBrain {
  name: string
  argv: readonly string[]
  workspace: () => string
  timeLimitMs: number
}

export interface CommandParts {
  name: string
  /** Of this process: two processes that were given the same doorbell make two claims. */
  instance: string
  command: CommandBrain
  /** How often it is looked whether the task is still ours, in ms. */
  lookEveryMs: number
  programs: Programs
  journal: RunJournal
  service: TaskService
  bus: Publisher
  subjects: OrgSubjects
  activity: Activity
  /** Left out: nobody tells the seat anything. */
  restarts?: Restarts
  clock: Clock
  log: Log
  metrics: Metrics
}

const verdictLimit = 1_000
const lookAgainAfterMs = 2_000

/**
 * A program does the work: it reads the task, and its exit code says whether it is finished. As a reviewer its exit code is the
 * verdict. What it writes under an epoch that is no longer its own does not count.
 */
export function createCommandBrain(parts: CommandParts): TaskBrain {
  const { name, instance, command, programs, journal, service, activity, log, metrics } = parts
  let session: ProgramSession | null = null

  return {
    async work(doorbell, turn) {
      try {
        const held = await claim(doorbell, turn)
        return typeof held === 'string' ? held : await inHand(held, (dropped) => workOn(held, doorbell, turn, dropped))
      } catch (error) {
        return passOver(error, doorbell, turn)
      }
    },

    async review(doorbell, turn) {
      try {
        const task = await show(doorbell, turn)
        if (pendingStep(task)?.kind !== 'review') return 'done'
        return await inHand({ task, epoch: task.epoch }, (dropped) => look(task, doorbell, turn, dropped))
      } catch (error) {
        return passOver(error, doorbell, turn)
      }
    },

    capture: async () => session?.capture() ?? null,
  }

  async function show({ id, trace, data }: Doorbell, { shift }: Turn): Promise<Task> {
    return taskOf(await service.ask('show', { task: data.label }, { id: `show:${id}`, trace }, shift))
  }

  /** The task that this doorbell is the lease of, `done` when there is nothing to do, `left` when another process has it by now. */
  async function claim(doorbell: Doorbell, turn: Turn): Promise<Held | 'done' | 'left'> {
    const args = { task: null, role: name, doorbell: doorbell.id }
    const id = `claim:${doorbell.id}:${turn.delivery}:${instance}`
    const { task } = await service.ask('claim', args, { id, trace: doorbell.trace }, turn.shift)
    const held = task?.claim
    if (!task || held?.by !== name || held.doorbell !== doorbell.id) return 'done'
    // A question that is asked again is answered with the task as it is by then, which may have been handed out since.
    const newest = task.applied.findLast((command) => command.startsWith(roleCommandId(name, 'claim:')))
    return newest === roleCommandId(name, id) ? { task, epoch: held.epoch } : 'left'
  }

  async function workOn({ task, epoch }: Held, doorbell: Doorbell, turn: Turn, dropped: AbortSignal): Promise<Outcome> {
    const { trace } = task
    const write = <V extends 'start' | 'submit' | 'hand_back'>(verb: V, args: TaskArguments<V>) =>
      service.ask(verb, args, { id: `${verb}:${doorbell.id}:${epoch}`, trace }, turn.shift)
    const at = { task: task.label, epoch }
    const handBack = (reason: string, counted: boolean) => write('hand_back', { ...at, reason, counted })
    const stopped = `${name} was stopped.`
    // With the try it is for: a result that counted once is not that of the next.
    const key = `${doorbell.id}>${task.key}>${task.attempts}`

    if (!turn.shift.aborted) {
      await sayHere(parts, task, doorbell, false, turn.shift)
      const { task: now } = await write('start', at)
      // The same as at the claim.
      if (now?.claim?.epoch !== epoch) return 'left'
    }
    let passedBy = false
    if (turn.shift.aborted) await handBack(stopped, false)
    else {
      const ended = await journal.outcome(key)
      const { run, lost } =
        ended === null ? await runWhileHeld({ task, epoch }, key, turn, dropped) : { run: ended, lost: false }
      // What is finished counts, also when the stop came at the same moment.
      if (succeeded(run)) await write('submit', { ...at, result: run.outputTail.trim() })
      else if (turn.shift.aborted) await handBack(stopped, false)
      else if (dropped.aborted) await handBack(`${name} was told to let go of it.`, false)
      // What was taken away is not handed back: a word about it would be a sign of life, and bring it back.
      else if (lost) passedBy = true
      else await handBack(failureOf(command.name, run), true)
    }
    await journal.forget(key)
    // The same doorbell may be another process's lease by now.
    const isAnothers = passedBy && (await show(doorbell, turn)).claim?.doorbell === doorbell.id
    return isAnothers ? 'left' : 'done'
  }

  /** A verdict is an exit code: a program that was killed or not found has none. */
  async function look(task: Task, doorbell: Doorbell, turn: Turn, dropped: AbortSignal): Promise<Outcome> {
    if (turn.shift.aborted) return { againAfterMs: 0 }
    const run = await runFor({ task, epoch: task.epoch }, 'review', false, AbortSignal.any([turn.shift, dropped]))
    const cause = { id: `verdict:${doorbell.id}`, trace: task.trace }
    const words = endOf(run, verdictLimit)
    const now = await show(doorbell, turn)
    // Somebody else has judged it meanwhile; for what was submitted since, another doorbell rings.
    if (now.attempts !== task.attempts || now.passed !== task.passed) return 'done'
    const about = judgedResult(now)
    if (succeeded(run)) {
      await service.ask('approve', { task: task.label, comment: words, about }, cause, turn.shift)
    } else if (run.ended !== null || turn.shift.aborted) {
      log.warn({ seat: name, task: task.label, ended: run.ended }, 'a review came to no verdict')
      return { againAfterMs: turn.shift.aborted ? 0 : lookAgainAfterMs * turn.delivery }
    } else {
      const reason = words || failureOf(command.name, run)
      await service.ask('reject', { task: task.label, reason, about }, cause, turn.shift)
    }
    return 'done'
  }

  /** `act` is given a signal that aborts when the seat is told to let go of it. */
  async function inHand({ task, epoch }: Held, act: (dropped: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
    const held = { label: task.label, epoch }
    const [dropped, over] = [new AbortController(), new AbortController()]
    parts.restarts?.onDrop(held, () => dropped.abort(), over.signal)
    activity.task(held)
    try {
      return await act(dropped.signal)
    } finally {
      over.abort()
      activity.task(null)
    }
  }

  /** Between the end of the program and the moment when the service knows of it, the journal does. */
  async function runWhileHeld(
    held: Held,
    key: string,
    { shift, hold }: Turn,
    dropped: AbortSignal,
  ): Promise<{ run: ProgramOutcome; lost: boolean }> {
    const over = new AbortController()
    const lost = watchClaim(service, held, parts.lookEveryMs, AbortSignal.any([over.signal, shift]))
    const until = AbortSignal.any([shift, lost, dropped])
    const again = await journal.begin(key)
    try {
      const run = await runFor(held, 'work', again, until)
      // What we ended ourselves says nothing about the work, and after the lease it is somebody else's.
      if (!hold.lapsed && (succeeded(run) || !until.aborted)) await journal.end(key, run)
      return { run, lost: lost.aborted }
    } finally {
      over.abort()
    }
  }

  async function runFor(
    { task, epoch }: Held,
    kind: 'work' | 'review',
    again: boolean,
    until: AbortSignal,
  ): Promise<ProgramOutcome> {
    const { argv, workspace, timeLimitMs } = command
    const env = {
      BREAKROOM_KIND: kind,
      BREAKROOM_ROLE: name,
      BREAKROOM_TASK: task.label,
      BREAKROOM_TASK_KEY: task.key,
      BREAKROOM_EPOCH: String(epoch),
      // An earlier run was cut off, and may have got somewhere.
      ...(again ? { BREAKROOM_AGAIN: '1' } : {}),
    }
    try {
      const program = { argv, cwd: workspace(), env, input: workOrder(task), timeLimitMs, mark: `${kind}-${task.key}` }
      session = createProgramSession(parts.clock)
      return await programs.run({ ...program, observer: session.observer }, until)
    } catch (error) {
      return notRun(sentenceOf(error))
    } finally {
      session = null
    }
  }

  /** What the service refuses is refused for good: the task was handed out again, cancelled, or judged by somebody else. */
  function passOver(error: unknown, doorbell: Doorbell, turn: Turn): Outcome {
    if (!isBreakroomError(error, 'refused')) throw error
    const rule = String(error.detail.rule)
    metrics.count('breakroom_denied_total', { rule })
    // Only the rule: its sentence may show results of private tasks.
    log.warn({ seat: name, doorbell: doorbell.id, rule }, 'what was written late does not count')
    // A server that was killed hands out again at once what it had given us: the doorbell is another's lease now.
    return turn.hold.lapsed || rule === 'stale-epoch' ? 'left' : 'done'
  }
}
