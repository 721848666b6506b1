import type { CommandOptions } from './command.ts'
import type { ChatEnvelope } from './envelope.ts'
import { desk } from './route.ts'

/** How a line is read as a command: alone with a seat the prefix may be left out, and a role that is spoken to is meant. */
export function commandOptions(line: { data: Pick<ChatEnvelope['data'], 'voice'> }): CommandOptions {
  const { voice } = line.data
  if (voice === undefined) return {}
  return { prefixOptional: true, ...(voice === desk ? {} : { role: voice }) }
}
