import { z } from 'zod'

/** What the organisation knows by its own doing. */
const knowledgeKinds = ['decision', 'pattern', 'memory'] as const

/**
 * A decision, a pattern (what has proved itself), or a memory that a person accepted. The id never changes; what changes has a higher
 * revision.
 */
export const keptKnowledgeSchema = z.looseObject({
  /** `decision-1f0c...`, `learned-q-17` */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  revision: z.int().min(1).max(1e12),
  kind: z.enum(knowledgeKinds),
  title: z.string().max(1_000),
  text: z.string().max(110_000),
  /** Actor, and the name to show. */
  by: z.string().max(300),
  name: z.string().max(300),
  at: z.iso.datetime(),
  /** Who may read it: see core/knowledge/access. Empty: everybody. */
  access: z.array(z.array(z.string().max(300)).max(100)).max(100),
  /** What it rested on: it ended when that changed. */
  sources: z.array(z.strictObject({ document: z.string().max(2_000), hash: z.string().max(200) })).max(100),
  /** Null while it counts. */
  ended: z.strictObject({ by: z.string().max(300), why: z.string().max(4_000), at: z.iso.datetime() }).nullable(),
  /** Of an answer that a person taught: what the knowledge proxy needs to have it back. */
  learned: z
    .strictObject({
      label: z.string().regex(/^q-[1-9]\d{0,15}$/),
      person: z.string().max(300),
      question: z.string().max(4_000),
      request: z.string().max(300),
    })
    .optional(),
})
export type KeptKnowledge = z.infer<typeof keptKnowledgeSchema>
