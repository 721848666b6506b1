import { readLetterWords } from '../../core/dead-letter/letter-words.ts'
import { answerAboutLetter, letterLines, letterListLines } from '../../core/dead-letter/sentences.ts'
import { letterListSchema, letterReplySchema } from '../../core/dead-letter/view.ts'
import { isRefusal } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { type AskTasks, tasksAway } from './ask-tasks.ts'
import { inWords, type Reply } from './reply.ts'
import { nameInFront } from './task-commands.ts'

export interface LetterCommandParts {
  ask: AskTasks
  /** Whether what somebody asked for before still waits for the service. */
  isHeldUp: (item: InboxEnvelope) => Promise<boolean>
  now: () => Date
}

/** Commands about dead letters. */
export interface LetterCommands {
  /**
   * The answer to what stands behind `!dlq`. Rights are checked by the task service. Rejects as `tasksAway` says while that does not
   * answer, and while something of the same person waits for it.
   */
  carryOut(text: string | null, item: InboxEnvelope): Promise<Reply>
}

export function createLetterCommands({ ask, isHeldUp, now }: LetterCommandParts): LetterCommands {
  return {
    async carryOut(text, item) {
      if (await isHeldUp(item)) throw tasksAway(true)
      return inWords(`${nameInFront(item)}${await answer(text ?? '', item)}`)
    },
  }

  async function answer(text: string, item: InboxEnvelope): Promise<string> {
    const asked = readLetterWords(text)
    if ('problem' in asked) return asked.problem
    try {
      const reply = await ask(asked.verb, asked.args, item)
      if (asked.verb === 'letters') return letterListLines(letterListSchema.parse(reply), now()).join('\n')
      const about = letterReplySchema.parse(reply)
      return asked.verb === 'letter' ? letterLines(about.letter, now()).join('\n') : answerAboutLetter(about)
    } catch (error) {
      if (!isRefusal(error)) throw error
      return error.message
    }
  }
}
