import type { z } from 'zod'
import type { TaskCommit, TaskEvent } from './commit.ts'
import type { taskTimelineSchema } from './request.ts'
import { actorName, cut, quoted } from './wording.ts'

/** The answer to `why`: what happened to a task, a line for each command: when (UTC), who, what, and what made it happen. */
export function timelineLines({ task, commits, earlier = 0 }: z.infer<typeof taskTimelineSchema>): string[] {
  let day = ''
  const lines = commits.flatMap((commit) => {
    const [date = '', time = ''] = [commit.at.slice(0, 10), commit.at.slice(11, 19)]
    const heading = date === day ? [] : [`${date} (UTC)`]
    day = date
    return [...heading, cut(`${time} ${whoAndWhat(commit)}${causeOf(commit)}`, 500)]
  })
  const left = earlier === 0 ? [] : [`${earlier} earlier changes are left out`]
  return [`${task.label} ${quoted(task.title, 160)}`, ...left, ...lines]
}

function whoAndWhat({ by, events }: TaskCommit): string {
  return `${actorName(by)}: ${events.map((event, at) => eventWords(event, events[at - 1])).join('; ')}`
}

function causeOf({ cause }: TaskCommit): string {
  return cause === null ? '' : ` (because: ${quoted(cause)})`
}

/** What an event was, with what was said at it, unless the one before it in the same commit has said that. */
function eventWords(event: TaskEvent, before: TaskEvent | undefined): string {
  switch (event.type) {
    case 'created':
      return `asked ${event.spec.role} for it${(event.spec.prep ?? null) === null ? '' : `, planned by ${event.spec.prep} first`}`
    case 'released':
      return 'something it waited for is done'
    case 'acknowledged':
      return 'acknowledged it'
    case 'claimed':
      return `claimed it, epoch ${event.epoch}`
    case 'started':
      return 'began'
    case 'noted':
      return `noted ${quoted(event.text)}`
    case 'blocked':
      return `is stuck: ${quoted(event.reason)}`
    case 'submitted':
      return event.result.trim() === '' ? 'handed it in' : `handed it in: ${quoted(event.result)}`
    case 'step_passed':
      return `${proof(event)}said yes${comment(event)}`
    case 'step_failed':
      return `${proof(event)}said no: ${quoted(event.evidence.run?.output_tail.slice(-300) || event.evidence.comment, 160)}`
    case 'returned':
      return `back to its role${event.category === undefined ? '' : ` (${event.category})`}${why(event, before)}`
    case 'completed':
      return 'done'
    case 'failed':
      return `failed: ${quoted(event.reason)}`
    case 'reassigned':
      return `gave it to ${event.role}`
    case 'cancelled':
      return `cancelled it: ${quoted(event.reason)}`
    case 'prepared':
      return `planned it: ${quoted(event.plan)}`
    case 'sent_back':
      return `sent it back to ${event.to === 'qa' ? 'be tried again' : 'be planned again'} (${event.category})${why(event, before)}`
    case 'doubted':
      return `a person has to look: ${quoted(event.reason)}`
    case 'rechecked':
      return `has it checked again: ${quoted(event.reason)}`
    case 'breached':
      return `it is late: ${event.deadline === 'complete' ? 'not done' : 'not acknowledged'} by ${event.due.slice(0, 16).replace('T', ' ')}`
    case 'escalated':
      return `told ${event.to}, step ${event.rung} up: ${quoted(event.reason)}`
    case 'parked':
      return `parked it for ${event.to}: ${quoted(event.reason)}`
    case 'reminded':
      return `reminded ${event.to}`
    case 'pinged':
      return `asked for a sign of life under epoch ${event.epoch}: ${quoted(event.reason)}`
    case 'taken_back':
      return `took it back from epoch ${event.epoch}: ${quoted(event.reason)}`
    case 'resumed':
      return `goes on under epoch ${event.epoch} after all`
    case 'answered':
      return `answered ${quoted(event.reason)}: ${quoted(event.text, 160)}${event.sources.length === 0 ? '' : ` (${quoted(event.sources.join(', '))})`}`
    case 'asked':
      return `asked ${actorName(event.to)}: ${quoted(event.reason)}`
    case 'followed':
      return event.label === null
        ? `what was to follow did not come: ${quoted(event.reason ?? '')}`
        : `${event.label} follows`
    default:
      return event satisfies never
  }
}

/** The reason of what goes back, unless that is the no before it. */
function why({ reason }: { reason: string }, before: TaskEvent | undefined): string {
  return before?.type === 'step_failed' && before.evidence.comment === reason ? '' : `: ${quoted(reason)}`
}

function comment({ evidence: { comment } }: Extract<TaskEvent, { type: 'step_passed' }>): string {
  return comment.trim() === '' ? '' : `: ${quoted(comment, 160)}`
}

/** What saw it, with a space behind; nothing where whoever did it judged it themselves. */
function proof({
  evidence: { by, run, artifact },
}: Extract<TaskEvent, { type: 'step_passed' | 'step_failed' }>): string {
  if (artifact !== undefined)
    return `${quoted(artifact.path, 80)} (${artifact.bytes} bytes, ${artifact.sha256.slice(0, 8)}) `
  if (run === undefined) return by === null ? 'a check ' : ''
  const took = `${Math.round(run.duration_ms / 100) / 10} s`
  return `\`${run.check}\` (${run.ended ?? `exit code ${run.exit_code}`}, ${took}, output ${run.output_sha256.slice(0, 8)}) `
}
