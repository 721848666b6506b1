import { z } from 'zod'
import { asChatLine } from '../envelope.ts'
import { BreakroomError } from '../errors.ts'
import { asInbox } from '../handover.ts'
import type { FollowUp } from '../task/task.ts'
import { letterClasses } from './class.ts'
import { editableFields } from './edit.ts'
import type { Letter } from './letter.ts'
import type { LetterRecord } from './record.ts'

/** What is in a letter, for whoever may know. */
const contentSchema = z.looseObject({
  reason: z.string(),
  room: z.looseObject({ name: z.string(), visibility: z.enum(['public', 'private']) }).nullable(),
  requester: z.string().nullable(),
  task: z.string().nullable(),
  /** What came of it, and who saw to that. */
  outcome: z
    .looseObject({
      name: z.string().nullable(),
      at: z.string(),
      reason: z.string().nullable(),
      task: z.string().nullable(),
    })
    .nullable(),
  /** The words that were said, by the name of who said them. */
  said: z.looseObject({ name: z.string(), text: z.string() }).nullable(),
  follow_up: z
    .looseObject({ role: z.string(), title: z.string(), accept: z.array(z.string()), about: z.string() })
    .nullable(),
  /** What an edit may change. */
  editable: z.array(z.string()),
})
type LetterContent = z.infer<typeof contentSchema>

/** A letter as somebody sees it. */
const letterViewSchema = z.looseObject({
  label: z.string(),
  class: z.enum(letterClasses),
  kind: z.enum(['item', 'follow-up', 'other']),
  state: z.enum(['waiting', 'retrying', 'retried', 'dropped', 'done']),
  seat: z.string(),
  at: z.string(),
  /** The letter that it comes from. */
  after: z.string().nullable(),
  /** Null for whoever may not know what was in it. */
  content: contentSchema.nullable(),
})
export type LetterView = z.infer<typeof letterViewSchema>

/** The answer to `letters`: newest first; `more` did not fit; `waiting` counts all that wait. */
export const letterListSchema = z.looseObject({ letters: z.array(letterViewSchema), more: z.int(), waiting: z.int() })
export type LetterList = z.infer<typeof letterListSchema>

/** The answer to everything about one letter. `did` is false when it was so already, or when nothing was asked to be done. */
export const letterReplySchema = z.looseObject({ letter: letterViewSchema, did: z.boolean() })
export type LetterReply = z.infer<typeof letterReplySchema>

/** A letter for somebody who may know what was in it, or may not. `letter` is null where only the record is at hand. */
export function viewOf(
  record: LetterRecord,
  mayKnow: boolean,
  letter: Letter | null = null,
  followUp: FollowUp | null = null,
): LetterView {
  const { label, kind, seat, at, after, standing } = record
  const shown = { label, class: record.class, kind, state: standing.state, seat, at, after }
  return { ...shown, content: mayKnow ? contentOf(record, letter, followUp) : null }
}

function contentOf(record: LetterRecord, letter: Letter | null, followUp: FollowUp | null): LetterContent {
  const { reason, room, requester, task, kind, standing, edit } = record
  const said = letter === null ? null : saidIn(letter)
  const editable = kind === 'item' && letter !== null && said === null ? [] : editableFields(kind)
  const template = followUp?.payload_template
  return {
    reason,
    room,
    requester,
    task,
    outcome: standing.state === 'waiting' ? null : outcomeOf(standing),
    said: said !== null && edit?.changes.text !== undefined ? { name: edit.name, text: edit.changes.text } : said,
    follow_up:
      followUp === null || template === undefined
        ? null
        : {
            role: followUp.publish_to,
            title: template.title,
            accept: template.acceptance_criteria,
            about: template.description,
          },
    editable,
  }
}

function outcomeOf(standing: Exclude<LetterRecord['standing'], { state: 'waiting' }>): LetterContent['outcome'] {
  const name = standing.state === 'done' ? null : standing.name
  const reason = standing.state === 'dropped' ? standing.reason : null
  const task = standing.state === 'retried' || standing.state === 'done' ? standing.task : null
  return { name, at: standing.at, reason, task }
}

function saidIn(letter: Letter): LetterContent['said'] {
  if (letter.kind !== 'item' || letter.original instanceof BreakroomError) return null
  const item = asInbox(letter.original)
  const line = item === null ? asChatLine(letter.original)?.data : item.data.line.data
  return line === undefined ? null : { name: line.speaker, text: line.text }
}
