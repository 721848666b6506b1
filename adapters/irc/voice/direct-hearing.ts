import type { ChatHandlers, Voice } from '../../../ports/chat.ts'
import { heardLine, heardText } from '../ear/heard-text.ts'
import type { IrcNetworkOptions } from '../options.ts'
import type { OwnSessions } from '../ours/own-sessions.ts'
import type { IrcLine } from '../wire/line.ts'
import { createCtcp } from './ctcp.ts'

/**
 * Takes what is said to one voice alone: hands it up unless it is one of us who speaks. Gives the line to answer a CTCP request
 * with, or null.
 */
export function createDirectHearing(options: {
  network: Pick<IrcNetworkOptions, 'name' | 'version' | 'clock'>
  voice: Voice
  own: OwnSessions
  handlers(): ChatHandlers
}): (line: IrcLine) => string | null {
  const { network, voice, own } = options
  const { clock } = network
  const answerCtcp = createCtcp(network.version ?? 'Breakroom', clock)

  return (line) => {
    if (line.host === '' || own.isOurs(line.nick, line.host)) return null
    const heard = heardText(line)
    if (heard.kind === 'ctcp') return answerCtcp(line, heard.request)
    const where = { network: network.name, room: null, heardBy: voice, replayed: false, now: () => clock.now() }
    const said = heardLine(line, where)
    if (said === null) return null
    options.handlers().onLine(said)
    return null
  }
}
