import type { z } from 'zod'
import type { TaskCommand } from '../../core/command.ts'
import { isRefusal } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { type DirectoryEntry, roleNamed } from '../../core/mention.ts'
import { judgedFront } from '../../core/task/judged-result.ts'
import { taskLines, taskListLines } from '../../core/task/lines.ts'
import { readRejection } from '../../core/task/rejection-words.ts'
import { type TaskArguments, taskArguments, taskListSchema, taskReplySchema } from '../../core/task/request.ts'
import { answerTo, type ChangingVerb } from '../../core/task/sentences.ts'
import { cut } from '../../core/task/wording.ts'
import { type AskTasks, tasksAway } from './ask-tasks.ts'
import type { Assigning } from './assigning.ts'
import { noSuchRole } from './no-such-role.ts'
import { inWords, type Reply } from './reply.ts'

export interface TaskCommandParts {
  ask: AskTasks
  assigning: Assigning
  /** Whether what somebody asked for before still waits for the service. */
  isHeldUp: (item: InboxEnvelope) => Promise<boolean>
  directory: DirectoryEntry[]
  now: () => Date
}

/**
 * Answers commands about tasks: asks the task service, and says in words what it answered or why it refused. Rights were checked
 * before, and are again by the service. Rejects as `tasksAway` says while the service does not answer, and while something of the
 * same person waits for it: one's commands are never done in another order.
 */
export function createTaskCommands({ ask, assigning, isHeldUp, directory, now }: TaskCommandParts) {
  return {
    /** The answer to a command. */
    async carryOut(command: TaskCommand, item: InboxEnvelope): Promise<Reply> {
      await queueBehind(item)
      return toSpeaker(item, () => carryOut(command, item))
    },
    /** The answer to a line that goes on with an assignment, or null when none was begun. */
    async goOn(text: string, item: InboxEnvelope): Promise<Reply | null> {
      if (!(await assigning.isBegun(item))) return null
      await queueBehind(item)
      return toSpeaker(item, () => assigning.goOn(text, item))
    },
    isHeldUp,
  }

  async function queueBehind(item: InboxEnvelope): Promise<void> {
    if (await isHeldUp(item)) throw tasksAway(true)
  }

  async function carryOut(command: TaskCommand, item: InboxEnvelope): Promise<Reply> {
    switch (command.verb) {
      case 'assign':
        return assigning.assign(command.args.text, item)
      case 'tasks':
        return withRole(command.args.role, (role) => list(role, item))
      case 'task':
        return show(command.args.task, item)
      case 'claim': {
        const { task, role } = command.args
        // In a conversation with one role its own next task is meant.
        return withRole(role, (named) => change('claim', { task, role: task === null ? named : null }, item))
      }
      case 'ack':
        return change('acknowledge', command.args, item)
      case 'start':
        return change('start', command.args, item)
      case 'note':
        return change('note', command.args, item)
      case 'block':
        return change('block', command.args, item)
      case 'done':
        return change('submit', { task: command.args.task, result: command.args.result ?? '' }, item)
      case 'approve':
        return change('approve', approving(command.args.task, command.args.comment ?? ''), item)
      case 'reject':
        return change('reject', rejecting(command.args.task, command.args.reason), item)
      case 'nudge':
        return change('ping', command.args, item)
      case 'escalate':
        return change('escalate', { task: command.args.task, reason: command.args.reason ?? '' }, item)
      case 'reassign': {
        const { task } = command.args
        return withRole(command.args.role, (role) =>
          role === null ? change('reassign_fit', { task }, item) : change('reassign', { task, role }, item),
        )
      }
      case 'cancel':
        return change('cancel', { task: command.args.task, reason: command.args.reason ?? '' }, item)
      default:
        return command satisfies never
    }
  }

  async function change(verb: ChangingVerb, args: unknown, item: InboxEnvelope): Promise<Reply> {
    const read = taskArguments[verb].safeParse(args)
    // The parser gave every argument; only their length is left to be wrong.
    if (!read.success) return inWords(tooLong(read.error.issues[0]))
    return inWords(answerTo(verb, taskReplySchema.parse(await ask(verb, read.data, item))))
  }

  async function list(role: string | null, item: InboxEnvelope): Promise<Reply> {
    const { tasks, more } = taskListSchema.parse(await ask('list', { role, all: false }, item))
    return inWords(taskListLines(tasks, now(), { more, role }).join('\n'))
  }

  async function show(task: string, item: InboxEnvelope): Promise<Reply> {
    const shown = taskReplySchema.parse(await ask('show', { task }, item)).task
    return inWords(shown === null ? `There is no ${task}.` : taskLines(shown, now()).join('\n'))
  }

  async function withRole(name: string | null, act: (role: string | null) => Promise<Reply>): Promise<Reply> {
    if (name === null) return act(null)
    const role = roleNamed(name, directory)
    if (role !== null) return act(role)
    return inWords(noSuchRole(name, directory))
  }
}
export type TaskCommands = ReturnType<typeof createTaskCommands>

function tooLong(issue: z.core.$ZodIssue | undefined): string {
  const most = issue?.code === 'too_big' ? `; ${issue.maximum} characters are the most` : ''
  return `That is too long${most}.`
}

/** The name of who wrote an item, in front of what others read too. */
export function nameInFront({ data: { line } }: InboxEnvelope): string {
  const { speaker, voice } = line.data
  return voice === undefined ? `${cut(speaker, 64)}: ` : ''
}

/** With the speaker's name in front where others read it, and with a refusal as its sentence. */
async function toSpeaker<T extends Reply | null>(item: InboxEnvelope, reply: () => Promise<T>): Promise<T | Reply> {
  try {
    const said = await reply()
    return said === null ? said : { ...said, text: `${nameInFront(item)}${said.text}` }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return inWords(`${nameInFront(item)}${error.message}`)
  }
}

/** The arguments of a yes: a button says in front of the words what it stood under. */
function approving(task: string, said: string): TaskArguments<'approve'> {
  const { about, words } = judgedFront(said)
  return { task, comment: words, about }
}

/** Those of a no, with what kind it is behind that. */
function rejecting(task: string, said: string): TaskArguments<'reject'> {
  const { about, words } = judgedFront(said)
  return { task, about, ...readRejection(words) }
}
