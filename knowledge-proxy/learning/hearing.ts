import { forMatching } from '../../core/clean-text.ts'
import { parseCommand } from '../../core/command.ts'
import { commandWords } from '../../core/command-options.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { personIdOf } from '../../core/knowledge/owners.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import { addressees } from '../../core/mention.ts'
import { redact } from '../../core/redact.ts'
import { quoted } from '../../core/task/wording.ts'
import type { AskedQuestion } from '../../ports/question-log.ts'
import { type LearningParts, nameOf } from './parts.ts'
import { lastSaid } from './waiting-words.ts'

const textLimit = 4_000
const offerMs = 7 * 86_400_000
const shownBytes = 300

/** What a person said to a question that they were asked. */
interface Answered {
  question: AskedQuestion
  person: string
  text: string
}

/** Listens for answers of the people who were asked. */
export function createHearing(parts: LearningParts) {
  const { questions, learning, fleet, directory, say, clock } = parts

  /**
   * Takes a line of the public record. When it is the answer of the person who was asked, the house offers once to
   * remember it; nothing is learned from the line. Hearing a line again changes nothing. Rejects when the offer could
   * not be said.
   */
  return async function heard(line: ChatEnvelope): Promise<void> {
    const said = answerIn(line)
    if (said === null) return
    const { question, person, text } = said
    const { label } = question
    const name = nameOf(fleet, person)
    const mine = () => learning.waitingWords(label).filter((words) => words.person === person)
    const id = line.data.corrects?.id ?? line.id
    const before = mine().find((words) => words.line === id)
    // An edit of something else is no answer.
    if (before === undefined && line.data.corrects !== undefined) return
    const at = before?.at ?? new Date(line.time)
    learning.keepWords({ label, line: id, person, name, text: redact(text).text.slice(0, textLimit), at })
    if (lastSaid(mine())[0]?.line !== line.id) return
    const until = new Date(clock.now().getTime() + offerMs).toISOString()
    await say({
      id: `remember-offer:${label}:${line.id}`.slice(0, 300),
      room: line.room,
      trace: line.trace,
      ...(line.data.thread === undefined ? {} : { thread: line.data.thread }),
      answers: line.id,
      text: `${name} answered ${label}: ${quoted(text, shownBytes)} Remember it as the answer? !remember ${label}`,
      actions: [{ label: 'Remember it', command: `remember ${label}`, until }],
    })
  }

  function answerIn(line: ChatEnvelope): Answered | null {
    const { actor, room, data } = line
    const person = personIdOf(actor)
    if (person === null || !Object.hasOwn(fleet.people, person) || room.visibility !== 'public') return null
    if (data.notice === true || (data.tier !== 'member' && data.tier !== 'founder')) return null
    const named = /^\s{0,9}(q-[1-9]\d{0,15})[:,]?\s+(\S.*)$/is.exec(data.text.slice(0, textLimit + 100))
    if (named === null && data.thread === undefined) return null
    const [label, text] = named === null ? [null, data.text] : [named[1]?.toLowerCase() ?? '', named[2] ?? '']
    if (!isTalk(line, text)) return null
    const isTheirs = (asked: AskedQuestion) =>
      asked.person === person && openRoom(asked)?.name === room.name && asked.at.getTime() <= Date.parse(line.time)
    const question = questions
      .waiting()
      .find((asked) => isTheirs(asked) && (label === null ? isThreadOf(asked, line.trace) : asked.label === label))
    return question === undefined ? null : { question, person, text }
  }

  /** Something told to whoever reads along: no command, nothing said to a role, no question of their own. */
  function isTalk(line: ChatEnvelope, text: string): boolean {
    const clean = forMatching(line.data.text.slice(0, 2 * textLimit))
    const { words, options } = commandWords({ ...line.data, text: clean })
    if (options.toDesk === true || parseCommand(words, options) !== null) return false
    return addressees(clean, directory).roles.length === 0 && /[\p{L}\p{N}]/u.test(text) && !/\?\s*$/.test(text)
  }
}

function isThreadOf({ trace, put }: AskedQuestion, heard: string): boolean {
  return heard === trace || heard === put?.trace
}
