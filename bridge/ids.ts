import { createHash } from 'node:crypto'
import { subjectToken } from '../core/subject.ts'
import type { HeardLine } from '../ports/chat.ts'

/** Where lines of one network come from: what their ids and sources begin with. */
export type Origin = `${'irc' | 'slack'}/${string}`

/** The envelope id of a line that the platform knows by `id`: the same from history, from a redelivery and from a thread of it. */
export function idOfLine(origin: Origin, id: string): string {
  // Ids are made from this one; a server that gives very long ones must not make those too long to travel.
  const known = id.length <= 128 ? id : `~${createHash('sha256').update(id).digest('hex')}`
  return `${prefixOf(origin)}${known}`
}

/** What the platform calls a line that was heard there, or null when it was not. The way back from `idOfLine`. */
export function platformIdOf(origin: Origin, lineId: string): string | null {
  const prefix = prefixOf(origin)
  const id = lineId.slice(prefix.length)
  return lineId.startsWith(prefix) && !id.startsWith('~') ? id : null
}

/**
 * The envelope id of a heard line: made from the platform's own where it gives one; else a hash of what was said plus `fresh`, which
 * makes two equal lines two.
 */
export function lineId(origin: Origin, line: HeardLine, fresh: () => string): string {
  if (line.id !== null) return idOfLine(origin, line.id)
  const said = [line.room, line.speaker.nick, line.text, line.at.toISOString(), fresh()].join('\0')
  return `${prefixOf(origin)}~${createHash('sha256').update(said).digest('hex').slice(0, 24)}`
}

/** The private room of one person and one seat; everything between them is one conversation. */
export function dmRoom(actor: string, seat: string): string {
  return `dm-${subjectToken(actor)}-${subjectToken(seat)}`
}

function prefixOf(origin: Origin): string {
  return `${origin.replace('/', ':')}:`
}
