import { oneLine } from '../../core/clean-text.ts'
import { traceOf } from '../../core/envelope.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import type { KnowledgeRequest } from '../../core/knowledge/request.ts'
import { quoted } from '../../core/task/wording.ts'
import type { AskedQuestion } from '../../ports/question-log.ts'
import { type LearningParts, nameOf, type Teller, traceOfAnswer, type Words } from './parts.ts'

const keptLength = 4_000
const shownBytes = 400
/** Lines that the house says about suggestions to one question. */
const mostLines = 3
const actionMs = 7 * 86_400_000

/**
 * Keeps what people who may not say what the answer is think it is, and shows it to whoever may. Nothing is learned
 * from it.
 */
export function createSuggesting({
  learning,
  fleet,
  say,
  clock,
}: Pick<LearningParts, 'learning' | 'fleet' | 'say' | 'clock'>) {
  /**
   * `meant`: sent as an answer rather than as the reason of a vote, so that others may be shown it wherever it was
   * said.
   */
  async function suggest(
    question: AskedQuestion,
    text: string,
    teller: Teller,
    { place }: Pick<KnowledgeRequest, 'place'>,
    meant: boolean,
  ): Promise<void> {
    const { label } = question
    const before = learning.suggestions(label)
    const { actor, name } = teller
    const open = meant || (place !== null && !place.alone)
    const kept = learning.suggest({ label, actor, name, text: text.slice(0, keptLength), open, at: clock.now() })
    const room = openRoom(question)
    // Said in the same room, everybody has seen it.
    const seen = place !== null && !place.alone && place.room.name === room?.name
    const others = before.filter((suggestion) => suggestion.actor !== actor)
    if (kept && meant && room !== null && !seen && others.length < mostLines) {
      await say(lineOf(question, text, teller, room))
    }
  }

  function lineOf(question: AskedQuestion, text: string, { actor, name }: Teller, room: Words['room']): Words {
    const { label, person } = question
    const who = person === null ? 'A founder' : nameOf(fleet, person)
    const shown = oneLine(text, shownBytes)
    // A press accepts what is shown, to the letter, or there is none.
    const whole = quoted(shown, shownBytes) === `"${shown}"` && oneLine(text, keptLength) === shown
    const until = new Date(clock.now().getTime() + actionMs).toISOString()
    return {
      id: `suggested:${label}:${traceOf(actor)}`,
      room,
      text: `${quoted(name, 40)} suggests for ${label}: ${quoted(text, shownBytes)} ${who} can make it the answer: !answer ${label} <text>.`,
      trace: traceOfAnswer(question),
      ...(whole ? { actions: [{ label: 'Make it the answer', command: `answer ${label} ${shown}`, until }] } : {}),
    }
  }

  return suggest
}
