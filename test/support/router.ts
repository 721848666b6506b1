import { systemClock } from '../../adapters/process/system-clock.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { eventSubject, orgSubjects } from '../../core/subject.ts'
import type { Bus } from '../../ports/bus.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { NatsServer } from './nats.ts'
import { quietLog, quietMetrics } from './quiet.ts'

/** Who sits in the fleet of these tests. */
export const directory = [
  { role: 'ceo', nick: 'ceo' },
  { role: 'cto', nick: 'cto' },
]

/** What every reader of the router is given. */
function readerParts(bus: Bus, cursors: KeyedState<number>, signal: AbortSignal) {
  const subjects = orgSubjects('breakroom')
  return { bus, cursors, subjects, directory, clock: systemClock, log: quietLog, metrics: quietMetrics, signal }
}

/** Runs `work` as a process of the router's own; the answer ends it, and its connection with it. */
export function runAsRouter(
  nats: NatsServer,
  work: (parts: ReturnType<typeof readerParts>) => Promise<void>,
): () => Promise<void> {
  const { bus, keyed } = nats.as({ kind: 'router' })
  const ending = new AbortController()
  const working = work(readerParts(bus, keyed<number>('cursors'), ending.signal))
  return async () => {
    ending.abort()
    await working
    await bus.close()
  }
}

/** Puts a line onto the public record, as its actor's. */
export function publishLine(bus: Bus, line: ChatEnvelope): ReturnType<Bus['publish']> {
  return bus.publish(eventSubject(line.actor, 'chat', line.room.name), line)
}
