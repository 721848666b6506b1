import { z } from 'zod'
import { taskCommitSchema } from '../task/commit.ts'
import { keptKnowledgeSchema } from './kept-knowledge.ts'
import { keptStartSchema } from './kept-start.ts'
import { roleDaySchema } from './role-day.ts'

/** What is kept, in the order in which it is exported. */
export const stateSections = ['commits', 'knowledge', 'configuration', 'metrics'] as const
export type StateSection = (typeof stateSections)[number]

/** One thing that is kept, as it travels: a line of an exported file, an entry of a page. Tasks travel as their commits. */
export const stateEntrySchema = z.discriminatedUnion('section', [
  z.strictObject({ section: z.literal('commits'), place: z.int().min(1), commit: taskCommitSchema }),
  z.strictObject({ section: z.literal('knowledge'), record: keptKnowledgeSchema }),
  z.strictObject({ section: z.literal('configuration'), record: keptStartSchema }),
  z.strictObject({ section: z.literal('metrics'), record: roleDaySchema }),
])
export type StateEntry = z.infer<typeof stateEntrySchema>

/** How many of each there are. */
export const stateCountsSchema = z.strictObject({
  tasks: z.int().min(0),
  commits: z.int().min(0),
  knowledge: z.int().min(0),
  configuration: z.int().min(0),
  metrics: z.int().min(0),
})
export type StateCounts = z.infer<typeof stateCountsSchema>
