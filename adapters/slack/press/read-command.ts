import { parseCommand } from '../../../core/command.ts'
import { type Assignment, readAssignment } from '../../../core/task/assignment.ts'
import type { KnownNames } from '../../../core/task/assignment-values.ts'

/** What is to be done with words behind `/br`. */
type CommandReading =
  /** The house reads them, as if they had been typed. */
  | { kind: 'words'; text: string }
  /** A task is wanted, and something about it is still to be said. `text` is what the house can ask about, should no form open. */
  | { kind: 'form'; text: string; assignment: Assignment }
  /** What they ask for belongs into a room, and this is none. */
  | { kind: 'no-room' }

/** Where it was typed: a fleet room, a conversation without others, or a channel that is nothing to the house. */
export type Whereabouts = { room: string } | 'alone' | 'elsewhere'

/** Reads the words behind `/br`. Whether there is such a verb, and who may use it, is the house's to say. */
export function readCommand(words: string, where: Whereabouts, known: KnownNames): CommandReading {
  const text = words === '' ? 'assign' : words
  const command = parseCommand(text, { toDesk: true })
  const verb = command !== null && 'verb' in command ? command : null
  const isAssignment = verb?.verb === 'assign'
  const isForRoom = isAssignment || (verb?.verb === 'say' && verb.args.room === null)
  if (isForRoom && where === 'elsewhere') return { kind: 'no-room' }
  if (!isAssignment) return { kind: 'words', text }
  const assignment = readAssignment(verb.args.text ?? '', known)
  return assignment.missing.length === 0 ? { kind: 'words', text } : { kind: 'form', text, assignment }
}

/** What somebody is told who wants something of a room where there is none. */
export function noRoomSentence(rooms: ReadonlyMap<string, string>): string {
  const named = [...rooms.values()].slice(0, 5).map((channel) => (channel.startsWith('#') ? channel : `<#${channel}>`))
  const there = named.length === 0 ? '' : ` Say it in ${named.join(' or ')}.`
  return `This channel is not one of my rooms, so nothing was done.${there} To make it one, add it to \`rooms:\` in breakroom.yaml and type \`/invite\` with my name here.`
}
