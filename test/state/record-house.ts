import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import type { Envelope } from '../../core/envelope.ts'
import { eventSubject } from '../../core/subject.ts'
import type { RecordReader } from '../../ports/bus.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { followRecord } from '../../state/follow-record.ts'
import { createKeepMeasured } from '../../state/keep-measured.ts'
import { all } from '../support/collect.ts'
import { envelopeOf } from '../support/envelope.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { stateFolder } from '../support/state-folder.ts'

/** A record on a real bus, and a real file that it is read into. */
export interface RecordHouse extends AsyncDisposable {
  readonly nats: NatsServer
  readonly file: StateFile
  /** The cto says on a subject of its own what a call of its model used, or something else. */
  say(id: string, verb: 'usage' | 'hired', changes?: Partial<Envelope>): Promise<void>
  /** Begins to read it; into a file that does some things differently, or from another record. */
  follow(options?: { into?: Partial<StateFile>; from?: RecordReader }): {
    lag(): number | null
    kill(): void
    stop(): Promise<void>
  }
  /** How many tokens went in on all days. */
  used(): Promise<number>
}

export async function recordHouse(): Promise<RecordHouse> {
  await using begun = new AsyncDisposableStack()
  const nats = begun.use(await startProvisionedNats())
  const file = begun.use(stateFolder()).opened()
  const cto = nats.as({ kind: 'role', role: 'cto' }).bus
  const own = begun.move()

  return {
    nats,
    file,
    async say(id, verb, changes = {}) {
      const said = envelopeOf(id, {
        type: `role.${verb}`,
        actor: 'cto',
        authority: { requester: 'cto', chain: [] },
        time: new Date().toISOString(),
        data: { input_tokens: 100, output_tokens: 10, usd: 0.1 },
        ...changes,
      })
      await cto.publish(eventSubject('cto', 'role', verb), said)
    },
    follow({ into = {}, from = nats.as({ kind: 'state' }).bus } = {}) {
      const stop = new AbortController()
      const keptIn = { ...file, ...into }
      const following = followRecord({
        bus: from,
        file: keptIn,
        keep: createKeepMeasured(keptIn),
        nameOf: (actor) => (actor === 'human-ada' ? 'Ada' : actor),
        clock: systemClock,
        sleep: systemSleep,
        log: quietLog,
        metrics: quietMetrics,
        signal: stop.signal,
      })
      return {
        lag: following.lag,
        kill: () => stop.abort(),
        async stop() {
          stop.abort()
          await following.ended
        },
      }
    },
    used: async () => (await all(file.store.metrics.all())).reduce((sum, { tokens_in }) => sum + tokens_in, 0),
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  }
}
