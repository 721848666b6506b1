import { spanWords } from '../task/wording.ts'
import type { AgentCapture, ProcessCapture, TaskCapture } from './capture.ts'
import type { Stall } from './finding.ts'
import { heldWork } from './held-work.ts'
import { type Look, minuteMs, type Note, stalled } from './look-at.ts'

/** More of what waits for one that is dead is treated when these are out of the way. */
const mostAtOnce = 5

/** What a living seat of a program has in hand, and what waits for it. `explained`: it is known already why nothing is taken. */
export function workAt(agent: AgentCapture, living: readonly ProcessCapture[], explained: boolean, look: Look): Note[] {
  const inHand = agent.work.filter(({ held, judging }) => held !== null && !judging)
  const notes = inHand.flatMap((task) =>
    task.escalated
      ? told(task)
      : task.held?.lease === true
        ? heldWork(agent, task, living, look)
        : heldByPerson(agent, task, look),
  )
  const isBusy = living.some((process) => isAtWork(process, agent))
  if (explained || isBusy || inHand.length >= agent.wip) return notes
  const waiting = queued(agent)
  const [first] = waiting
  if (first === undefined) return notes
  // Since when it has not had what it says that it works on, nobody knows.
  const free = living.reduce(
    (first, { task, since }) => (task === null ? Math.min(first, since) : first),
    look.fleet.at,
  )
  // A process that has just started is no longer what was idle before.
  const started = living.reduce((newest, { epoch }) => Math.max(newest, epoch), 0)
  const key = `idle ${agent.role} ${first.label} ${first.epoch} ${started}`
  const since = look.since(key, Math.max(waitsSince(first), free))
  const { at } = look.fleet
  if (at - since < look.thresholds.idle_with_work * minuteMs) return notes
  const why = `the seat is free and takes nothing${andMore(waiting)} for ${spanWords(at - since)}`
  const can = { ping: true, restart: true, reassign: !first.judging, escalate: true }
  return [...notes, stalled(agent, first, { state: 'idle-with-work', since, why }, can)]
}

/** Whether a process works on what it has, or on something that is no task. What it says of a task that was taken from it is not so. */
function isAtWork({ state, task, taskEpoch }: ProcessCapture, { work }: AgentCapture): boolean {
  if (task === null) return state !== 'ready'
  return work.some(
    ({ label, epoch, held, judging }) => label === task && (judging || (held !== null && epoch === taskEpoch)),
  )
}

/** What is in the hands of people, or waits for one of them. */
export function peoplesWork(agent: AgentCapture, look: Look): Note[] {
  const inHand = agent.work.filter(({ held, judging }) => held !== null && !judging)
  const notes = inHand.flatMap((task) => (task.escalated ? told(task) : heldByPerson(agent, task, look)))
  // Who has their hands full takes nothing more, and can judge all the same.
  const waiting = queued(agent).filter(({ judging }) => judging || inHand.length < agent.wip)
  const [first] = waiting
  const { at } = look.fleet
  if (first === undefined || at - waitsSince(first) < look.thresholds.waiting_for_human * minuteMs) return notes
  const since = waitsSince(first)
  const why = `nobody ${first.judging ? 'judges' : 'takes'} it${andMore(waiting)} for ${spanWords(at - since)}`
  return [...notes, stalled(agent, first, { state: 'waiting-for-human', since, why }, { ping: true, escalate: true })]
}

/** What one that is dead has in hand, and what waits for it. */
export function deadWork(agent: AgentCapture, what: Pick<Stall, 'state' | 'since' | 'why'>, look: Look): Note[] {
  const held = agent.work.filter((task) => task.held?.lease === true && !task.judging && !task.escalated)
  const peoples = agent.work.filter((task) => task.held?.lease === false && !task.judging && !task.escalated)
  const notes = [...held, ...queued(agent).slice(0, mostAtOnce)].map((task) => {
    // What came when it was dead already has been waiting since then.
    const since = task.held === null ? Math.max(what.since, waitsSince(task)) : what.since
    const can = { ping: true, take_back: task.held !== null && !task.judging, reassign: !task.judging, escalate: true }
    return stalled(agent, task, { ...what, since }, can)
  })
  return notes.length === 0 ? [] : [...notes, ...peoples.flatMap((task) => heldByPerson(agent, task, look))]
}

/** A person has it, or an agent from outside: how they work nobody sees. */
function heldByPerson(agent: AgentCapture, task: TaskCapture, { fleet: { at }, thresholds }: Look): Note[] {
  const { aliveAt: since, question } = task
  const quietFor = at - since
  const stuck = task.status === 'blocked'
  if (stuck && question !== null) {
    if (quietFor < thresholds.waiting_for_answer * minuteMs) return []
    const why = `stuck on a question for ${spanWords(quietFor)}`
    return [
      stalled(
        agent,
        task,
        { state: 'waiting-for-answer', since, why, question },
        { ask: true, ping: true, escalate: true },
      ),
    ]
  }
  // Who works for half a day without a word is no trouble yet.
  const least = stuck ? thresholds.waiting_for_human : thresholds.human_patience
  if (quietFor < least * minuteMs) return []
  const why = `${stuck ? 'stuck' : 'in hand'}, without a word for ${spanWords(quietFor)}`
  return [
    stalled(agent, task, { state: 'waiting-for-human', since, why }, { ask: stuck, ping: !stuck, escalate: true }),
  ]
}

/** Somebody above was told, and decides. */
function told({ label, aliveAt }: TaskCapture): Note[] {
  return [
    { state: 'waiting-for-human', task: label, since: aliveAt, why: 'somebody above was told of it', stall: null },
  ]
}

/** What nobody has in hand, the longest waiting first. */
function queued({ work }: AgentCapture): TaskCapture[] {
  const waiting = work.filter(({ held, judging, escalated }) => (held === null || judging) && !escalated)
  return waiting.length < 2 ? waiting : waiting.sort((a, b) => waitsSince(a) - waitsSince(b))
}

/** A result waits since it was handed in, which was a sign of life. */
function waitsSince({ judging, openedAt, aliveAt }: TaskCapture): number {
  return judging ? aliveAt : openedAt
}

function andMore(waiting: readonly TaskCapture[]): string {
  return waiting.length > 1 ? ` (${waiting.length - 1} more wait)` : ''
}
