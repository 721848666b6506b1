import { z } from 'zod'

/** What a seat is told on `<org>.agents.<role>.restart`: the role is the subject's, never something that is written inside. */
export const restartSchema = z.looseObject({
  /** Of what makes somebody tell it. Told twice it has one effect. */
  id: z.string().min(1).max(300),
  /** The queue that it is to ask for anew. What it has in hand goes on. */
  queue: z.enum(['inbox', 'tasks']),
  /** What it works on although it is not its own any more; it lets go of it when it has it under this epoch or an older one. */
  drop: z.looseObject({ task: z.string().min(1).max(20), epoch: z.int().min(0) }).optional(),
})
export type Restart = z.infer<typeof restartSchema>
