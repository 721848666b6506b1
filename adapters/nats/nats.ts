import type { Bus } from '../../ports/bus.ts'
import type { Counter } from '../../ports/counter.ts'
import type { DeadLetters } from '../../ports/dead-letters.ts'
import type { BucketName, KeyedState } from '../../ports/keyed-state.ts'
import type { Leadership } from '../../ports/leadership.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { QueueStates } from '../../ports/queue-states.ts'
import type { RevisedState } from '../../ports/revised-state.ts'
import type { WorkCounts } from '../../ports/work-counts.ts'
import { createCell } from './cell.ts'
import { createConnection, type NatsOptions } from './connect.ts'
import { createCounter } from './counter.ts'
import { createDeadLetters } from './dead-letters.ts'
import { createInbox } from './inbox.ts'
import { createKeyedState } from './keyed-state.ts'
import { createLeadership } from './leadership.ts'
import { createLedger } from './ledger.ts'
import { createPublisher } from './publish.ts'
import { createQueueStates } from './queue-states.ts'
import { createRecordReader } from './record-reader.ts'
import { createServices } from './services.ts'
import { createSignals } from './signals.ts'
import { createStreamWriter } from './stream-writer.ts'
import { createWorkCounts } from './work-counts.ts'

/** What one user has on the bus, over one connection. */
export interface Nats {
  bus: Bus
  keyed<T>(bucket: BucketName): KeyedState<T>
  /** The same for what several write. */
  revised(bucket: BucketName): RevisedState
  /** The ledger of this organisation. */
  ledger(org: string): Ledger
  /** What was given up in this organisation. */
  deadLetters(org: string): DeadLetters
  leadership: Leadership
  /** How much waits for these roles and the desk. */
  workCounts(org: string, roles: readonly string[]): WorkCounts
  /** How the queues of these roles and of the desk stand. */
  queueStates(org: string, roles: readonly string[]): QueueStates
  /** The counter of this name. */
  counter(name: string): Counter
}

/**
 * Everything we ask of NATS, as one user, over one connection that is made at the first use and made again for ever after.
 * While it is away calls reject with `unavailable` at once, readers and takers wait. `bus.close()` ends all of it.
 */
export function createNats(options: NatsOptions): Nats {
  const connection = createConnection(options)
  const write = createStreamWriter(connection)
  return {
    bus: {
      ...createPublisher(write),
      ...createRecordReader(connection),
      ...createInbox(connection),
      ...createSignals(connection),
      ...createServices(connection),
      get connected() {
        return connection.connected
      },
      onChange(handler, signal) {
        // Whoever wants to hear that it is up wants it up.
        connection.open()
        connection.onChange(handler, signal)
      },
      close: connection.close,
    },
    keyed: (bucket) => createKeyedState(connection, bucket),
    revised: (bucket) => ({
      read: (key) => createCell(connection, write, bucket, key).read(),
      write: (key, value, revision) => createCell(connection, write, bucket, key).write(value, revision),
    }),
    ledger: (org) => createLedger(connection, write, org),
    deadLetters: (org) => createDeadLetters(connection, write, org),
    workCounts: (org, roles) => createWorkCounts(connection, org, roles),
    queueStates: (org, roles) => createQueueStates(connection, org, roles),
    leadership: createLeadership((name) => createCell(connection, write, 'leaders', name), options.log),
    counter: (name) => createCounter(createCell(connection, write, 'counters', name)),
  }
}
