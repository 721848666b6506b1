import type { Clock } from '../../../ports/clock.ts'
import type { IrcLine } from '../wire/line.ts'

const everyMs = 10_000

/**
 * Answers the harmless CTCP requests, at most one in ten seconds; everything else, DCC above all, gets no answer. The answer is a
 * line to be sent as a courtesy, or null.
 */
export function createCtcp(version: string, clock: Clock): (line: IrcLine, request: string) => string | null {
  let last = Number.NEGATIVE_INFINITY
  return (line, request) => {
    const [verb = '', ...rest] = request.split(' ')
    const answer = {
      VERSION: version,
      SOURCE: version,
      PING: rest.join(' ').slice(0, 64),
    }[verb.toUpperCase()]
    if (answer === undefined || line.host === '' || clock.monotonic() - last < everyMs) return null
    last = clock.monotonic()
    return `NOTICE ${line.nick} :\x01${verb.toUpperCase()} ${answer}\x01`
  }
}
