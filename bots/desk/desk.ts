import { type Action, authorize, type Verdict } from '../../core/authority.ts'
import { type Command, type Parsed, parseCommand } from '../../core/command.ts'
import { helpLines, unknownSentence } from '../../core/command-help.ts'
import { commandWords } from '../../core/command-options.ts'
import { asChatLine } from '../../core/envelope.ts'
import { type InboxEnvelope, inboxEnvelope } from '../../core/handover.ts'
import { type DirectoryEntry, roleNamed } from '../../core/mention.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { asidePrefix, tasks, verbNamed } from '../../core/verbs.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { answer } from '../answer.ts'
import type { FleetReport } from './fleet-report.ts'
import { keepDecision } from './keep-decision.ts'
import type { KnowledgeCommands } from './knowledge-commands.ts'
import type { LetterCommands } from './letter-commands.ts'
import { noSuchRole } from './no-such-role.ts'
import { inWords, type Reply } from './reply.ts'
import { sayInRoom } from './say-in-room.ts'
import type { Stopper } from './stopper.ts'
import type { AskSweep } from './sweep-asking.ts'
import { nameInFront, type TaskCommands } from './task-commands.ts'

export interface DeskParts {
  bus: Publisher
  subjects: OrgSubjects
  directory: DirectoryEntry[]
  rooms: readonly string[]
  report: FleetReport
  stopper: Stopper
  tasks: TaskCommands
  letters: LetterCommands
  knowledge: KnowledgeCommands
  sweep: AskSweep
  metrics: Metrics
  now: () => Date
}

/** Said when somebody edits a command: it was carried out as it stood. */
const editedCommand =
  'an edit does not change what a command did. Say it again, or change the task: !note, !reassign, !cancel.'

/**
 * The seat of the house: answers commands. The rights of whoever asked are checked here, for every command. Rejects as `tasksAway`
 * says when a command has to wait for the task service, and as `isSweepUnderWay` tells when it has to for the sweep; then nothing was
 * answered.
 */
export function createDesk(parts: DeskParts): (item: InboxEnvelope) => Promise<void> {
  const { bus, subjects, directory, metrics, now } = parts
  const seat = { name: desk, bus, subjects, now }

  return async function handle(item) {
    const reply = await replyTo(item)
    if (reply !== null) await answer(seat, item, reply.text, reply.actions)
  }

  /** The answer, or null when somebody else gives it. */
  async function replyTo(item: InboxEnvelope): Promise<Reply | null> {
    if (item.data.line.data.corrects !== undefined) return inWords(`${nameInFront(item)}${editedCommand}`)
    const { words, options } = commandWords(item.data.line.data)
    const parsed = parseCommand(words, options)
    if (options.toDesk === true && mayBeAnswer(words, parsed) && refusalOf('task.assign', item) === null) {
      // What reads as a command that needs no tasks is one, rather than an answer that would have to wait.
      const goneOn =
        isOfHouse(parsed) && (await parts.tasks.isHeldUp(item)) ? null : await parts.tasks.goOn(words, item)
      if (goneOn !== null) return goneOn
    }
    const prefix = prefixFor(item)
    if (parsed === null) return inWords(helpLines(null, prefix).join('\n'))
    if ('unknown' in parsed) return inWords(unknownSentence(parsed, prefix))
    if ('problem' in parsed) return inWords(parsed.problem)
    const refusal = refusalOf(parsed.action, item)
    if (refusal === null) {
      const reply = await carryOut(parsed, item)
      return typeof reply === 'string' ? inWords(reply) : reply
    }
    metrics.count('breakroom_denied_total', { rule: refusal.rule })
    return inWords(refusal.sentence)
  }

  function refusalOf(action: Action, item: InboxEnvelope): Extract<Verdict, { allowed: false }> | null {
    const requester = { actor: item.authority.requester, tier: item.data.tier }
    const verdict = authorize({ action, requester })
    return verdict.allowed ? null : verdict
  }

  async function carryOut(command: Command, item: InboxEnvelope): Promise<Reply | string | null> {
    const by = item.data.line.data.speaker
    switch (command.verb) {
      case 'help':
        return helpLines(command.args.verb, prefixFor(item)).join('\n')
      case 'agents':
        return parts.report.agents()
      case 'status':
        return parts.report.status()
      case 'sweep':
        return parts.sweep()
      case 'whoami':
        return whoAmI(item)
      case 'login':
        return loginAnswer(item)
      case 'decide':
      case 'pattern':
        return keepDecision(parts, command, item)
      case 'say':
        return sayInRoom(parts, command.args, item)
      case 'ping':
        return ping(command.args.role, item)
      case 'stop':
        return withRole(command.args.role, (role) => parts.stopper.stop(role, by))
      case 'resume':
        return withRole(command.args.role, (role) => parts.stopper.resume(role))
      case 'ask':
      case 'helped':
      case 'wrong':
      case 'human':
      case 'answer':
      case 'remember':
      case 'forget':
        return parts.knowledge.carryOut(command, item)
      case 'dlq':
        return parts.letters.carryOut(command.args.text, item)
      default:
        return parts.tasks.carryOut(command, item)
    }
  }

  async function withRole(name: string | null, act: (role: string | null) => Promise<string>): Promise<string> {
    if (name === null) return act(null)
    const role = roleNamed(name, directory)
    return role === null ? noSuchRole(name, directory) : act(role)
  }

  async function ping(name: string, item: InboxEnvelope): Promise<string | null> {
    const role = roleNamed(name, directory)
    if (role === null) return noSuchRole(name, directory)
    const line = asChatLine({ ...item, type: 'chat.line', id: item.data.line.id, data: item.data.line.data })
    if (line === null) return null
    const { tier, trigger, body } = item.data
    const { authority, hops } = item
    const handover = { to: role, kind: 'mention' as const, body, authority, tier, trigger, hops }
    await bus.publish(subjects.inbox(role), inboxEnvelope(line, handover, 'ping', 'bots/desk'))
    return parts.report.absence(role, 'the ping')
  }
}

/**
 * Whether words without a prefix may be the answer to a question. What is plainly a command is none: a verb alone, an assignment, dead
 * letters, or one that names a task or a question; "status 429 after 100 requests" is no `!status`.
 */
function mayBeAnswer(words: string, parsed: Parsed | null): boolean {
  if (words.startsWith('!')) return false
  if (parsed === null || !('verb' in parsed)) return true
  return parsed.verb !== 'assign' && parsed.verb !== 'dlq' && /^\S+\s+(?![tq]-\d)\S/i.test(words)
}

/** How whoever asked gives commands. */
function prefixFor({ data: { line } }: InboxEnvelope): string {
  return line.data.aside === undefined ? '!' : asidePrefix
}

/** Whether it is a command that is not about tasks. */
function isOfHouse(parsed: Parsed | null): boolean {
  return parsed !== null && 'verb' in parsed && verbNamed(parsed.verb)?.about !== tasks
}

function whoAmI(item: InboxEnvelope): string {
  const { tier, line } = item.data
  const account = line.data.origin?.account
  const isStranger = line.actor.includes('-via-')
  const proof = account ? `by your account ${account}` : isStranger ? 'a nick is all I know' : 'you logged in'
  const more = tier === 'founder' ? '' : " For founder's rights write to me alone: !login <word>."
  return `${line.data.speaker}: you are ${line.actor}, ${tier === 'guest' ? 'a guest' : `a ${tier}`} (${proof}).${more}`
}

/** The bridge hears the word of a login and answers it; what comes here is only that somebody tried. */
function loginAnswer(item: InboxEnvelope): string | null {
  if (item.room.visibility === 'private') return null
  return `${item.data.line.data.speaker}: not here, everybody reads this. Write to me alone, and have a new word made: "breakroom people login".`
}
