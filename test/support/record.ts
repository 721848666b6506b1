import { asChatLine, type ChatEnvelope } from '../../core/envelope.ts'
import type { RecordName, RecordReader } from '../../ports/bus.ts'
import type { NatsServer } from './nats.ts'

/** What an actor has said, in public or in private, as somebody reads it who may. */
export async function linesBy(
  bus: RecordReader,
  actor: string,
  record: RecordName = 'events',
): Promise<ChatEnvelope[]> {
  const said: ChatEnvelope[] = []
  const last = await bus.lastSeq(record)
  if (last === 0) return said
  const { signal } = new AbortController()
  for await (const { seq, envelope } of bus.read({ record, after: 0, signal })) {
    const line = envelope instanceof Error ? null : asChatLine(envelope)
    if (line?.actor === actor) said.push(line)
    if (seq >= last) break
  }
  return said
}

/** How many items of all queues nobody has acknowledged. */
export async function itemsWaiting(nats: NatsServer): Promise<number> {
  const raw = await nats.raw({ kind: 'admin' })
  const reply = await raw.request('$JS.API.STREAM.INFO.WORK')
  await raw.close()
  return reply.json<{ state: { messages: number } }>().state.messages
}
