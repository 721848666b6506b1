import { createHash } from 'node:crypto'
import { encodeEnvelope } from '../envelope.ts'
import { BreakroomError } from '../errors.ts'
import { asInbox } from '../handover.ts'
import type { OrgSubjects } from '../subject.ts'
import { asDoorbell, type Doorbell } from '../task/doorbell.ts'
import { refusal } from '../task/world.ts'
import { editedItem } from './edit.ts'
import type { ItemLetter } from './letter.ts'
import type { LetterEdit } from './record.ts'
import { actionOfItem, mustStillHold, type RightsNow } from './rights.ts'

/** How an item goes back to the seat that gave it up. */
export interface PutBack {
  subject: string
  bytes: Uint8Array
  /** When it is one: the task service knows a better way for a task that failed. */
  doorbell: Doorbell | null
}

/** What the house knows of its seats. */
export interface Seats {
  /** Roles that exist, and the house itself. */
  names: ReadonlySet<string>
  subjects: OrgSubjects
}

/**
 * How to put an item back, as it came or as somebody edited it. Throws `refused` for what must not be: a letter that nobody proves, a
 * queue that is not the seat's own, a seat that is gone, bytes that are cut or that cannot be read here either, and a requester whose
 * rights are not what they were.
 */
export function putBackOf(letter: ItemLetter, edit: LetterEdit | null, seats: Seats, rights: RightsNow): PutBack {
  const { seat, subject, bytes, original, cut } = letter
  if (!letter.proved)
    throw refusal('unproved', 'Nobody proves who wrote this letter, so what is in it cannot go back. Say it again.')
  if (!seats.names.has(seat)) throw refusal('no-seat', 'The seat that gave it up is not there any more.')
  const isInbox = subject === seats.subjects.inbox(seat)
  if (!isInbox && subject !== seats.subjects.tasks(seat)) {
    throw refusal('no-queue', 'It did not come from a queue of the seat that gave it up, so it cannot go back.')
  }
  if (cut) throw refusal('cut', 'It was too large to be kept whole, so it cannot go back. Say it again.')
  if (original instanceof BreakroomError)
    throw refusal('unreadable', `It still cannot be read here: ${original.message}`)
  if (!isInbox) {
    if (edit !== null) throw refusal('edit-kind', 'A doorbell has no words that could be changed.')
    const doorbell = asDoorbell(original)
    if (doorbell === null) throw refusal('unreadable', 'It is no doorbell, and no seat can read it.')
    return { subject, bytes, doorbell }
  }
  const item = asInbox(original)
  if (item === null) throw refusal('unreadable', 'It is nothing that a seat can read at its inbox.')
  const said = edit === null ? item : editedItem(item, edit, editId(letter.id))
  const { requester, chain } = said.authority
  mustStillHold(actionOfItem(said), { requester, tier: said.data.tier, chain }, rights)
  return { subject, bytes: edit === null ? bytes : encodeEnvelope(said), doorbell: null }
}

function editId(letterId: string): string {
  return `edited:${createHash('sha256').update(letterId).digest('hex').slice(0, 32)}`
}
