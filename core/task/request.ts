import { z } from 'zod'
import { signedRunSchema } from '../evidence/run.ts'
import { taskCommitSchema } from './commit.ts'
import { followUpSchema, rejectionCategories, taskPlaceSchema, taskSchema, taskSpecSchema, tierSchema } from './task.ts'

/*
 * What the doors ask of the task service, on `<org>.svc.tasks.<verb>.<caller>`. The caller's token is proved by the bus: a role is
 * itself, whatever it writes; the desk and the command line say for whom they ask.
 */

const words = (most: number) => z.string().trim().min(1).max(most)

/** `t-13`. */
const labelSchema = z.string().regex(/^t-[1-9]\d{0,15}$/)

/** `d-3`. */
const letterSchema = z.string().regex(/^d-[1-9]\d{0,15}$/)

/** What is asked for, with labels where the task has keys. */
export const taskDraftSchema = z.strictObject({
  ...taskSpecSchema.omit({ blocked_by: true, acceptance_criteria: true, on_complete: true }).shape,
  /** Left out: what follows the tasks of its role. */
  on_complete: z.array(followUpSchema).max(4).optional(),
  acceptance_criteria: z.array(words(500)).max(20).default([]),
  /** Labels of tasks that have to be done first. */
  after: z.array(labelSchema).max(20).default([]),
})
export type TaskDraft = z.infer<typeof taskDraftSchema>

/** Somebody who asks through the desk or the command line, as the door knows them. */
const askerSchema = z.strictObject({ actor: z.string().min(1).max(300), tier: tierSchema, name: z.string().max(300) })

/** One task, by its label; null means the one that the asker holds. */
const whichTask = labelSchema.nullable()

/** What somebody had before them who judges, as `judgedResult` says it; null when they judge whatever waits. */
const judged = z.string().max(16).nullable().default(null)

/** A task that stands still, as whoever watches saw it; without an epoch and a rung, as it stands now and one further than before. */
const stalled = z.strictObject({
  task: labelSchema,
  epoch: z.int().min(0).nullable().default(null),
  rung: z.int().min(1).max(1_000_000).nullable().default(null),
  reason: z.string().trim().max(500).default(''),
})

const openQuestion = words(1_000).nullable().default(null)

/** The arguments of each verb. */
export const taskArguments = {
  /** `on_behalf_of`: the task that an agent works on when it asks for another; its requester's rights count. */
  assign: z.strictObject({
    draft: taskDraftSchema,
    on_behalf_of: z.strictObject({ task: labelSchema, epoch: z.int() }).optional(),
  }),
  list: z.strictObject({ role: z.string().max(64).nullable(), all: z.boolean().default(false) }),
  show: z.strictObject({ task: labelSchema }),
  why: z.strictObject({ task: labelSchema }),
  next: z.strictObject({ role: z.string().max(64) }),
  /** A seat says at which doorbell it asks; then its next task is meant. */
  claim: z.strictObject({
    task: whichTask,
    role: z.string().max(64).nullable(),
    doorbell: z.string().max(300).nullable().default(null),
  }),
  /** `arrived`: by the bot of a seat where people work; somebody has to see it yet. */
  acknowledge: z.strictObject({ task: whichTask, arrived: z.boolean().default(false) }),
  start: z.strictObject({ task: whichTask, epoch: z.int().nullable().default(null) }),
  note: z.strictObject({ task: whichTask, text: words(1_000), epoch: z.int().nullable().default(null) }),
  block: z.strictObject({ task: whichTask, reason: words(1_000), epoch: z.int().nullable().default(null) }),
  submit: z.strictObject({ task: whichTask, result: z.string().max(8_000), epoch: z.int().nullable().default(null) }),
  approve: z.strictObject({ task: labelSchema, comment: z.string().max(1_000), about: judged }),
  reject: z.strictObject({
    task: labelSchema,
    reason: words(1_000),
    about: judged,
    category: z.enum(rejectionCategories).optional(),
  }),
  reassign: z.strictObject({ task: labelSchema, role: z.string().max(64) }),
  /** For whoever watches over tasks that stand still: each is done once for (task, epoch, rung). */
  ping: stalled,
  take_back: stalled,
  reassign_fit: stalled,
  escalate: stalled,
  /** What is written down about what it is stuck on; `question` is that where its session asks, and not the task. */
  answer: stalled.extend({
    text: words(4_000),
    sources: z.array(words(200)).max(3).default([]),
    question: openQuestion,
  }),
  /** Whoever should know is asked once. */
  ask: stalled.extend({ question: openQuestion }),
  /** All that may stand still, by label; `after` is the `next` of the answer before. */
  watch: z.strictObject({ after: z.int().min(0).nullable().default(null) }),
  cancel: z.strictObject({ task: labelSchema, reason: z.string().max(1_000) }),
  /** A check is to be run in a role's workspace. Asked again with the same id it is the same run. */
  evidence: z.strictObject({ check: words(64), role: words(64) }),
  /** A seat gives its claim back; `counted` when it was a failed try. */
  hand_back: z.strictObject({ task: labelSchema, epoch: z.int(), reason: words(2_000), counted: z.boolean() }),
  /** A seat heard this doorbell too often. */
  give_up: z.strictObject({ doorbell: z.string().max(300), task: labelSchema, reason: words(2_000) }),
  /** Dead letters that wait for somebody, or all. */
  letters: z.strictObject({ all: z.boolean().default(false) }),
  letter: z.strictObject({ letter: letterSchema }),
  retry_letter: z.strictObject({ letter: letterSchema }),
  /** By the names of what is changed; then it is tried again, as theirs who changed it. */
  edit_letter: z.strictObject({ letter: letterSchema, changes: z.record(z.string().max(20), z.string().max(40_000)) }),
  drop_letter: z.strictObject({ letter: letterSchema, reason: words(1_000) }),
} as const
export type TaskVerb = keyof typeof taskArguments
/** Those about dead letters. */
export type LetterVerb = 'letters' | 'letter' | 'retry_letter' | 'edit_letter' | 'drop_letter'
export type TaskArguments<V extends TaskVerb> = z.infer<(typeof taskArguments)[V]>

/** One request. */
export const taskRequestSchema = z.strictObject({
  /** Of what made it (a chat line, a doorbell): the same id is the same command, however often it comes. */
  id: z.string().min(1).max(300),
  trace: z.string().max(300),
  /** Ignored when a role asks. */
  by: askerSchema.nullable(),
  /** Where it was asked, and so which rooms the asker reads. */
  place: taskPlaceSchema.nullable(),
  args: z.unknown(),
})
export type TaskRequest = z.infer<typeof taskRequestSchema>

/** The id of a command that a role asked for by itself: no role's is another's, and none is the house's. */
export function roleCommandId(role: string, id: string): string {
  return `role:${role}:${id}`
}

/** The answer to a command. Refusals come as errors: `denied`, `refused`, `usage`, `conflict`. */
export const taskReplySchema = z.looseObject({
  /** Null when there is nothing to do. */
  task: taskSchema.nullable(),
  /** Why there is nothing, or what else is to be known. */
  hint: z.string().nullable(),
  /** What happened; empty when it was so already. */
  events: z.array(z.string()),
})
export type TaskReply = z.infer<typeof taskReplySchema>

/** The answer to `evidence`: ask again until it is done. */
export const evidenceReplySchema = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('running') }),
  z.looseObject({ state: z.literal('done'), run: signedRunSchema }),
])
export type EvidenceReply = z.infer<typeof evidenceReplySchema>

/** The answer to `list`: newest first. */
export const taskListSchema = z.looseObject({ tasks: z.array(taskSchema), more: z.number() })
/** The answer to `why`: what happened to the task, as it happened; `earlier` commits did not fit. */
export const taskTimelineSchema = z.looseObject({
  task: taskSchema,
  commits: z.array(taskCommitSchema),
  earlier: z.int().min(0).optional(),
})
