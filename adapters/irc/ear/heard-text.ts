import { parseIrc } from '../../../core/markup/irc.ts'
import { printMarkdown } from '../../../core/markup/markdown.ts'
import { withPlainOrders } from '../../../core/markup/orders.ts'
import type { HeardLine, Speaker } from '../../../ports/chat.ts'
import { type IrcLine, tagOf, timeOf } from '../wire/line.ts'

/** What a PRIVMSG says: words, an action, or a CTCP request that is no talk at all. */
export type Heard = { kind: 'say' | 'action'; text: string } | { kind: 'ctcp'; request: string }

/** What a PRIVMSG says, in canonical text. An action without its end still is one; any other CTCP is a request. */
export function heardText(line: IrcLine): Heard {
  const body = line.params[1] ?? ''
  if (body.charCodeAt(0) !== 1) return { kind: 'say', text: canonical(body) }
  const inner = body.endsWith('\x01') && body.length > 1 ? body.slice(1, -1) : body.slice(1)
  if (inner.startsWith('ACTION ')) return { kind: 'action', text: canonical(inner.slice(7)) }
  return { kind: 'ctcp', request: inner }
}

/** What has no formatting codes stays as it is. */
function canonical(text: string): string {
  if (!/[\x02-\x1f]/.test(text)) return text
  return printMarkdown(withPlainOrders(parseIrc(text)))
}

/** Who said a line, as the server proves it. */
export function speakerOf(line: IrcLine): Speaker {
  const account = tagOf(line, 'account')
  return {
    nick: line.nick,
    account: account === null || account === '' || account === '*' ? null : account,
    host: line.host,
    bot: tagOf(line, 'bot') !== null || tagOf(line, 'inspircd.org/bot') !== null,
  }
}

/** A PRIVMSG as the port tells it, or null for one that is no talk. */
export function heardLine(
  line: IrcLine,
  where: Pick<HeardLine, 'network' | 'room' | 'heardBy' | 'replayed'> & { now(): Date },
): HeardLine | null {
  const heard = heardText(line)
  if (heard.kind === 'ctcp') return null
  const { now, ...known } = where
  return {
    ...known,
    id: tagOf(line, 'msgid'),
    speaker: speakerOf(line),
    kind: heard.kind,
    text: heard.text,
    at: timeOf(line) ?? now(),
  }
}
