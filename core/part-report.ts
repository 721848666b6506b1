import { z } from 'zod'

/** What a part answers to `<org>.svc.<part>.status`. */
export const partReportSchema = z.looseObject({
  part: z.string(),
  /** Sentences about what is not as it should be. */
  troubles: z.array(z.string()),
})
export type PartReport = z.infer<typeof partReportSchema>

/** The parts that can be asked, and what people call them. */
export const reportingParts = {
  bridge: 'the bridge',
  router: 'the router',
  tasks: 'the task service',
  knowledge: 'the knowledge proxy',
  sweep: 'the sweep',
  state: 'the state store',
} as const
