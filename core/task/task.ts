import { z } from 'zod'

/*
 * Words. A *task* is asked for by a requester, belongs to one role, and is worked on by whoever *claims* it. Each claim gives an
 * *epoch*, the fencing number: what an older epoch writes is refused. A *submission* is a result that says it is finished;
 * *verification steps* are what the system sees before the task counts as done. The *stage* says whose turn it is, the *status*
 * what they do with it.
 */

/** Most urgent last. */
export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

/**
 * `waiting` for other tasks; `open` for anybody of the role; `claimed`; `working`; `blocked`, as its worker says; `verifying`; and
 * three ends, of which `failed` can be handed to somebody else.
 */
export const taskStatuses = [
  'waiting',
  'open',
  'claimed',
  'working',
  'blocked',
  'verifying',
  'done',
  'failed',
  'cancelled',
] as const
export type TaskStatus = (typeof taskStatuses)[number]

/** Whose turn it is: a planner's, a builder's, an adversary's and the checks', a reviewer's. */
export const stages = ['ready-for-prep', 'ready-for-dev', 'qa', 'review'] as const
export type Stage = (typeof stages)[number]

/** Why a gate says no: the plan is unclear, it does not do what was asked, it is not proved, it is not safe, it can be better, else. */
export const rejectionCategories = ['spec', 'defect', 'evidence', 'security', 'quality', 'other'] as const
export type RejectionCategory = (typeof rejectionCategories)[number]

const words = (most: number) => z.string().trim().min(1).max(most)
const name = z.string().min(1).max(64)
const actor = z.string().min(1).max(300)
export const tierSchema = z.enum(['none', 'guest', 'member', 'founder'])

/** What the system wants to see before a task is done. */
const stepSchema = z.discriminatedUnion('kind', [
  /** A program named under `checks:`. */
  z.strictObject({ kind: z.literal('check'), check: name }),
  /** Another role looks at it; null means the requester or the worker's manager. `qa` is the adversary's look, before the reviewer's. */
  z.strictObject({ kind: z.literal('review'), by: name.nullable(), stage: z.literal('qa').optional() }),
  /** A person says yes; `doubt`: because what was checked looks odd. */
  z.strictObject({ kind: z.literal('approval'), doubt: z.literal(true).optional() }),
  /** A file that has to be there: a path inside the worker's folder. */
  z.strictObject({ kind: z.literal('artifact'), path: words(300) }),
])
export type Step = z.infer<typeof stepSchema>

/** What was asked for, the review that nobody named, and the looks that doubts ask for. */
export const allSteps = z.array(stepSchema).max(20)

/** What can be late. */
export const deadlines = ['acknowledge', 'complete'] as const
export type Deadline = (typeof deadlines)[number]

const slaSchema = z.strictObject({
  ack_within_seconds: z.int().min(1).max(604_800).optional(),
  complete_within_minutes: z.int().min(1).max(525_600).optional(),
})

/** How a following task is filled in. Its texts may have placeholders: `{task_id}`, `{title}`, `{role}`, `{requester}`, `{result}`. */
const payloadTemplateSchema = z.strictObject({
  title: words(200),
  description: z.string().max(4_000).default(''),
  priority: z.enum(priorities).optional(),
  acceptance_criteria: z.array(words(500)).min(1).max(20),
  verification: z.array(stepSchema).max(8).default([]),
  get on_complete() {
    return z.array(followUpSchema).max(4).default([])
  },
})

/** What is published when a task is done: a task for `publish_to`. */
export const followUpSchema = z.strictObject({ publish_to: name, payload_template: payloadTemplateSchema })
export type FollowUp = z.infer<typeof followUpSchema>

/** What is asked for. */
export const taskSpecSchema = z.strictObject({
  role: name,
  title: words(200),
  description: z.string().max(4_000).default(''),
  priority: z.enum(priorities).default('normal'),
  acceptance_criteria: z.array(words(500)).min(1).max(20),
  verification: z.array(stepSchema).max(8).default([]),
  context: z.array(words(1_000)).max(20).default([]),
  /** Keys of older tasks. */
  blocked_by: z.array(name).max(20).default([]),
  sla: slaSchema.prefault({}),
  on_complete: z.array(followUpSchema).max(4).default([]),
  /** What follows when it has failed for good. */
  on_fail: z.array(followUpSchema).max(4).default([]),
  /** Who writes the plan before anybody builds; null when nobody has to. */
  prep: name.nullable().default(null),
  /** `attempts`: submissions that may fail before the task does. `usd`: what thinking may cost. */
  budget: z
    .strictObject({ attempts: z.int().min(1).max(100).default(5), usd: z.number().positive().optional() })
    .prefault({}),
})
export type TaskSpec = z.infer<typeof taskSpecSchema>

/** Where a task was asked for, and so where it is spoken of. */
export const taskPlaceSchema = z.strictObject({
  room: z.strictObject({ name: z.string().min(1).max(300), visibility: z.enum(['public', 'private']) }),
  /** A private conversation's other side. */
  voice: name.optional(),
  to: z.strictObject({ network: name, nick: z.string().max(300), account: z.string().max(300).nullable() }).optional(),
})
export type TaskPlace = z.infer<typeof taskPlaceSchema>

/** Who asked, with the rights they had then, and the agents that acted for them, first to last. */
export const taskAuthoritySchema = z.strictObject({
  requester: actor,
  tier: tierSchema,
  /** The name to show. */
  name: z.string().max(300),
  chain: z.array(name).max(32),
})
export type TaskAuthority = z.infer<typeof taskAuthoritySchema>

/** What a verification step came to: the system's own record, never the worker's word. */
export const evidenceSchema = z.strictObject({
  step: z.int().min(0),
  /** Which submission it was about: the epoch it was made under. */
  epoch: z.int().min(1),
  passed: z.boolean(),
  /** A role, a person, or null for a check, which the system ran itself. */
  by: actor.nullable(),
  comment: z.string().max(2_000),
  /** Of a no. */
  category: z.enum(rejectionCategories).optional(),
  /** By whoever tried it, as its adversary. */
  tried: z.literal(true).optional(),
  /** Of an artifact that was there. */
  artifact: z.strictObject({ path: z.string(), bytes: z.int(), sha256: z.string() }).optional(),
  run: z
    .strictObject({
      check: name,
      argv: z.array(z.string()),
      exit_code: z.int().nullable(),
      /** Why it ended otherwise, for people. */
      ended: z.string().max(300).nullable(),
      duration_ms: z.number().min(0),
      /** Redacted, without control characters. */
      output_tail: z.string().max(5_000),
      /** SHA-256 of everything it printed, hex. */
      output_sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** The files it ran on, as git names a tree; null where there is no repository. The same before and after, or it counts for nothing. */
      tree: z.string().max(64).nullable().optional(),
      commit: z.string().max(64).nullable().optional(),
      /** As far as its output tells. */
      tests: z.strictObject({ passed: z.int(), failed: z.int(), skipped: z.int() }).nullable().optional(),
      /** Why a person has to look, although it passed. */
      doubts: z.array(z.string().max(300)).max(5).optional(),
    })
    .optional(),
})
export type Evidence = z.infer<typeof evidenceSchema>

const momentSchema = z.strictObject({ by: actor, at: z.iso.datetime() })

/** Another task. */
export const taskReferenceSchema = z.strictObject({ key: name, label: z.string().max(20) })

/** A task as it stands: the fold of its events. */
export const taskSchema = z.looseObject({
  ...taskSpecSchema.shape,
  verification: allSteps,
  /** Subject token of the ledger; made from the id of what created it. */
  key: name,
  /** `t-13`. */
  label: z.string().regex(/^t-[1-9]\d{0,15}$/),
  /** Commits so far. */
  version: z.int().min(1),
  status: z.enum(taskStatuses),
  stage: z.enum(stages),
  place: taskPlaceSchema,
  authority: taskAuthoritySchema,
  trace: z.string(),
  /** The longest way to it through dependencies and chains, oldest first: labels, without its own. */
  lineage: z.array(z.string()),
  /** Tasks that are not done and have to be. */
  waits_for: z.array(taskReferenceSchema),
  /** The task that it came from: whose completion published it, or on whose behalf an agent asked for it. */
  parent: taskReferenceSchema.nullable(),
  created_at: z.iso.datetime(),
  /** Since when it waits to be acknowledged: the last time that it came to the seat. Empty in what older writers wrote. */
  opened_at: z.iso.datetime().or(z.literal('')).default(''),
  /** Since when it is the turn of whose turn it is: of its seat, or of whoever judges it. Empty in what older writers wrote. */
  turned_at: z.iso.datetime().or(z.literal('')).default(''),
  /** The last sign of life of whoever has it, or when it came to them. Empty in what older writers wrote: `aliveAt` knows. */
  alive_at: z.iso.datetime().or(z.literal('')).default(''),
  updated_at: z.iso.datetime(),
  /** `arrived`: the bot of a seat where people work says that it is there; nobody has seen it. */
  acknowledged: momentSchema.extend({ arrived: z.literal(true).optional() }).nullable(),
  /** The highest epoch that was given, 0 before the first claim. */
  epoch: z.int().min(0),
  /** Who holds it now. `doorbell` is the lease of a seat; people have none. */
  claim: momentSchema.extend({ epoch: z.int().min(1), doorbell: z.string().nullable() }).nullable(),
  /** Who builds it, whosever turn it is. */
  builder: name.optional(),
  /** What the planner wrote. */
  plan: momentSchema
    .extend({ text: z.string().max(8_000) })
    .nullable()
    .default(null),
  /** The commit that the worker's folder was at when it was first claimed; what tests were there then is compared with this. */
  base: z.string().max(64).nullable().default(null),
  /** Deadlines that have passed. */
  breached: z.array(z.enum(deadlines)).default([]),
  /** Who was told that it stands still, since the last sign of life; `parked` when nobody is left to be told. */
  escalation: momentSchema
    .extend({
      rung: z.int().min(1),
      to: name,
      reason: z.string(),
      parked: z.boolean(),
      /** When the reminder of the day was last given. */
      reminded_at: z.iso.datetime().nullable(),
    })
    .nullable()
    .default(null),
  /**
   * What whoever watches did last under this epoch, so that each rung is taken once; `answered` when there was a sign of life since: the
   * next stall begins anew, at a higher rung.
   */
  watched: momentSchema
    .extend({
      kind: z.enum(['ping', 'hand_back', 'reassign', 'escalate', 'answer', 'ask']),
      epoch: z.int(),
      rung: z.int(),
      answered: z.boolean(),
      /** Why, as they said. */
      reason: z.string().default(''),
    })
    .nullable()
    .default(null),
  /**
   * What whoever watches did about what it is stuck on, since it has been: they told it what is written down, which is a note too, or they
   * asked somebody (`to`).
   */
  help: z
    .discriminatedUnion('kind', [
      momentSchema.extend({
        kind: z.literal('answer'),
        question: z.string(),
        text: z.string(),
        sources: z.array(z.string()),
      }),
      /** `question` is null when somebody just has to act; `told`: what is written down was not enough. */
      momentSchema.extend({
        kind: z.literal('ask'),
        question: z.string().nullable(),
        to: actor,
        told: z.boolean(),
      }),
    ])
    .nullable()
    .default(null),
  /** The claim that was taken away by whoever watches: its next sign of life takes it back while nobody else has it. */
  suspended: momentSchema
    .extend({ epoch: z.int(), doorbell: z.string().nullable(), role: name })
    .nullable()
    .default(null),
  /** Roles that it was taken away from by whoever watches, since somebody last chose one: none of them gets it again by itself. */
  had: z.array(name).default([]),
  /** Submissions, plans that were sent back and failed tries so far. */
  attempts: z.int().min(0),
  /** The result that counts. */
  result: momentSchema.extend({ text: z.string().max(8_000), epoch: z.int().min(1) }).nullable(),
  /** Steps passed of the current submission; the next one is `verification[passed]`. */
  passed: z.int().min(0),
  /** How often the current submission has gone back to an earlier step. */
  rounds: z.int().min(0).default(0),
  /** The newest last; at most forty. */
  evidence: z.array(evidenceSchema),
  /** The newest last; at most twenty. */
  notes: z.array(momentSchema.extend({ text: z.string() })),
  /** Why it is blocked, was sent back, failed or was cancelled. */
  reason: z.string().nullable(),
  /** What became of its follow-ups, by their place. */
  followed: z.array(
    z.strictObject({
      index: z.int(),
      label: z.string().nullable(),
      reason: z.string().nullable(),
      /** Of `on_fail`; else of `on_complete`. */
      failed: z.boolean().optional(),
    }),
  ),
  /** Ids of the newest commands that changed it, so that a repeated one changes nothing. */
  applied: z.array(z.string()),
})
export type Task = z.infer<typeof taskSchema>

/** Whether whoever works at its seat knows of it, and not only the seat's bot. */
export function isSeen({ acknowledged }: Pick<Task, 'acknowledged'>): boolean {
  return acknowledged !== null && acknowledged.arrived !== true
}

export function isOver({ status }: Pick<Task, 'status'>): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled'
}
