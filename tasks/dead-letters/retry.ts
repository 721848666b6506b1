import type { Limit, Tier } from '../../core/authority.ts'
import { editedFollowUp } from '../../core/dead-letter/edit.ts'
import type { FollowUpLetter, ItemLetter, Letter } from '../../core/dead-letter/letter.ts'
import { putBackOf } from '../../core/dead-letter/put-back.ts'
import type { LetterEdit } from '../../core/dead-letter/record.ts'
import { mustStillHold } from '../../core/dead-letter/rights.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Doorbell } from '../../core/task/doorbell.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import { refusal, type TaskWorld } from '../../core/task/world.ts'
import type { DeadLetters } from '../../ports/dead-letters.ts'
import type { Book } from '../book.ts'
import { publishFollowUp, templateOf } from '../effects/follow-up.ts'
import type { TaskService } from '../service.ts'

export interface RetryParts {
  letters: DeadLetters
  book: Book
  service: TaskService
  world: TaskWorld
  subjects: OrgSubjects
  limits: ReadonlyMap<string, Limit>
  /** The tiers of the people who are known now, by actor. */
  people: ReadonlyMap<string, Tier>
}

/** Who has it tried again. */
export interface Retrier {
  actor: string
  tier: Tier
}

/**
 * What trying a letter again comes to: `do` does it, once however often it is called, and resolves with the label of the task that came of
 * it, or null; `done` says that there is nothing left to do.
 */
export type Retry = { do: () => Promise<string | null> } | { done: { task: string | null } }

/** How to try a letter again, as it is or as it was edited. Throws `refused` when that cannot be; then nothing was done. */
export async function retryOf(parts: RetryParts, letter: Letter, edit: LetterEdit | null, by: Retrier): Promise<Retry> {
  switch (letter.kind) {
    case 'item':
      return retryItem(parts, letter, edit, by)
    case 'follow-up':
      return retryFollowUp(parts, letter, edit)
    case 'other':
      throw refusal('unreadable', 'What is in this letter cannot be read here, so it cannot be tried again.')
    default:
      return letter satisfies never
  }
}

async function retryItem(parts: RetryParts, letter: ItemLetter, edit: LetterEdit | null, by: Retrier): Promise<Retry> {
  const { world, subjects, letters } = parts
  const seats = { names: new Set([...world.roles.keys(), desk]), subjects }
  const { subject, bytes, doorbell } = putBackOf(letter, edit, seats, parts)
  const putBack = async () => {
    await letters.putBack(subject, bytes, letter.id)
    return null
  }
  return doorbell === null ? { do: putBack } : retryDoorbell(parts, letter, doorbell, by, putBack)
}

/** The seat was to work on a task, or look at one. A task that failed because of it is opened again: a doorbell alone would find nothing. */
async function retryDoorbell(
  { book, service }: RetryParts,
  { id, seat, trace }: ItemLetter,
  { data }: Doorbell,
  by: Retrier,
  putBack: () => Promise<null>,
): Promise<Retry> {
  const task = await book.byLabel(data.label)
  if (task === null || task.key !== data.key) throw refusal('unknown-task', `There is no task ${data.label} any more.`)
  const commandId = `letter:${id}`
  if (task.applied.includes(commandId)) return { done: { task: null } }
  if (data.kind === 'review') return task.status === 'verifying' ? { do: putBack } : { done: { task: null } }
  if (task.role !== seat) return { done: { task: null } }
  if (task.status === 'open') return { do: putBack }
  if (task.status !== 'failed') return { done: { task: null } }
  return {
    async do() {
      const doer = { actor: by.actor, tier: by.tier, epoch: null }
      await service.command(task.key, { type: 'reassign', role: task.role }, doer, {
        id: commandId,
        trace,
        cause: null,
      })
      return null
    },
  }
}

async function retryFollowUp(parts: RetryParts, letter: FollowUpLetter, edit: LetterEdit | null): Promise<Retry> {
  const { book, service } = parts
  const { index, failed } = letter
  const task = await book.byLabel(letter.task)
  const next = task === null ? undefined : templateOf(task, letter)
  if (task === null || next === undefined)
    throw refusal('unknown-task', `There is no task ${letter.task} that it could follow.`)
  const became = task.followed.find((one) => one.index === index && (one.failed ?? false) === failed)
  if (became?.label) return { done: { task: became.label } }
  refuseEarly(task, failed)
  const authority = edit === null ? null : { requester: edit.by, tier: edit.tier, name: edit.name, chain: [] }
  mustStillHold('task.assign', authority ?? task.authority, parts)
  const edited = edit === null ? next : editedFollowUp(next, edit.changes)
  return { do: () => publishFollowUp(service, task, { index, failed }, edited, authority) }
}

/** What follows a task comes when that has ended as it is meant to; until then it would tell of a result that is none. */
function refuseEarly({ label, role, status }: Task, failed: boolean): void {
  if (status === (failed ? 'failed' : 'done')) return
  if (failed) throw refusal('not-failed', `${label} has another try; what was to follow when it fails is not due.`)
  const way = status === 'failed' ? ` !reassign ${label} ${role} gives it another try.` : ''
  const why = isOver({ status })
    ? `${label} is ${status}, so nothing can follow it.${way}`
    : `${label} is not done yet.`
  throw refusal('not-done', why)
}
