import { z } from 'zod'
import { lineActionSchema } from '../envelope.ts'
import { identitySchema } from './asker.ts'

/*
 * What the doors ask of the knowledge proxy, on `<org>.svc.knowledge.<verb>.<caller>`. The caller's token is proved by the bus: a role asks for
 * itself, whatever it writes; the desk, the command line and a seat that answers questions say for whom they ask.
 */

/** `q-17`. */
const questionLabelSchema = z.string().regex(/^q-[1-9]\d{0,15}$/, 'a question is named like q-17')
/** Which question is meant; null means the last one of the conversation. */
const whichQuestion = questionLabelSchema.nullable().default(null)

/** The longest question that is read, characters; more is cut off, and said. */
export const questionLimit = 40_000

export const knowledgeArguments = {
  ask: z.strictObject({ question: z.string().max(120_000) }),
  /** Whether the answer helped. */
  vote: z.strictObject({
    question: whichQuestion,
    helped: z.boolean(),
    reason: z.string().max(2_000).nullable().default(null),
  }),
  /** Hands the question to the person who should know. */
  human: z.strictObject({ question: whichQuestion }),
  /** What is right, from somebody who may say so; it is remembered as the answer. */
  teach: z.strictObject({ question: whichQuestion, text: z.string().trim().min(1).max(4_000) }),
  /** Accepts what the person who was asked said in the thread. */
  remember: z.strictObject({ question: whichQuestion }),
  /** Takes a remembered answer back. */
  forget: z.strictObject({ question: whichQuestion }),
  /** What is in the corpus, what is off, and what is being read. */
  corpus: z.strictObject({}),
  /** Reads a source again, or all, whatever looks unchanged. */
  reindex: z.strictObject({ source: z.string().max(64).nullable().default(null) }),
} as const
export type KnowledgeVerb = keyof typeof knowledgeArguments
export type KnowledgeArguments<V extends KnowledgeVerb> = z.infer<(typeof knowledgeArguments)[V]>

/** One request. */
export const knowledgeRequestSchema = z.strictObject({
  /** Of what made it (a chat line): the same id is the same question with the same answer, however often it comes. */
  id: z.string().min(1).max(300),
  trace: z.string().max(300),
  /** Ignored when a role asks for itself. */
  by: identitySchema.nullable(),
  /** Agents through whom it came, first to last, without the caller. */
  chain: z.array(z.string().max(300)).max(32).default([]),
  /** Where the answer will be read; null: by whoever asks alone, and nowhere in a room. */
  place: z
    .strictObject({
      room: z.strictObject({ name: z.string().max(300), visibility: z.enum(['public', 'private']) }),
      /** True in a direct message and for what is shown to one person's eyes alone. */
      alone: z.boolean(),
      /** Whether it stands in a thread, in which somebody can answer. */
      thread: z.boolean(),
    })
    .nullable(),
  /** Questions with the same key follow each other: a thread, or one person in one room. */
  conversation: z.string().min(1).max(400),
  args: z.unknown(),
})
export type KnowledgeRequest = z.infer<typeof knowledgeRequestSchema>

/** The answer to everything but `ask` and `corpus`: a sentence for whoever asked, and what they can do with a press. */
export const knowledgeSaidSchema = z.looseObject({
  text: z.string(),
  actions: z.array(lineActionSchema).max(5).optional(),
})

/** One source of the corpus. */
const corpusStatusSchema = z.looseObject({
  name: z.string(),
  /** The folder or the repository. */
  from: z.string(),
  state: z.enum(['reading', 'ready', 'failed']),
  documents: z.number(),
  sections: z.number(),
  /** Files of this pass that are done, and that there are. */
  done: z.number(),
  total: z.number(),
  /** ISO time of the last whole pass. */
  read_at: z.string().nullable(),
  /** What was skipped or is off, in sentences that name the file; the first hundred. */
  problems: z.array(z.string()),
  more_problems: z.number(),
})
export type CorpusStatus = z.infer<typeof corpusStatusSchema>
export const corpusReplySchema = z.looseObject({ sources: z.array(corpusStatusSchema), open_questions: z.number() })
export type CorpusReply = z.infer<typeof corpusReplySchema>
