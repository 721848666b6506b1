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
 * a role a verb by itself needs none, and that role is meant where one is left out.
 */
export function commandWords({ text, voice }: Pick<ChatLine, 'text' | 'voice'>): CommandWords {
  const behind = behindAddress(text, desk)
  const words = behind ?? text
  if (behind !== null || voice === desk) return { words, options: { toDesk: true } }
  return { words, options: voice === undefined ? {} : { prefixOptional: true, role: voice } }
}
