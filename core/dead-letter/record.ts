import { z } from 'zod'
import { tierSchema } from '../task/task.ts'
import { letterClasses } from './class.ts'

const actor = z.string().min(1).max(300)
const moment = { by: actor, name: z.string().max(300), at: z.iso.datetime() }

/** What somebody put in place of what was there, and with whose rights that counts. */
const letterEditSchema = z.strictObject({
  by: actor,
  tier: tierSchema,
  name: z.string().max(300),
  changes: z.record(z.string(), z.string()),
})
export type LetterEdit = z.infer<typeof letterEditSchema>

/**
 * `waiting` for somebody; `retrying`, which is written before anything is done, so that whoever finds it there finishes it; and three ends:
 * `retried` (`task` is what came of a follow-up), `dropped`, and `done` when what it was about came by itself.
 */
const letterStandingSchema = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('waiting') }),
  z.looseObject({ state: z.literal('retrying'), ...moment, tier: tierSchema }),
  z.looseObject({ state: z.literal('retried'), ...moment, task: z.string().nullable() }),
  z.looseObject({ state: z.literal('dropped'), ...moment, reason: z.string() }),
  z.looseObject({ state: z.literal('done'), at: z.iso.datetime(), task: z.string().nullable() }),
])
export type LetterStanding = z.infer<typeof letterStandingSchema>

/** What the house remembers of a letter. What was in it stays where it was stored. */
export const letterRecordSchema = z.looseObject({
  /** `d-3`. */
  label: z.string().regex(/^d-[1-9]\d{0,15}$/),
  id: z.string().min(1).max(300),
  /** Its place among the dead letters. */
  seq: z.int().min(1),
  at: z.iso.datetime(),
  kind: z.enum(['item', 'follow-up', 'other']),
  class: z.enum(letterClasses),
  seat: z.string().min(1).max(300),
  reason: z.string().max(600),
  /** Where it came from, as far as that is known. */
  room: z.looseObject({ name: z.string(), visibility: z.enum(['public', 'private']) }).nullable(),
  /** Who had asked for it. */
  requester: actor.nullable(),
  /** The task that it is about, by label. */
  task: z.string().nullable(),
  /** The label of the letter that it comes from. */
  after: z.string().nullable(),
  trace: z.string().max(300),
  /** When the room was told. */
  announced: z.iso.datetime().nullable(),
  standing: letterStandingSchema,
  edit: letterEditSchema.nullable(),
})
export type LetterRecord = z.infer<typeof letterRecordSchema>

/** Whether somebody still has to do something about it. */
export function isWaiting({ standing }: Pick<LetterRecord, 'standing'>): boolean {
  return standing.state === 'waiting' || standing.state === 'retrying'
}
