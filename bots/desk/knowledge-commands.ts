import type { z } from 'zod'
import type { KnowledgeCommand } from '../../core/command.ts'
import { asChatLine } from '../../core/envelope.ts'
import { isBreakroomError, isRefusal } from '../../core/errors.ts'
import { type InboxEnvelope, inboxEnvelope } from '../../core/handover.ts'
import { type KnowledgeVerb, knowledgeArguments, knowledgeSaidSchema } from '../../core/knowledge/request.ts'
import { knowledgeRequestOf } from '../../core/knowledge/request-of.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { BusHealth, Publisher, Services } from '../../ports/bus.ts'
import type { FleetReport } from './fleet-report.ts'
import { inWords, type Reply } from './reply.ts'
import { nameInFront } from './task-commands.ts'

export interface KnowledgeCommandParts {
  bus: Publisher & Services & BusHealth
  subjects: OrgSubjects
  /** The role that answers questions, or null when none does. */
  seat: string | null
  report: Pick<FleetReport, 'absence'>
}

/** Commands about questions and their answers. */
export interface KnowledgeCommands {
  /** The answer, or null when somebody else gives it. Rejects with `unavailable` while the bus is away. */
  carryOut(command: KnowledgeCommand, item: InboxEnvelope): Promise<Reply | null>
}

/** Whoever stops a role meanwhile has two seconds at most to wait. */
const answerWithinMs = 1_500
const away = 'the knowledge proxy does not answer; try again in a minute.'
const nobodyAnswers = 'nobody here answers questions: no role has the brain "knowledge".'

/**
 * Hands questions to the seat that answers them, and asks the knowledge proxy to do what is said of its answers. Rights were checked before,
 * and are again by the proxy.
 */
export function createKnowledgeCommands({ bus, subjects, seat, report }: KnowledgeCommandParts): KnowledgeCommands {
  return {
    async carryOut(command, item) {
      switch (command.verb) {
        case 'ask':
          return handOver(command.args.question, item)
        case 'helped':
          return tell('vote', { question: command.args.question, helped: true }, item)
        case 'wrong':
          return tell('vote', { question: command.args.question, helped: false, reason: command.args.text }, item)
        case 'human':
          return tell('human', command.args, item)
        case 'answer':
          return tell('teach', command.args, item)
        case 'remember':
          return tell('remember', command.args, item)
        case 'forget':
          return tell('forget', command.args, item)
        default:
          return command satisfies never
      }
    },
  }

  /** Answered where it was asked, by the seat itself. */
  async function handOver(question: string, item: InboxEnvelope): Promise<Reply | null> {
    if (seat === null) return ours(nobodyAnswers, item)
    const { line, tier, trigger } = item.data
    const said = asChatLine({ ...item, type: 'chat.line', id: line.id, data: line.data })
    if (said === null) return null
    const kind = item.room.visibility === 'private' ? 'dm' : 'mention'
    const { authority, hops } = item
    const handover = { to: seat, kind, body: question, authority, tier, trigger, hops } as const
    await bus.publish(subjects.inbox(seat), inboxEnvelope(said, handover, kind, 'bots/desk'))
    const absence = await report.absence(seat, 'the question')
    return absence === null ? null : toSpeaker(absence, item)
  }

  async function tell(verb: KnowledgeVerb, args: unknown, item: InboxEnvelope): Promise<Reply> {
    const read = knowledgeArguments[verb].safeParse(args)
    // The parser gave every argument; only their length is left to be wrong.
    if (!read.success) return ours(tooLong(read.error.issues[0]), item)
    try {
      const request = knowledgeRequestOf(item, read.data)
      const reply = await bus.request(subjects.knowledgeService(verb, desk), request, answerWithinMs)
      const { text, actions } = knowledgeSaidSchema.parse(reply)
      return { ...toSpeaker(text, item), ...(actions === undefined ? {} : { actions }) }
    } catch (error) {
      if (isBreakroomError(error, 'unavailable') && bus.connected) return ours(away, item)
      if (!isRefusal(error)) throw error
      return toSpeaker(error.message, item)
    }
  }
}

function tooLong(issue: z.core.$ZodIssue | undefined): string {
  const most = issue?.code === 'too_big' ? `; ${issue.maximum} characters are the most` : ''
  return `that is too long${most}.`
}

/** A sentence, with the speaker's name in front where others read it. */
function toSpeaker(sentence: string, item: InboxEnvelope): Reply {
  return inWords(`${nameInFront(item)}${sentence}`)
}

/** The same with one of ours, which begins a line where no name does. */
function ours(sentence: string, item: InboxEnvelope): Reply {
  const isFirst = nameInFront(item) === ''
  return toSpeaker(isFirst ? `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}` : sentence, item)
}
