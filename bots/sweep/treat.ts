import { BreakroomError, isBreakroomError, isRefusal, sentenceOf } from '../../core/errors.ts'
import { answerSchema } from '../../core/knowledge/answer.ts'
import type { KnowledgeRequest } from '../../core/knowledge/request.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Stall } from '../../core/sweep/finding.ts'
import type { Move } from '../../core/sweep/ladder.ts'
import { asksForPermission } from '../../core/sweep/permission.ts'
import type { RungKind } from '../../core/sweep/states.ts'
import { restartLine, seatLine, sureAnswer, whatCame } from '../../core/sweep/treatment.ts'
import { type TaskArguments, type TaskReply, type TaskRequest, taskReplySchema } from '../../core/task/request.ts'
import type { Services, Signals } from '../../ports/bus.ts'
import type { Treated } from './sweep-once.ts'

export interface TreatParts {
  /** The role as which the sweep acts. */
  role: string
  /** That role's connection. */
  own: Services
  /** The connection of the part. */
  bus: Signals
  subjects: OrgSubjects
  /** Says something in the home room. The same id again is the same line. */
  say(id: string, text: string): Promise<void>
  /** Whether what the role reads may be told wherever tasks are: it sits in no private room. */
  mayTell: boolean
  /** False once it may only look, or somebody else sweeps. */
  mayAct(): boolean
}

type Verb = 'answer' | 'ask' | 'ping' | 'take_back' | 'reassign_fit' | 'escalate'

/** It answers in milliseconds; what does not is tried again at the next sweep. */
const tasksWithinMs = 2_000
/** Where models help with it, an answer takes a while; a person is asked sooner than that. */
const knowledgeWithinMs = 5_000

/**
 * Carries out what is to be done about a stall: commands of the task service, one signal to a seat, one line. Nothing else, whatever a
 * question, a screen or an answer says. Everything has an id made from the stall and the number, so that it can be done again after a crash.
 * What is refused is settled; rejects with `unavailable` when it has to be tried again.
 */
export async function treat(parts: TreatParts, stall: Stall, move: Move): Promise<Treated> {
  const { role, task, epoch, state, queue } = stall
  const { kind } = move
  // Each queue of a deaf seat has a record of its own, and so numbers of its own.
  const id = ['sweep', role, ...(queue === null ? [] : [queue]), task ?? '-', epoch, move.number].join(':')
  try {
    if (kind === 'restart') return await restart(parts, stall, id)
    // A seat is nobody's task, and a zombie's is by now somebody else's.
    if (task === null || state === 'zombie') return await tellPeople(parts, stall, id)
    return await treatTask(parts, { ...stall, task }, { ...move, kind }, id)
  } catch (error) {
    if (isRefusal(error) && !isBreakroomError(error, 'conflict')) return { ok: true, outcome: sentenceOf(error) }
    throw error
  }
}

async function restart(parts: TreatParts, stall: Stall, id: string): Promise<Treated> {
  const { role, task, epoch, state, queue } = stall
  const drop = state === 'zombie' && task !== null ? { drop: { task, epoch } } : {}
  parts.bus.send(parts.subjects.restart(role), { id, queue: queue ?? 'tasks', ...drop })
  await parts.say(id, restartLine(stall))
  return { ok: true, outcome: state === 'zombie' ? 'told it to let go' : 'had it ask for its work anew' }
}

async function tellPeople(parts: TreatParts, stall: Stall, id: string): Promise<Treated> {
  await parts.say(id, seatLine(stall))
  return { ok: true, outcome: 'told whoever runs it' }
}

async function treatTask(
  parts: TreatParts,
  stall: Stall & { task: string },
  { kind, number, reason }: Move & { kind: Exclude<RungKind, 'restart'> },
  id: string,
): Promise<Treated> {
  const { task, epoch, question } = stall
  const rung = { task, epoch, rung: number, reason: reason.slice(0, 500) }
  const about = { ...rung, question: question?.trim().slice(0, 1_000) || null }
  if (kind === 'answer') {
    const found = about.question === null ? null : await lookUp(parts, about.question, id)
    // Looking it up takes seconds, in which somebody may have stopped us.
    if (!parts.mayAct()) throw new BreakroomError('unavailable', 'The sweep was stopped meanwhile.')
    const told = found === null ? null : await unlessForPeople(command(parts, 'answer', { ...about, ...found }, id))
    return treated(told ?? (await command(parts, 'ask', about, id)))
  }
  if (kind === 'ask') return treated(await command(parts, 'ask', about, id))
  return treated(await command(parts, verbs[kind], rung, id))
}

const verbs = {
  ping: 'ping',
  take_back: 'take_back',
  reassign: 'reassign_fit',
  escalate: 'escalate',
} as const satisfies Record<Exclude<RungKind, 'answer' | 'ask' | 'restart'>, Verb>

/** What is written down about a question, or null: nothing sure, nobody who knows, or nothing that may be looked up. */
async function lookUp(
  { own, subjects, role, mayTell }: TreatParts,
  question: string,
  id: string,
): Promise<{ text: string; sources: string[] } | null> {
  if (!mayTell || asksForPermission(question)) return null
  const request: KnowledgeRequest = {
    id,
    trace: id,
    by: null,
    chain: [],
    place: null,
    conversation: id,
    args: { question },
  }
  try {
    const reply = await own.request(subjects.knowledgeService('ask', role), request, knowledgeWithinMs)
    const answer = answerSchema.safeParse(reply)
    return answer.success ? sureAnswer(answer.data) : null
  } catch {
    // Whoever is stuck is not to wait until it is back.
    return null
  }
}

async function command<V extends Verb>(
  { own, subjects, role }: TreatParts,
  verb: V,
  args: TaskArguments<V>,
  id: string,
): Promise<TaskReply> {
  const request: TaskRequest = { id, trace: id, by: null, place: null, args }
  return taskReplySchema.parse(await own.request(subjects.taskService(verb, role), request, tasksWithinMs))
}

const forPeople: readonly unknown[] = ['permission', 'no-question']

/** The task service judges for itself what only a person may say, and of what the sweep may not read: then nothing is answered. */
async function unlessForPeople(asked: Promise<TaskReply>): Promise<TaskReply | null> {
  try {
    return await asked
  } catch (error) {
    if (isBreakroomError(error, 'refused') && forPeople.includes(error.detail.rule)) return null
    throw error
  }
}

function treated(reply: TaskReply): Treated {
  const came = whatCame(reply)
  return { ok: true, ...(came ?? { outcome: 'it was done already' }) }
}
