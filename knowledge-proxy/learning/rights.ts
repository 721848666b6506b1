import { BreakroomError } from '../../core/errors.ts'
import { ownersOf, personIdOf } from '../../core/knowledge/owners.ts'
import { mayKnowOf } from '../../core/knowledge/question-audience.ts'
import type { KnowledgeRequest } from '../../core/knowledge/request.ts'
import type { AskedQuestion } from '../../ports/question-log.ts'
import { type LearningParts, nameOf, type Teller } from './parts.ts'

/**
 * The question that is meant; without a label the last one of the conversation. One that the teller may not know of is
 * as if it did not exist. Throws `refused`.
 */
export function questionMeant(
  { questions }: Pick<LearningParts, 'questions'>,
  label: string | null,
  teller: Teller,
  { conversation }: Pick<KnowledgeRequest, 'conversation'>,
): AskedQuestion {
  const question = label === null ? questions.lastOf(conversation) : questions.question(label)
  if (question !== null && mayKnowOf(question, teller)) return question
  const sentence =
    label === null ? 'No question was asked here yet; name one, such as q-17.' : `There is no question ${label}.`
  throw new BreakroomError('refused', sentence, { detail: { rule: 'question' } })
}

/**
 * The id of the teller under `people`, when they may say what the answer is: who was asked, an owner of its topic, a
 * founder.
 */
export function teacherId(
  { fleet }: Pick<LearningParts, 'fleet'>,
  { person, text }: Pick<AskedQuestion, 'person' | 'text'>,
  { actor, tier }: Pick<Teller, 'actor' | 'tier'>,
): string | null {
  const id = personIdOf(actor)
  if (id === null || !Object.hasOwn(fleet.people, id)) return null
  if (tier === 'founder') return id
  const trusted = person === id || ownersOf(text, fleet.knowledge.owners).includes(id)
  return tier === 'member' && trusted ? id : null
}

/** The refusal for everybody else; `more` is what happened instead. */
export function notTeacher(
  { fleet }: Pick<LearningParts, 'fleet'>,
  { label, person, text }: AskedQuestion,
  { actor }: Teller,
  more = '',
): BreakroomError {
  const people = [...(person === null ? [] : [person]), ...ownersOf(text, fleet.knowledge.owners)]
  const names = [...new Set(people)].slice(0, 3).map((id) => nameOf(fleet, id))
  const sentence = `Only ${[...names, 'a founder'].join(' or ')} may say what the answer to ${label} is${more} (rule: teacher).`
  return new BreakroomError('denied', sentence, { detail: { rule: 'teacher', requester: actor } })
}
