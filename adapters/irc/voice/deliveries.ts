import { type Stamps, stampTag } from '../ours/stamps.ts'
import type { Connection } from '../wire/connection.ts'
import { type IrcLine, tagOf } from '../wire/line.ts'
import { stripFormatting } from '../wire/plain-text.ts'
import { joint } from '../wire/send-queue.ts'
import type { Outbox } from './outbox.ts'
import type { Part } from './part.ts'

/** Lines that one connection has sent and whose fate it does not know yet. */
export interface Deliveries {
  /** Renders parts as one line, to be written now. */
  say(parts: Part[]): string
  /** An answer with one of our labels; null for the end of an answer that said nothing. */
  answered(label: string, line: IrcLine | null): void
  /** Our own message came back, without a label. */
  echoed(line: IrcLine): void
  /** An error numeric without a label. */
  refused(line: IrcLine): void
  /** The record shows this text from our nick, on a network that carries no stamps. */
  sawText(channel: string, text: string, id: string | null): void
}

interface Sent {
  parts: Part[]
  /** Nick or channel, folded. */
  to: string
  channel: boolean
  body: string
  label: string | null
}

/** What a numeric about a target means for a line: try again later, or never. Others say nothing about it. */
const refusals: Record<string, 'again' | 'never'> = {
  '263': 'again',
  '401': 'never',
  '403': 'again',
  '404': 'never',
  '407': 'again',
  '408': 'never',
  '411': 'never',
  '412': 'never',
  '413': 'never',
  '414': 'never',
  '415': 'never',
  '417': 'never',
  '439': 'again',
  '442': 'again',
  '477': 'never',
  '486': 'never',
  '531': 'never',
  '716': 'never',
}

/** For one connection. Each part that `say` rendered is confirmed, refused or postponed once, or the connection ends before that. */
export function createDeliveries(options: {
  connection: Connection<Part>
  outbox: Pick<Outbox, 'refuse' | 'postpone'>
  /** The network has it. */
  confirm(part: Part, id: string | null): void
  stamps: Stamps
  /** The nick that the voice wants. */
  author: string
  fold(name: string): string
  coverage(part: Part): number
  /** True when we are in the channel, so that a refusal is not for our absence. */
  isJoined(channel: string): boolean
  onPostponed(target: string): void
}): Deliveries {
  const { connection, outbox, fold } = options
  const underWay = new Set<Sent>()
  const byLabel = new Map<string, Sent>()
  let barrierAsked = false

  const confirm = (sent: Sent, id: string | null) => {
    underWay.delete(sent)
    if (sent.label !== null) byLabel.delete(sent.label)
    for (const part of sent.parts) options.confirm(part, id)
  }

  const refuse = (sent: Sent, line: IrcLine) => {
    underWay.delete(sent)
    if (sent.label !== null) byLabel.delete(sent.label)
    const verdict = line.command === '403' && !sent.channel ? 'never' : refusals[line.command]
    const again = verdict === 'again' || (sent.channel && !options.isJoined(sent.to)) || unformat(sent, line)
    for (const part of sent.parts) {
      if (again) outbox.postpone(part)
      else outbox.refuse(part, `${line.params.at(-1) ?? 'refused'} (${line.command} ${sent.to})`, sent.channel)
    }
    if (again && sent.parts[0] !== undefined) options.onPostponed(sent.parts[0].entry.target)
  }

  /** Some channels refuse a line for its formatting alone. True when there was some, and now is none. */
  const unformat = (sent: Sent, line: IrcLine): boolean => {
    if (line.command !== '404' || stripFormatting(sent.body) === sent.body) return false
    for (const part of sent.parts) part.text = stripFormatting(part.text)
    return true
  }

  /** Where the server neither labels nor echoes, its answer to a PING says that all before it was taken. */
  const askBarrier = async () => {
    if (barrierAsked) return
    barrierAsked = true
    await Promise.resolve()
    barrierAsked = false
    const before = [...underWay]
    if (await connection.barrier()) for (const sent of before) if (underWay.has(sent)) confirm(sent, null)
  }

  return {
    say(parts) {
      const first = parts[0] as Part
      const { target } = first.entry.line
      const channel = 'room' in target
      const to = channel ? first.entry.target : target.nick
      const text = parts.map((part) => part.text).join(joint)
      const body = first.entry.line.kind === 'action' ? `\x01ACTION ${text}\x01` : text
      const sent: Sent = { parts, to: fold(to), channel, body, label: null }
      const tags: string[] = []
      if (connection.has('labeled-response')) {
        sent.label = connection.nextLabel()
        byLabel.set(sent.label, sent)
        tags.push(`label=${sent.label}`)
      }
      if (connection.has('message-tags') && channel) {
        const refs = parts.map((part) => ({ id: part.entry.line.id, part: part.index }))
        tags.push(`${stampTag}=${options.stamps.seal({ author: options.author, channel: to, text: body }, refs)}`)
      }
      for (const part of parts) {
        part.state = 'sent'
        part.coverage = options.coverage(part)
      }
      underWay.add(sent)
      if (sent.label === null && !connection.has('echo-message')) void askBarrier()
      return `${tags.length === 0 ? '' : `@${tags.join(';')} `}PRIVMSG ${to} :${body}`
    },
    answered(label, line) {
      const sent = byLabel.get(label)
      if (sent === undefined) return
      if (line === null || line.command === 'ACK') confirm(sent, null)
      else if (line.command === 'PRIVMSG') confirm(sent, tagOf(line, 'msgid'))
      else if (line.command === 'FAIL' || refusals[line.command] !== undefined) refuse(sent, line)
    },
    echoed(line) {
      const [to = '', body = ''] = line.params
      const target = fold(to)
      let found: Sent | null = null
      for (const sent of underWay) {
        if (sent.to !== target) continue
        // A server may change a text (colours, censor); the oldest to the target is then the one.
        found ??= sent
        if (sent.body !== body) continue
        found = sent
        break
      }
      if (found !== null) confirm(found, tagOf(line, 'msgid'))
    },
    refused(line) {
      if (refusals[line.command] === undefined) return
      const target = fold(line.params[1] ?? '')
      for (const sent of underWay) if (sent.to === target) return refuse(sent, line)
    },
    sawText(channel, text, id) {
      const target = fold(channel)
      const shown = stripFormatting(text)
      for (const sent of underWay) {
        if (sent.to === target && stripFormatting(sent.body) === shown) return confirm(sent, id)
      }
    },
  }
}
