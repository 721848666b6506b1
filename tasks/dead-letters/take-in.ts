import { oneLine } from '../../core/clean-text.ts'
import { letterLabel } from '../../core/dead-letter/label.ts'
import { type Letter, readLetter } from '../../core/dead-letter/letter.ts'
import type { LetterRecord } from '../../core/dead-letter/record.ts'
import { BreakroomError } from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import { asDoorbell } from '../../core/task/doorbell.ts'
import type { Counter } from '../../ports/counter.ts'
import type { LetterEntry } from '../../ports/dead-letters.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Book } from '../book.ts'
import type { LetterBook } from './letter-book.ts'

export interface TakeInParts {
  records: LetterBook
  numbers: Counter
  book: Book
  /** The public rooms that there are. */
  rooms: ReadonlySet<string>
  metrics: Metrics
}

/**
 * Numbers a letter and remembers it, once for each letter; null when it was known. Rejects with `unavailable`, and can be done again. A
 * number that was given right before a crash is lost, never given twice.
 */
export async function takeIn(parts: TakeInParts, entry: LetterEntry): Promise<LetterRecord | null> {
  const { records, numbers, book, metrics } = parts
  const letter = readLetter(entry)
  if (records.byId(letter.id) !== null) return null
  const task = taskOf(letter)
  const place = task === null ? null : ((await book.byLabel(task))?.place.room ?? null)
  const record: LetterRecord = {
    label: letterLabel(await numbers.next()),
    id: letter.id,
    seq: entry.seq,
    at: entry.storedAt.toISOString(),
    kind: letter.kind,
    class: letter.class,
    seat: letter.seat,
    reason: oneLine(redact(letter.reason).text, 600),
    room: placeIn(place ?? roomOf(letter), parts.rooms),
    requester: requesterOf(letter),
    task,
    after: letter.retryOf === null ? null : (records.byId(letter.retryOf)?.label ?? null),
    trace: letter.trace,
    announced: null,
    standing: { state: 'waiting' },
    edit: null,
  }
  await records.add(record)
  metrics.count('breakroom_letter_changes_total', { what: 'numbered' })
  return record
}

function taskOf(letter: Letter): string | null {
  if (letter.kind === 'follow-up') return letter.task
  if (letter.kind === 'other' || letter.original instanceof BreakroomError) return null
  return asDoorbell(letter.original)?.data.label ?? null
}

function roomOf(letter: Letter): LetterRecord['room'] {
  if (letter.kind !== 'item' || letter.original instanceof BreakroomError) return null
  const { room } = letter.original
  return room === undefined ? null : { name: room.name, visibility: room.visibility }
}

/** A room that we do not know as public is none, whatever the letter says of it. */
function placeIn(room: LetterRecord['room'], rooms: ReadonlySet<string>): LetterRecord['room'] {
  return room?.visibility === 'public' && !rooms.has(room.name) ? { ...room, visibility: 'private' } : room
}

function requesterOf(letter: Letter): string | null {
  if (letter.kind !== 'item' || letter.original instanceof BreakroomError) return null
  // Of a doorbell the house is; that says nothing.
  return asDoorbell(letter.original) === null ? letter.original.authority.requester : null
}
