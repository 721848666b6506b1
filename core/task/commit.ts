import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Envelope, envelopeVersion } from '../envelope.ts'
import { BreakroomError } from '../errors.ts'
import {
  allSteps,
  deadlines,
  evidenceSchema,
  rejectionCategories,
  taskAuthoritySchema,
  taskPlaceSchema,
  taskReferenceSchema,
  taskSpecSchema,
} from './task.ts'

const reason = z.string().min(1).max(2_000)
const rung = z.int().min(1).max(1_000_000)

/** What happened to a task. Past tense; what is not here never happens. */
const taskEventSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('created'),
    label: z.string(),
    /** Not strict: a task that a newer writer knows more of is a task here, too. */
    spec: z.looseObject({ ...taskSpecSchema.shape, verification: allSteps }),
    place: taskPlaceSchema,
    authority: taskAuthoritySchema,
    lineage: z.array(z.string()),
    /** Dependencies that were not done then. */
    waits_for: z.array(taskReferenceSchema),
    parent: taskReferenceSchema.nullable(),
  }),
  /** A dependency was done. */
  z.looseObject({ type: z.literal('released'), key: z.string() }),
  /** `arrived`: by the bot of a seat where people work. */
  z.looseObject({ type: z.literal('acknowledged'), arrived: z.literal(true).optional() }),
  z.looseObject({
    type: z.literal('claimed'),
    epoch: z.int(),
    doorbell: z.string().nullable(),
    /** The commit that the worker's folder was at. */
    base: z.string().max(64).nullable().optional(),
  }),
  z.looseObject({ type: z.literal('started') }),
  z.looseObject({ type: z.literal('noted'), text: z.string() }),
  z.looseObject({ type: z.literal('blocked'), reason }),
  z.looseObject({ type: z.literal('submitted'), result: z.string(), epoch: z.int() }),
  z.looseObject({ type: z.literal('step_passed'), evidence: evidenceSchema }),
  z.looseObject({ type: z.literal('step_failed'), evidence: evidenceSchema }),
  /** Back to its role, `counted` when it was a failed try. */
  z.looseObject({
    type: z.literal('returned'),
    reason,
    counted: z.boolean(),
    category: z.enum(rejectionCategories).optional(),
  }),
  /** The plan is written; whoever builds is next. */
  z.looseObject({ type: z.literal('prepared'), plan: z.string().min(1).max(8_000), epoch: z.int() }),
  /** One stage back, where somebody did something before: to whoever planned it, or to whoever tried it. */
  z.looseObject({
    type: z.literal('sent_back'),
    to: z.enum(['ready-for-prep', 'qa']),
    category: z.enum(rejectionCategories),
    reason,
  }),
  /** It passed, and a person has to look all the same. */
  z.looseObject({ type: z.literal('doubted'), reason }),
  /** What was checked is not what is there now: the checks run again. */
  z.looseObject({ type: z.literal('rechecked'), reason }),
  z.looseObject({ type: z.literal('breached'), deadline: z.enum(deadlines), due: z.iso.datetime() }),
  /** One step up was told. */
  z.looseObject({
    type: z.literal('escalated'),
    rung,
    to: z.string(),
    reason,
    /** By whoever watches: how far they have come with this stall. */
    watch_rung: rung.optional(),
  }),
  /** Nobody is left to be told. */
  z.looseObject({ type: z.literal('parked'), to: z.string(), reason, watch_rung: rung.optional() }),
  /** The reminder of the day, and when it was due. */
  z.looseObject({ type: z.literal('reminded'), to: z.string(), due: z.iso.datetime() }),
  /** Whoever watches asked for a sign of life. */
  z.looseObject({ type: z.literal('pinged'), epoch: z.int(), rung, reason }),
  /** Whoever watches took the claim away; its next sign of life takes it back. */
  z.looseObject({ type: z.literal('taken_back'), epoch: z.int(), rung, reason }),
  z.looseObject({ type: z.literal('resumed'), epoch: z.int() }),
  /** Whoever watches found written down what it is stuck on, which is the reason. */
  z.looseObject({
    type: z.literal('answered'),
    epoch: z.int(),
    rung,
    reason,
    text: z.string().min(1).max(4_000),
    sources: z.array(z.string().min(1).max(200)).max(3),
  }),
  /** Whoever watches asked somebody, once: a role, `founder`, or a person. */
  z.looseObject({
    type: z.literal('asked'),
    epoch: z.int(),
    rung,
    reason,
    /** Whether the reason is a question that it is stuck on; else they have to act. */
    stuck: z.boolean(),
    to: z.string().min(1).max(300),
  }),
  z.looseObject({ type: z.literal('completed') }),
  z.looseObject({ type: z.literal('failed'), reason }),
  z.looseObject({
    type: z.literal('reassigned'),
    role: z.string(),
    reason: z.string(),
    /** Whose it was. */
    from: z.string().optional(),
    /** By whoever watches. */
    rung: rung.optional(),
    epoch: z.int().optional(),
  }),
  z.looseObject({ type: z.literal('cancelled'), reason }),
  /** What became of a follow-up: the task it is now, or why it could not be one. */
  z.looseObject({
    type: z.literal('followed'),
    index: z.int(),
    label: z.string().nullable(),
    reason: z.string().nullable(),
    /** Of `on_fail`. */
    failed: z.boolean().optional(),
  }),
])
export type TaskEvent = z.infer<typeof taskEventSchema>
export type TaskEventType = TaskEvent['type']

/** Everything that one accepted command did to one task: one message of the ledger. */
export const taskCommitSchema = z.looseObject({
  /** The command's own id; the same command again is the same commit. */
  id: z.string().min(1).max(300),
  key: z.string().min(1).max(64),
  /** 1 for the creation, one more with each commit. */
  version: z.int().min(1),
  /** Who did it: a role, `human-<id>`, or `breakroom` for the system itself. */
  by: z.string().min(1).max(300),
  at: z.iso.datetime(),
  trace: z.string(),
  /** Another task that made this happen, by label, and how: `t-12 done`. */
  cause: z.string().max(300).nullable(),
  events: z.array(taskEventSchema).min(1).max(8),
})
export type TaskCommit = z.infer<typeof taskCommitSchema>

const commitDataSchema = taskCommitSchema.pick({ key: true, version: true, cause: true, events: true })

/** The type of a commit's envelope. */
const commitType = 'ledger.task'

/** The key of the task that a command creates: the same command always creates the same task. */
export function taskKey(commandId: string): string {
  return createHash('sha256').update(commandId).digest('base64url').slice(0, 22)
}

/** The commit as it is stored. */
export function commitEnvelope(commit: TaskCommit): Envelope {
  // What a newer writer added goes along.
  const { id, by, at, trace, ...data } = commit
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: 'tasks',
    type: commitType,
    time: at,
    actor: by,
    authority: { requester: by, chain: [] },
    trace,
    hops: 0,
    data,
  }
}

/** The commit in an envelope of the ledger. Throws `unreadable` with `detail.reason` when it is none. */
export function asCommit(envelope: Envelope): TaskCommit {
  const data = envelope.type === commitType ? commitDataSchema.safeParse(envelope.data) : null
  if (data?.success !== true) {
    const why = data === null ? `it is a ${envelope.type}` : z.prettifyError(data.error)
    throw new BreakroomError('unreadable', `An entry of the ledger is no commit: ${why}`, {
      detail: { reason: 'schema' },
    })
  }
  const { id, actor, time, trace } = envelope
  // A field of the data must not pass for one of the envelope's.
  return { ...data.data, id, by: actor, at: time, trace }
}
