import { asChatLine, type Envelope, traceCode } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { isCanary } from '../../core/sweep/canary.ts'
import type { RecordReader } from '../../ports/bus.ts'
import { inHouse } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

interface Wanted {
  /** How many entries of the past come first. */
  last: number
  /** Also the lines that the sweep sends to hear them again, and what models used. */
  all: boolean
}

/** `breakroom tail [-n lines] [--all]`: the public record as it is written, oldest first, until `stop` aborts or nobody reads it. */
export async function tail(settings: Settings, output: Output, stop: AbortSignal, wanted: Wanted): Promise<void> {
  const signal = AbortSignal.any([stop, output.unread])
  await inHouse(settings, 'record', (bus) => print(bus, output, signal, wanted))
}

async function print(bus: RecordReader, output: Output, signal: AbortSignal, wanted: Wanted): Promise<void> {
  for await (const entry of bus.read({ record: 'events', after: await beginningOf(bus, wanted, signal), signal })) {
    const { envelope, seq, subject } = entry
    if (envelope instanceof BreakroomError) {
      output.line(`${seq} ${subject} cannot be read: ${envelope.message}`, {
        seq,
        subject,
        unreadable: envelope.message,
      })
      continue
    }
    if (wanted.all || !isByTheWay(envelope)) output.line(readable(envelope), { seq, subject, ...envelope })
  }
}

/**
 * The entry after which `last` of the record are shown. What is left out may be most of a quiet week, so it looks back further until there are
 * enough.
 */
export async function beginningOf(bus: RecordReader, { last, all }: Wanted, signal: AbortSignal): Promise<number> {
  const end = await bus.lastSeq('events')
  if (all || last === 0 || end === 0) return Math.max(0, end - last)
  for (let span = last; ; span *= 4) {
    const after = Math.max(0, end - span)
    const shown: number[] = []
    for await (const { envelope, seq, caughtUp } of bus.read({ record: 'events', after, signal })) {
      if (envelope instanceof BreakroomError || !isByTheWay(envelope)) shown.push(seq)
      if (seq >= end || caughtUp) break
    }
    const first = shown.at(-last)
    if (first !== undefined) return first - 1
    if (after === 0 || signal.aborted) return after
  }
}

/** What nobody has to read. */
function isByTheWay(envelope: Envelope): boolean {
  if (envelope.type === 'role.usage') return true
  const line = asChatLine(envelope)
  return line !== null && isCanary(line)
}

/** An envelope of the record as one line: when, where, who, what, and the code of its trace. */
export function readable(envelope: Envelope): string {
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
