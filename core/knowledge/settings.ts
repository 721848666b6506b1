import { z } from 'zod'
import { namePattern } from '../role.ts'

const sourceName = z
  .string()
  .max(32, 'a corpus has a name of at most 32 characters')
  .regex(namePattern, 'a corpus has a name of lower-case letters, digits and single hyphens')
  .refine((name) => name !== 'record' && name !== 'learned', 'this name is kept for what the fleet knows by itself')

const environmentName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be the name of an environment variable in capitals; never the key itself')

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'must be one line of plain text')

const roomNames = z
  .array(z.string().min(1))
  .min(1, 'an empty list would be nobody; leave it out, or name a room')
  .optional()
  .describe('Rooms whose members alone may be told what stands there. Left out: everybody.')

const common = {
  name: sourceName.describe('A short name; sources are shown as name/path.'),
  only: z
    .array(line(200))
    .min(1, 'leave it out, or say which files')
    .optional()
    .describe('Which files, as patterns such as "docs/**" or "*.md". Left out: all that can be read.'),
  access: roomNames,
}

const corpusSchema = z.union(
  [
    z.strictObject({
      ...common,
      folder: line(1_000).describe('A folder, seen from the folder of breakroom.yaml.'),
    }),
    z.strictObject({
      ...common,
      git: line(1_000)
        .regex(
          /^(?:(?:https|ssh|file):\/\/(?!-)|git@[\w.][\w.-]*:(?!:)|\/|\.)/,
          'must be a git address such as https://... or a path',
        )
        .describe('A git repository: an address, or a path seen from the folder of breakroom.yaml.'),
      branch: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/, 'must be the name of a branch')
        .optional()
        .describe('Its branch; the default one when left out.'),
    }),
  ],
  'needs a name, and either "folder" or "git"',
)

/** Where a model is asked. Without any, everything works with what is on this machine. */
const modelSchema = z.strictObject({
  provider: z
    .enum(['anthropic', 'openai-compatible', 'cohere'])
    .describe('Whose API it speaks; openai-compatible is most servers that one runs oneself.'),
  model: line(200).describe('The name of the model.'),
  key_env: environmentName.optional().describe('Environment variable that holds the key.'),
  base_url: z.url().optional().describe('Where the API is, when it is not where the provider keeps it.'),
})
export type ModelSettings = z.infer<typeof modelSchema>

export const knowledgeSettingsSchema = z
  .strictObject({
    corpus: z.array(corpusSchema).max(50).default([]).describe('What the knowledge proxy reads.'),
    owners: z
      .array(
        z.strictObject({
          topics: z.array(line(64)).min(1).max(50).describe('Words that such questions have in them.'),
          person: z.string().min(1).describe('Who knows, by the id under people.'),
        }),
      )
      .default([])
      .describe('Who is asked what nobody wrote down: the first whose topic fits; else the first founder.'),
    stale_after_days: z
      .int()
      .min(1)
      .max(36_500)
      .default(365)
      .describe('After how many days without a change a source is called old.'),
    digest: z
      .strictObject({
        day: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']).default('monday'),
        hour: z.int().min(0).max(23).default(9),
      })
      .prefault({})
      .describe('When the week’s open questions are listed in the first public room (UTC).'),
    writer: modelSchema.optional().describe('A model that words the answers, from cited passages only.'),
    embedder: modelSchema.optional().describe('A model that finds what says the same in other words.'),
    reranker: modelSchema.optional().describe('A model that puts what was found in order.'),
  })
  .describe('The knowledge proxy: what it reads, and who knows the rest')

export type KnowledgeSettings = z.infer<typeof knowledgeSettingsSchema>
export type CorpusSettings = KnowledgeSettings['corpus'][number]

/** The environment variables that the models' keys are in. */
export function knowledgeSecrets({ writer, embedder, reranker }: KnowledgeSettings): string[] {
  return [writer, embedder, reranker].flatMap((model) => model?.key_env ?? [])
}
