import { readLetterWords } from '../../core/dead-letter/letter-words.ts'
import { answerAboutLetter, letterLines, letterListLines } from '../../core/dead-letter/sentences.ts'
import { letterListSchema, letterReplySchema } from '../../core/dead-letter/view.ts'
import { BreakroomError } from '../../core/errors.ts'
import { withTasks } from '../ask-tasks.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom dlq [list|show|retry|edit|drop]`: what was given up, and what is to become of it. */
export async function dlq(
  settings: Settings,
  output: Output,
  { words, all }: { words: string; all: boolean },
): Promise<void> {
  const asked = readLetterWords(all && (words === '' || words === 'list') ? 'all' : words)
  if ('problem' in asked) throw new BreakroomError('usage', asked.problem.replaceAll('!dlq', 'breakroom dlq'))
  const reply = await withTasks(settings, output, (ask) => ask(asked.verb, asked.args))
  if (asked.verb === 'letters') {
    const list = letterListSchema.parse(reply)
    return output.result(shown(letterListLines(list, new Date(), list.letters.length)), list)
  }
  const about = letterReplySchema.parse(reply)
  const lines = asked.verb === 'letter' ? letterLines(about.letter, new Date()) : [answerAboutLetter(about)]
  output.result(shown(lines), about)
}

/** What is typed here instead. */
function shown(lines: readonly string[]): string {
  return lines.join('\n').replaceAll('!dlq', 'breakroom dlq')
}
