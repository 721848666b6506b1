import { createHash } from 'node:crypto'
import { subjectToken } from '../core/subject.ts'
import type { HeardLine } from '../ports/chat.ts'

/**
 * The envelope id of a heard line: the platform's own id where it gives one, so that history and a redelivery are the same line;
 * else a hash of what was said plus `fresh`, which makes two equal lines two.
 */
export function lineId(line: HeardLine, fresh: () => string): string {
  // Ids are made from this one; a server that gives very long ones must not make those too long to travel.
  if (line.id !== null && line.id.length <= 128) return `irc:${line.network}:${line.id}`
  if (line.id !== null) return `irc:${line.network}:~${createHash('sha256').update(line.id).digest('hex')}`
  const said = [line.room, line.speaker.nick, line.text, line.at.toISOString(), fresh()].join('\0')
  return `irc:${line.network}:~${createHash('sha256').update(said).digest('hex').slice(0, 24)}`
}

/** The private room of one person and one seat; everything between them is one conversation. */
export function dmRoom(actor: string, seat: string): string {
  return `dm-${subjectToken(actor)}-${subjectToken(seat)}`
}
