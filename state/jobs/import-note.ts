import { z } from 'zod'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { stateCountsSchema } from '../../core/state/entry.ts'
import type { StateFile } from '../../ports/state-file.ts'

/** Note of the file that says which import is half done. */
const noteName = 'import'

/** All that is to come is here; it is given to those who work with it. */
const whole = z.boolean().default(false)

const noteSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('file'), counts: stateCountsSchema, sha256: z.string(), whole }),
  z.strictObject({ from: z.literal('firestore'), whole }),
])
export type ImportNote = z.infer<typeof noteSchema>

/** The import that is half done, or null. */
export async function importUnderWay(file: Pick<StateFile, 'note'>): Promise<ImportNote | null> {
  const note = await file.note(noteName)
  if (note === null) return null
  try {
    return noteSchema.parse(JSON.parse(note))
  } catch (cause) {
    throw new BreakroomError('unreadable', 'What is noted of an import that is half done cannot be read.', { cause })
  }
}

export async function noteImport(file: Pick<StateFile, 'setNote'>, note: ImportNote | null): Promise<void> {
  await file.setNote(noteName, note === null ? null : JSON.stringify(note))
}

/**
 * Throws `unavailable` while an import has not brought all that it is to bring: of tasks that are over there may be the beginnings alone, and
 * whoever takes those for all of it sets people to work on them again.
 */
export async function refuseHalf(file: Pick<StateFile, 'note'>): Promise<void> {
  const half = await importUnderWay(file)
  if (half === null || half.whole) return
  throw new BreakroomError('unavailable', `An import is half done; to go on: ${commandOf(half)}.`)
}

/** What is off about an import, for people: that it is half done, and how to go on. */
export async function halfDone(file: Pick<StateFile, 'note'>): Promise<string[]> {
  try {
    const half = await importUnderWay(file)
    return half === null ? [] : [`an import is half done; to go on: ${commandOf(half)}`]
  } catch (error) {
    if (isBreakroomError(error, 'unreadable')) return ['what is noted of an import that is half done cannot be read']
    throw error
  }
}

/** What an import is asked for again with. */
export function commandOf(note: ImportNote): string {
  return note.from === 'firestore' ? 'breakroom state import firestore' : 'breakroom state import <the same file>'
}
