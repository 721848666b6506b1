import type { Answer } from '../knowledge/answer.ts'
import type { TaskReply } from '../task/request.ts'
import { actorName, cut, lineBytes, listed } from '../task/wording.ts'
import type { Stall } from './finding.ts'
import type { RungKind, StallState } from './states.ts'

/** What the task service did because of a command, as a rung and in words; null when it did nothing. */
export function whatCame({
  task,
  events,
}: Pick<TaskReply, 'task' | 'events'>): { did: RungKind; outcome: string } | null {
  for (const event of events) {
    switch (event) {
      case 'answered':
        return { did: 'answer', outcome: `answered${fromWhere(task)}` }
      case 'asked':
        return {
          did: 'ask',
          outcome: `asked ${task?.help?.kind === 'ask' ? actorName(task.help.to) : 'who should know'}`,
        }
      case 'pinged':
        return { did: 'ping', outcome: 'asked where it stands' }
      case 'taken_back':
        return { did: 'take_back', outcome: 'took it back' }
      case 'reassigned':
        return { did: 'reassign', outcome: `gave it to ${task?.role ?? 'another role'}` }
      case 'escalated':
        return { did: 'escalate', outcome: `told ${task?.escalation?.to ?? 'the next one up'}` }
      case 'parked':
        return { did: 'escalate', outcome: 'parked it for the founder' }
    }
  }
  return null
}

function fromWhere(task: TaskReply['task']): string {
  const sources = task?.help?.kind === 'answer' ? task.help.sources : []
  return sources.length === 0 ? '' : ` from ${listed(sources)}`
}

/** The text of an answer for whoever is stuck, and where it stands; null when it is not sure enough to be told. */
export function sureAnswer({ confidence, text, sources }: Answer): { text: string; sources: string[] } | null {
  const words = text.trim().slice(0, 4_000)
  if (confidence.band !== 'high' || words === '' || sources.length === 0) return null
  return { text: words, sources: sources.map(({ document }) => cut(document, 200)).filter((name) => name !== '') }
}

type SeatStall = Pick<Stall, 'role' | 'task' | 'state' | 'why'>

/** The line about a seat that was told something. `restart`: to ask for its queue anew, or to let go of what is not its own. */
export function restartLine({ role, task, state, why }: SeatStall): string {
  const told = state === 'zombie' ? 'let go' : 'ask for its work anew'
  return cut(`${role} ${stateWords[state]}${on(state, task)}: ${why}. I told it to ${told}.`, lineBytes)
}

/** The line about a seat that only people can help. */
export function seatLine({ role, task, state, why }: SeatStall): string {
  const before = state === 'zombie' || state === 'deaf' ? 'I told it, and that did not help: whoever' : 'Whoever'
  return cut(`${role} ${stateWords[state]}${on(state, task)}: ${why}. ${before} runs it should look.`, lineBytes)
}

/** A zombie is one for a task; what else is off with a seat is off for all that waits for it. */
function on(state: StallState, task: string | null): string {
  return state === 'zombie' && task !== null ? ` on ${task}` : ''
}

/** After the name of a role. */
const stateWords: Record<StallState, string> = {
  'waiting-for-human': 'waits for a person',
  'waiting-for-answer': 'waits for an answer',
  'idle-with-work': 'is idle with work',
  stalled: 'is stalled',
  looping: 'goes round in circles',
  zombie: 'is a zombie',
  deaf: 'is deaf',
  dead: 'is dead',
}

/** The line about a program that was ended because nobody owned it any more. */
export function leftoverLine(left: { role: string | null; task: string | null; processes: number }): string {
  const whose = left.role === null ? '' : ` of ${left.role}`
  const what = left.task === null ? '' : ` on ${left.task}`
  const count = left.processes > 1 ? `, ${left.processes} processes` : ''
  return cut(`I ended a program${whose}${what} that had outlived who started it${count}.`, lineBytes)
}
