import { isBreakroomError } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import type { DirectoryEntry } from '../../core/mention.ts'
import { desk } from '../../core/route.ts'
import { type Assignment, draftOf, mergeAssignment, readAssignment } from '../../core/task/assignment.ts'
import { type AnswerWay, mendHint, questionAbout } from '../../core/task/questions.ts'
import { taskReplySchema } from '../../core/task/request.ts'
import { answerTo } from '../../core/task/sentences.ts'
import type { Task } from '../../core/task/task.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { AskTasks } from './ask-tasks.ts'
import { inWords, type Reply } from './reply.ts'

/**
 * What somebody has begun to assign in one room. It keeps what was before the last item too, so that an item that is delivered again
 * is answered again from where it was.
 */
export interface Draft {
  item: string
  at: string
  before: Assignment | null
  now: Assignment | null
}

export interface AssigningParts {
  ask: AskTasks
  drafts: KeyedState<Draft>
  directory: DirectoryEntry[]
  checks: readonly string[]
  now: () => Date
  /** When the desk first had what it answers now; by that time a draft is too old, or not. */
  heardAt: () => Date
}

/** Conversations about assignments, one for each person and room. Each answer is for who asked. */
export interface Assigning {
  /** `!assign` with what stands behind it. */
  assign(text: string | null, item: InboxEnvelope): Promise<Reply>
  /** A line to the desk that is no command: the answer to what was asked, or null when nothing was. */
  goOn(text: string, item: InboxEnvelope): Promise<Reply | null>
  /** Whether something was asked that this line may answer. */
  isBegun(item: InboxEnvelope): Promise<boolean>
}

/** Later nobody means it as an answer any more. */
const draftLivesMs = 60 * 60_000
const undoWithinMs = 30_000
const replaced = '(What you had begun before is dropped.)'
const dropWords = /^(?:cancel|never ?mind|forget it|drop it)[.!]*$/i

export function createAssigning({ ask, drafts, directory, checks, now, heardAt }: AssigningParts): Assigning {
  const known = { roles: directory, checks }

  return {
    async assign(text, item) {
      const { voice } = item.data.line.data
      const defaultRole = voice === undefined || voice === desk ? null : voice
      const words = text?.trim() ?? ''
      const begun = waitingFor(item)
      if (dropWords.test(words)) return drop(await begun, item)
      const said = readAssignment(words, { ...known, defaultRole })
      if (said.missing.length > 0) {
        const waiting = await begun
        const isNew = waiting === null || (said.draft.title !== undefined && waiting.draft.title !== undefined)
        const reply = await settle(isNew ? said : mergeAssignment(waiting, said), waiting, item)
        return waiting !== null && isNew ? { ...reply, text: `${reply.text} ${replaced}` } : reply
      }
      // Most are complete; what was begun before does not change them.
      const [filed, waiting] = await Promise.all([file(said, item), begun])
      await note(item, waiting, filed.next)
      return waiting === null ? filed.reply : { ...filed.reply, text: `${filed.reply.text} ${replaced}` }
    },
    async goOn(text, item) {
      const waiting = await waitingFor(item)
      if (waiting === null) return null
      if (dropWords.test(text.trim())) return drop(waiting, item)
      const [asked] = waiting.missing
      if (asked === undefined) return null
      return settle(mergeAssignment(waiting, readAssignment(text, { ...known, asked })), waiting, item)
    },
    isBegun: async (item) => (await waitingFor(item)) !== null,
  }

  /** Asks for what is missing, or files it. */
  async function settle(assignment: Assignment, before: Assignment | null, item: InboxEnvelope): Promise<Reply> {
    if (assignment.missing.length > 0) {
      await note(item, before, assignment)
      return inWords(questionAbout(assignment, wayOf(item), directory[0]?.role ?? 'cto'))
    }
    const { reply, next } = await file(assignment, item)
    await note(item, before, next)
    return reply
  }

  /** `next` is what waits afterwards; undefined when that is what waited before. */
  async function file(
    assignment: Assignment,
    item: InboxEnvelope,
  ): Promise<{ reply: Reply; next?: Assignment | null }> {
    try {
      const filed = taskReplySchema.parse(await ask('assign', { draft: draftOf(assignment) }, item))
      return { reply: { text: answerTo('assign', filed), ...undoOf(filed.task, item) }, next: null }
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) throw error
      // Nothing about it is to be mended; it can be said again as it was.
      if (error.detail.rule === 'queue-full') return { reply: inWords(error.message), next: null }
      return {
        reply: inWords(mendHint(error.message, error.detail.path, assignment.draft)),
        next: { ...assignment, problems: [] },
      }
    }
  }

  async function drop(waiting: Assignment | null, item: InboxEnvelope): Promise<Reply> {
    if (waiting === null) return inWords('There is nothing to drop: you have not begun to assign anything here.')
    await note(item, waiting, null)
    return inWords('Dropped; nothing was filed.')
  }

  /** What was asked for with a press or a slash command can be taken back with one. */
  function undoOf(task: Task | null, { data: { line } }: InboxEnvelope): Pick<Reply, 'actions'> {
    if (task === null || line.data.aside === undefined) return {}
    const until = new Date(heardAt().getTime() + undoWithinMs).toISOString()
    return { actions: [{ label: 'Undo', command: `cancel ${task.label} undone`, until }] }
  }

  async function waitingFor(item: InboxEnvelope): Promise<Assignment | null> {
    const draft = await drafts.get(keyOf(item))
    if (draft === null || heardAt().getTime() - Date.parse(draft.at) > draftLivesMs) return null
    return draft.item === item.id ? draft.before : draft.now
  }

  async function note(
    item: InboxEnvelope,
    before: Assignment | null,
    next: Assignment | null | undefined,
  ): Promise<void> {
    if (next === undefined || (next === null && before === null)) return
    await drafts.put(keyOf(item), { item: item.id, at: now().toISOString(), before, now: next })
  }
}

function keyOf({ room, authority, data: { line } }: InboxEnvelope): string {
  // What was begun aside in one room is not gone on with in another.
  const where = line.data.aside === undefined ? room.name : `${room.name} ${line.data.aside.room}`
  return `${where} ${authority.requester}`
}

function wayOf({ data: { line } }: InboxEnvelope): AnswerWay {
  const { voice } = line.data
  if (voice === undefined) return 'by-name'
  return voice === desk ? 'alone' : 'command'
}
