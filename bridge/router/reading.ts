import { forMatching } from '../../core/clean-text.ts'
import { parseCommand } from '../../core/command.ts'
import { commandWords } from '../../core/command-options.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { addressees, type DirectoryEntry, roleNamed } from '../../core/mention.ts'
import { desk, type Reading } from '../../core/route.ts'

/** Reads from a line's text, and from where it was said, who it speaks to. */
export function readLine(line: ChatEnvelope, directory: DirectoryEntry[]): Reading {
  return line.data.corrects === undefined
    ? readWords(line, directory)
    : readEdit(line, line.data.corrects.before, directory)
}

/**
 * An edit wakes only whom the line did not name before, and runs no command: that was done. The desk tells whoever edits one, so that
 * nobody waits for what will not happen.
 */
function readEdit(line: ChatEnvelope, before: string | null, directory: DirectoryEntry[]): Reading {
  const now = readWords(line, directory)
  if (before === null) return { ...nobody, expects: [], body: now.body }
  const was = readWords({ ...line, data: { ...line.data, text: before } }, directory)
  if (now.command || was.command) return now.command && was.command ? now : { ...nobody, expects: [], body: now.body }
  const roles = now.roles.filter((role) => !was.roles.includes(role))
  return { ...now, roles, expects: roles, tooMany: [] }
}

function readWords(line: ChatEnvelope, directory: DirectoryEntry[]): Reading {
  const { voice } = line.data
  // Once, here: every reader below would clean the whole of it again.
  const text = forMatching(line.data.text)
  const { words, options } = commandWords({ text, voice })
  const command = parseCommand(words, options)
  if (command !== null) {
    return { ...toDesk(words), expects: [answererOf(command, directory) ?? desk] }
  }
  const isAlone = line.room.visibility === 'private' && voice !== undefined
  // The desk has no talk, only commands: what it cannot read it answers with help.
  if (isAlone && voice === desk) return toDesk(words)
  const { roles, tooMany, body } = addressees(words, directory)
  const talk = { roles, tooMany, command: false, expects: roles, body }
  // "breakroom, cto: ..." speaks to cto, and so does "@breakroom cto ...".
  if (options.toDesk === true) return body === words ? (toRole(words, directory) ?? toDesk(words)) : talk
  if (isAlone) return { ...nobody, roles: [voice], expects: [voice], body: roles.length > 0 ? body : line.data.text }
  return roles.length === 0 && namesDesk(text) ? toDesk(words) : talk
}

/** The role that a command is handed on to, and whose answer is waited for. */
function answererOf(command: NonNullable<ReturnType<typeof parseCommand>>, directory: DirectoryEntry[]): string | null {
  if (!('verb' in command)) return null
  if (command.verb === 'ping') return roleNamed(command.args.role, directory)
  return command.verb === 'ask' ? (directory.find(({ answers }) => answers)?.role ?? null) : null
}

const nobody = { roles: [], tooMany: [], command: false }

/** What the house was asked to hand on: the first word is a role, without a mark. */
function toRole(words: string, directory: DirectoryEntry[]): Reading | null {
  const [, first = '', body = ''] = words.match(/^(\S{1,64})\s+(.*)$/s) ?? []
  const role = roleNamed(first.toLowerCase(), directory)
  return role === null ? null : { roles: [role], tooMany: [], command: false, expects: [role], body: body.trim() }
}

function toDesk(body: string): Reading {
  return { ...nobody, command: true, expects: [desk], body }
}

function namesDesk(text: string): boolean {
  return text.includes('@') && addressees(text, [{ role: desk, nick: desk }]).roles.length > 0
}
