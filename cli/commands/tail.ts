import { asChatLine, traceCode } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { openHouseBus } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom tail [-n lines]`: the public record as it is written, oldest first, until `stop` aborts. */
export async function tail(settings: Settings, output: Output, stop: AbortSignal, last: number): Promise<void> {
  await using bus = openHouseBus(settings)
  const end = await bus.lastSeq('events')
  for await (const entry of bus.read({ record: 'events', after: Math.max(0, end - last), signal: stop })) {
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

function readable(envelope: Parameters<typeof asChatLine>[0]): string {
  const time = envelope.time.slice(11, 19)
  const code = traceCode(envelope.trace)
  const line = asChatLine(envelope)
  const room = envelope.room === undefined ? '' : ` #${envelope.room.name}`
  if (line === null) return `${time}${room} · ${envelope.actor} ${envelope.type} · ${code}`
  const { kind, origin } = line.data
  // One entry is one line, or a text could print entries of its own.
  const [speaker, text] = [line.data.speaker, line.data.text].map((said) => said.replaceAll('\n', ' ⏎ '))
  const where = origin === undefined ? '' : `@${origin.network}`
  return `${time}${room} ${kind === 'action' ? `* ${speaker}${where}` : `<${speaker}${where}>`} ${text} · ${code}`
}
