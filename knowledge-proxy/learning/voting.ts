import { BreakroomError } from '../../core/errors.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import type { KnowledgeArguments, KnowledgeRequest } from '../../core/knowledge/request.ts'
import { redact } from '../../core/redact.ts'
import { nameOf, type Teller, type Told } from './parts.ts'
import { questionMeant, teacherId } from './rights.ts'
import type { TeachingParts } from './teaching.ts'
import { reasonLine } from './waiting-words.ts'

/** Keeps what people think of answers. */
export function createVoting(parts: Pick<TeachingParts, 'questions' | 'learning' | 'fleet' | 'clock' | 'suggest'>) {
  const { learning, fleet, clock, suggest } = parts

  /**
   * Whether an answer helped. The reason why not is an answer that waits for a yes, or a suggestion, by whose it is.
   */
  return async function vote(
    { question: named, helped, reason }: KnowledgeArguments<'vote'>,
    teller: Teller,
    request: KnowledgeRequest,
  ): Promise<Told> {
    const question = questionMeant(parts, named, teller, request)
    const { label, text, answer, person } = question
    if (answer === null) {
      throw new BreakroomError('refused', `${label} is not answered yet.`, { detail: { rule: 'unanswered' } })
    }
    const why = reason === null || reason.trim() === '' ? null : redact(reason.trim()).text
    const { band, probability } = answer.confidence
    const { actor } = teller
    const at = clock.now()
    learning.vote({ label, actor, helped, reason: why, question: text, answer: answer.text, band, probability, at })
    if (helped) return { text: `Noted: ${label} helped.` }
    if (why === null)
      return { text: `Noted: ${label} did not help.${person === null ? ` !human ${label} asks a person.` : ''}` }
    const teacher = teacherId(parts, question, teller)
    if (teacher === null) {
      await suggest(question, why, teller, request, false)
      const who = person === null ? 'a founder' : nameOf(fleet, person)
      const shown = openRoom(question) === null ? '' : ` Whoever may say what the answer is (${who}) can accept it.`
      return { text: `Noted: ${label} did not help. What you wrote is kept as a suggestion.${shown}` }
    }
    // One of each person: a better reason takes the place of the one before.
    learning.keepWords({ label, line: reasonLine(actor), person: teacher, name: nameOf(fleet, teacher), text: why, at })
    return {
      text: `Noted: ${label} did not help. Remember what you wrote as the answer? !remember ${label}`,
      actions: [{ label: 'Remember it', command: `remember ${label}` }],
    }
  }
}
