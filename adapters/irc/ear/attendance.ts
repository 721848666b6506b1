import type { OwnSessions } from '../ours/own-sessions.ts'
import type { IrcLine } from '../wire/line.ts'
import type { Members } from './members.ts'

/** `*` for everybody: nobody saw what became of them. */
type EndSession = (nick: string, host: string) => void

/**
 * Follows who comes and goes in the rooms that the ear is in, itself aside: keeps `members` and `own` up to date and tells of each
 * session of others that ended or changed its nick.
 */
export function createAttendance(options: {
  members: Members
  own: OwnSessions
  endSession: EndSession
}): (line: IrcLine) => void {
  const { members, own, endSession } = options

  const leave = (line: IrcLine, channel: string, nick: string) => {
    const gone = members.left(channel, nick)
    // The line shows the host of who leaves, and not that of who is thrown out.
    const host = nick === line.nick ? line.host : ''
    if (gone && !own.isOurs(nick, host)) endSession(nick, host || '*')
  }
  const end = ({ nick, host }: IrcLine) => {
    if (!own.isOurs(nick, host)) endSession(nick, host)
  }

  return (line) => {
    const [first = '', second = ''] = line.params
    switch (line.command) {
      case 'JOIN':
        return members.joined(first, line.nick)
      case '353':
        for (const nick of namesIn(line.params[3] ?? '')) members.joined(line.params[2] ?? '', nick)
        return
      case 'PART':
        return leave(line, first, line.nick)
      case 'KICK':
        return leave(line, first, second)
      case 'QUIT':
        members.quit(line.nick)
        end(line)
        return own.quit(line.nick)
      case 'NICK':
        members.renamed(line.nick, first)
        end(line)
        return own.renamed(line.nick, first)
    }
  }
}

/** The nicks of a NAMES reply, without the signs of rank before them and the hosts behind them. */
function namesIn(reply: string): string[] {
  return reply.split(' ').flatMap((word) => word.replace(/^[~&@%+!]+/, '').split('!')[0] || [])
}
