import { z } from 'zod'
import { knowledgeCaller } from './knowledge/caller.ts'
import { isPerson } from './person.ts'
import { checkWhen, whenKeys } from './recurring/schedule.ts'
import { desk } from './route.ts'
import { followUpSchema } from './task/task.ts'

/** The person at the top of every tree; not a role, never a file. */
export const founder = 'founder'

/** Names that mean a part of the house, a person or everybody; a role with such a name could speak or log in as one of them. */
export const reservedNames: readonly string[] = [
  founder,
  desk,
  knowledgeCaller,
  ...['bridge', 'router', 'bots', 'gateway', 'tasks', 'state', 'mcp', 'cli', 'system', 'human'],
  ...['all', 'everyone', 'here', 'channel', 'room'],
]

/** Brains that a bot can be given today; the schema knows the others so that files need not change when they come. */
export const usableBrains: readonly Role['brain']['kind'][] = ['none', 'command', 'knowledge', 'sweep']

/** A name as it travels in subjects, file names and user names: lower case, single hyphens inside. */
export const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** A nick that every IRC server takes. */
export const nickSchema = z
  .string()
  .max(20, 'a nick has at most 20 characters')
  .regex(
    /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]*$/,
    'a nick is ASCII letters, digits and []\\`_^{|}-, and does not start with a digit or a hyphen',
  )

const roleName = z
  .string()
  .max(32, 'a name has at most 32 characters')
  .regex(
    namePattern,
    'a name is lower-case letters, digits and single hyphens, and starts with a letter, such as "devops-lead"',
  )

const words = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(400, 'has at most 400 characters; say it shorter')
  .regex(/^[^\x00-\x1f\x7f]*$/, 'must be one line of plain text; ">-" folds several into one')

const token = z
  .string()
  .regex(
    /^[A-Za-z0-9_.-]{1,128}$/,
    'must be one exact name of letters, digits, "_", "." or "-"; there are no wildcards',
  )

const emptyAllowList = 'an empty allow-list leaves it open what is meant; list the tools, or write "tools: none"'

const toolsSchema = z.union(
  [
    z.literal('none'),
    z
      .record(token, z.array(token).min(1, emptyAllowList))
      .refine((servers) => Object.keys(servers).length > 0, emptyAllowList),
  ],
  'must be lists of tools by MCP server, or "none"',
)

const brainKeys = z.strictObject({
  kind: z
    .enum(['none', 'model', 'acp', 'tmux', 'command', 'mcp', 'knowledge', 'sweep'])
    .describe(
      'Who does the work. Today "none", people and agents from outside claim it while the bot acknowledges and reports; "command", a program does it; "knowledge", it answers questions from the corpus; or "sweep", it looks after whoever is stuck.',
    ),
  command: z
    .string()
    .optional()
    .describe('For "command": the program, by its name under checks in breakroom.yaml. It is run without a shell.'),
  minutes: z
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('For "command": how long it may run on one task before it is killed, in minutes; 60 when left out.'),
  models: z
    .array(z.string().regex(/^[A-Za-z0-9_.:/@-]{1,128}$/, 'must be the name of a model'))
    .min(1, 'leave it out, or name a model')
    .optional()
    .describe('Models, the preferred one first.'),
  budget: z
    .strictObject({ usd_per_day: z.number().positive().describe('Most it may spend in a day, in US dollars.') })
    .optional()
    .describe('What thinking may cost.'),
})

const brainSchema = brainKeys
  .transform(({ kind, command, minutes, ...others }, context) => {
    const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (kind === 'command') {
      if (command !== undefined) return { ...others, kind, command, minutes: minutes ?? 60 }
      say([], 'the kind "command" needs a key "command" too, with the name of a program under checks')
    } else {
      const misplaced = `is for the kind "command", and this one is "${kind}"`
      if (command !== undefined) say(['command'], misplaced)
      if (minutes !== undefined) say(['minutes'], misplaced)
      return { ...others, kind }
    }
    return z.NEVER
  })
  .describe('What thinks in this seat.')

/** One role: one file, `roles/<name>.yaml`. The descriptions are what editors show. */
export const roleSchema = z
  .strictObject({
    name: roleName
      .refine(
        (name) => !reservedNames.includes(name) && !isPerson(name),
        'this name is kept for people or for a part of the house; choose another',
      )
      .describe('The name of the role and of its file. People address it as "name: ..." in the room.'),
    nick: nickSchema.describe('The nick on IRC. Nobody else can take it.'),
    icon: z
      .string()
      .regex(/^:[a-z0-9_+-]{1,60}:$/, 'must be an emoji by its name, such as ":hammer_and_wrench:"')
      .optional()
      .describe('The emoji beside what it says in Slack; an app of its own shows its own picture.'),
    title: words.optional().describe('What people call the job, such as "Chief Technology Officer".'),
    reports_to: roleName.describe('The manager: another role, or "founder", the person at the top.'),
    mission: words.describe('What the role is there for, in one or two sentences. It introduces itself with them.'),
    rooms: z
      .array(z.string().min(1))
      .min(1, 'a role needs a room to be heard in')
      .describe('Rooms it sits in, by their names in breakroom.yaml.'),
    capabilities: z
      .array(words)
      .min(1, 'say at least one thing the role can do')
      .describe('What others may ask of it, in plain words.'),
    tools: toolsSchema.describe(
      'All it may use: the exact names of tools, by MCP server, or "none". What is not listed is denied.',
    ),
    forbidden_actions: z
      .array(words)
      .min(1, 'say at least one thing the role must never do')
      .describe('What it must never do, whoever asks.'),
    brain: brainSchema,
    workspace: z
      .string()
      .min(1, 'leave it out, or name a folder')
      .max(1_000, 'has at most 1,000 characters')
      .regex(/^[^\x00-\x1f\x7f]*$/, 'must be the path of a folder')
      .optional()
      .describe(
        'The folder it works in, seen from the folder of breakroom.yaml; it must be there. Left out: one of its own, made for it.',
      ),
    loop_strategy: z
      .enum(['on_mention', 'on_task', 'scheduled'])
      .describe('When it works: when it is spoken to, also when a task is waiting, or also by the clock.'),
    wip: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Tasks it may work on at the same time; left out, what limits.tasks_in_hand says.'),
    on_complete: z
      .array(followUpSchema)
      .max(4)
      .optional()
      .describe('What follows each of its tasks, where whoever asks says nothing else about that.'),
    recurring: z
      .array(
        z
          .strictObject({
            name: roleName.describe('A short name, such as "weekly-report".'),
            ...whenKeys,
            brief: words.describe('What is to be done each time.'),
            accept: words.optional().describe('What must be true when it is done; left out, what the brief says.'),
          })
          .superRefine((entry, context) => {
            checkWhen(entry, (path, message) => context.addIssue({ code: 'custom', path, message }))
          }),
      )
      .max(20)
      .superRefine((entries, context) => {
        entries.forEach(({ name }, index) => {
          if (entries.findIndex((other) => other.name === name) === index) return
          const message = `there are two "${name}"; what came last is kept by name`
          context.addIssue({ code: 'custom', path: [index, 'name'], message })
        })
      })
      .default([])
      .describe('Work that comes back by the clock.'),
    escalation: z
      .strictObject({
        to: roleName.describe('The role to tell, or "founder".'),
        after_minutes: z.int().min(1).max(10_080).describe('How long the role may be stuck before that, in minutes.'),
      })
      .describe('Who is told when the role is stuck.'),
  })
  .describe('A role of the fleet')

export type Role = z.infer<typeof roleSchema>

/** Whether a role is a seat of the knowledge proxy: people ask it, and vote on what it says. */
export function answersQuestions({ brain }: Pick<Role, 'brain'>): boolean {
  return brain.kind === 'knowledge'
}

/** Whether a role is the one that looks after whoever is stuck. */
export function sweeps({ brain }: Pick<Role, 'brain'>): boolean {
  return brain.kind === 'sweep'
}
