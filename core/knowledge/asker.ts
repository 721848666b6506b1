import { z } from 'zod'
import { tierSchema } from '../task/task.ts'

/** Somebody who asks through a door, as the door knows them. */
export const identitySchema = z.strictObject({
  actor: z.string().min(1).max(300),
  tier: tierSchema,
  name: z.string().max(300),
})
