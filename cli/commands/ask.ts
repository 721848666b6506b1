import { BreakroomError } from '../../core/errors.ts'
import { answerSchema } from '../../core/knowledge/answer.ts'
import { answerLines } from '../../core/knowledge/answer-lines.ts'
import { withKnowledge } from '../ask-knowledge.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom ask "<question>"`: what the knowledge proxy answers to whoever may read everything here. */
export async function ask(settings: Settings, output: Output, question: string): Promise<void> {
  if (question.trim() === '') {
    throw new BreakroomError('usage', 'ask takes a question: breakroom ask "how do we name branches?"')
  }
  const answer = answerSchema.parse(await withKnowledge(settings, (to) => to('ask', { question })))
  // What keeps names from ringing in a room would only be in the way here.
  output.result(answerLines(answer, { to: null, canPress: true }).replaceAll('\u200b', ''), answer)
}
