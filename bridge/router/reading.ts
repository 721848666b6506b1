import { parseCommand } from '../../core/command.ts'
import { commandOptions } from '../../core/command-options.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { addressees, type DirectoryEntry, roleNamed } from '../../core/mention.ts'
import { desk, type Reading } from '../../core/route.ts'

/** Reads from a line's text, and from where it was said, who it speaks to. */
export function readLine(line: ChatEnvelope, directory: DirectoryEntry[]): Reading {
  const { text, voice } = line.data
  const isPrivate = line.room.visibility === 'private'
  const command = parseCommand(text, commandOptions(line))
  if (command !== null) {
    const pinged = 'verb' in command && command.verb === 'ping' ? roleNamed(command.args.role, directory) : null
    return { ...nobody, command: true, expects: [pinged ?? desk], body: text }
  }
  if (isPrivate && voice !== undefined) {
    // Said to one seat alone. The desk has no talk, only commands: what it cannot read it answers with help.
    if (voice === desk) return { ...nobody, command: true, expects: [desk], body: text }
    return { ...nobody, roles: [voice], expects: [voice], body: bodyOf(text, directory) }
  }
  const { roles, tooMany, body } = addressees(text, directory)
  return { roles, tooMany, command: false, expects: roles, body }
}

const nobody = { roles: [], tooMany: [], command: false }

function bodyOf(text: string, directory: DirectoryEntry[]): string {
  const { roles, body } = addressees(text, directory)
  return roles.length > 0 ? body : text
}
