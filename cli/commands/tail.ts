import { asChatLine, traceCode } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { RecordReader } from '../../ports/bus.ts'
import { inHouse } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom tail [-n lines]`: the public record as it is written, oldest first, until `stop` aborts or nobody reads it. */
export async function tail(settings: Settings, output: Output, stop: AbortSignal, last: number): Promise<void> {
  const signal = AbortSignal.any([stop, output.unread])
  await inHouse(settings, 'record', (bus) => print(bus, output, signal, last))
}

async function print(bus: RecordReader, output: Output, signal: AbortSignal, last: number): Promise<void> {
  const end = await bus.lastSeq('events')
  for await (const entry of bus.read({ record: 'events', after: Math.max(0, end - last), signal })) {
    const { envelope, seq, subject } = entry
    if (envelope instanceof BreakroomError) {
      output.line(`${seq} ${subject} cannot be read: ${envelope.message}`, {
        seq,
        subject,
        unreadable: envelope.message,
      })
      continue
    }
    output.line(readable(envelope), { seq, subject, ...envelope })
  }
}

/** An envelope of the record as one line: when, where, who, what, and the code of its trace. */
export function readable(envelope: Parameters<typeof asChatLine>[0]): string {
  const time = envelope.time.slice(11, 19)
  const code = traceCode(envelope.trace)
  const line = asChatLine(envelope)
  const room = envelope.room === undefined ? '' : ` #${envelope.room.name}`
  if (line === null) return `${time}${room} · ${envelope.actor} ${envelope.type} · ${code}`
  const { kind, origin } = line.data
  const speaker = inOneLine(line.data.speaker)
  const text = inOneLine(line.data.text)
  const where = origin === undefined ? '' : `@${origin.network}`
  // Receipts end in the code themselves.
  const shown = text.endsWith(`· ${code}`) ? text : `${text} · ${code}`
  return `${time}${room} ${kind === 'action' ? `* ${speaker}${where}` : `<${speaker}${where}>`} ${shown}`
}

/** One entry is one line, or a text could print entries of its own. */
function inOneLine(said: string): string {
  return said.replaceAll('\n', ' ⏎ ')
}
