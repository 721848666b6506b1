import { z } from 'zod'
import { type TaskCommit, taskCommitSchema } from '../task/commit.ts'
import { keptKnowledgeSchema } from './kept-knowledge.ts'
import { keptStartSchema } from './kept-start.ts'
import { roleDaySchema } from './role-day.ts'

/** What is kept, in the order in which it is exported. */
export const stateSections = ['commits', 'knowledge', 'configuration', 'metrics'] as const
export type StateSection = (typeof stateSections)[number]

/**
 * More commits than there will ever be, and tasks. What is counted on from where a file says that it is must not end where numbers do:
 * then nothing that follows could be kept.
 */
const mostPlaces = 1e12
const mostLabels = 1e9

/** A commit that may come from anywhere: under a key and a label as we give them. */
const travellingCommitSchema = taskCommitSchema
  .refine(({ key }) => /^[A-Za-z0-9_-]+$/.test(key), { path: ['key'], error: 'it is no key of a task' })
  .refine(hasLabel, { path: ['events'], error: 'it gives a label that no task has' })

/** One thing that is kept, as it travels: a line of an exported file, an entry of a page. Tasks travel as their commits. */
export const stateEntrySchema = z.discriminatedUnion('section', [
  z.strictObject({
    section: z.literal('commits'),
    place: z.int().min(1).max(mostPlaces),
    commit: travellingCommitSchema,
  }),
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

function hasLabel({ events }: TaskCommit): boolean {
  return events.every(
    (event) =>
      event.type !== 'created' || (/^t-[1-9]\d*$/.test(event.label) && Number(event.label.slice(2)) <= mostLabels),
  )
}
