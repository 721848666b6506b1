import type { CommandOptions } from './command.ts'
import type { ChatLine } from './envelope.ts'
import { behindAddress } from './mention.ts'
import { desk } from './route.ts'

/** What a line says to whoever reads commands. */
export interface CommandWords {
  /** The text, without the desk's name in front. */
  words: string
  options: CommandOptions
}

/**
 * How a line is read as a command: what is said to the desk, alone or by its name (`breakroom: status`), needs no prefix; alone with
 * a role a verb by itself needs none, and that role is meant where one is left out. In the thread of a task that task is.
 */
export function commandWords({ text, voice, thread }: Pick<ChatLine, 'text' | 'voice' | 'thread'>): CommandWords {
  const behind = behindAddress(text, desk)
  const words = behind ?? text
  const about = thread?.task === undefined ? {} : { task: thread.task }
  if (behind !== null || voice === desk) return { words, options: { toDesk: true, ...about } }
  return { words, options: voice === undefined ? about : { prefixOptional: true, role: voice } }
}
