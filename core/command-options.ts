import type { CommandOptions } from './command.ts'
import type { ChatEnvelope } from './envelope.ts'
import type { DirectoryEntry } from './mention.ts'
import { desk } from './route.ts'

/** How a line is read as a command: in private the prefix may be left out, and alone with a role that role is meant. */
export function commandOptions(
  line: Pick<ChatEnvelope, 'room'> & { data: Pick<ChatEnvelope['data'], 'voice'> },
): CommandOptions {
  if (line.room.visibility === 'public') return {}
  const { voice } = line.data
  return { prefixOptional: true, ...(voice === undefined || voice === desk ? {} : { role: voice }) }
}

/** The role that somebody means by its name or its nick, or null. */
export function roleNamed(name: string, directory: DirectoryEntry[]): string | null {
  return directory.find(({ role, nick }) => role === name || nick.toLowerCase() === name)?.role ?? null
}
