import { z } from 'zod'
import type { Stall } from './finding.ts'
import { rungKinds, stallStates } from './states.ts'

/**
 * What was done about what stands still, kept for each agent and task: written before it is done, so that neither a kill nor a second sweeper
 * doubles it.
 */
export const stallRecordSchema = z.looseObject({
  /** What was done, oldest first; at most thirty. */
  rungs: z.array(
    z.looseObject({
      /** 1 for the first; grows for as long as the record lives. */
      number: z.int().min(1),
      kind: z.enum(rungKinds),
      state: z.enum(stallStates),
      epoch: z.int().min(0),
      at: z.iso.datetime(),
      /** False until it was carried out: whoever finds it so does it again, under the same number. */
      done: z.boolean(),
    }),
  ),
})
export type StallRecord = z.infer<typeof stallRecordSchema>

/** Under what the record of an agent and its task is kept; of a deaf seat that of its queue, whatever waits there. */
export function stallKey({ role, task, queue }: Pick<Stall, 'role' | 'task' | 'queue'>): string {
  return `stall ${role} ${queue ?? task ?? '-'}`
}
