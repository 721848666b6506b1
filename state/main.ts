import { join, resolve } from 'node:path'
import { createFirestoreStore } from '../adapters/firestore/store.ts'
import { whenUp } from '../adapters/nats/when-up.ts'
import { connectPart } from '../adapters/process/connect-part.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { openStateFile } from '../adapters/sqlite/state/state-file.ts'
import { sentenceOf } from '../core/errors.ts'
import { shownName } from '../core/person.ts'
import { orgSubjects } from '../core/subject.ts'
import type { RunningPart } from '../ports/part.ts'
import type { OwnedStore } from '../ports/store.ts'
import { createStartKeeper } from './keep-start.ts'
import { createStateLead } from './lead.ts'

/** The state store: keeps what outlives a machine. Of several processes one does, with a file of its own; the others wait for its lead. */
export async function startState(context: PartContext): Promise<RunningPart> {
  const { fleet, log } = context
  const ending = new AbortController()
  const { bus, ledger, leadership } = connectPart(context, 'state')
  const lead = createStateLead({
    ...context,
    org: fleet.org,
    bus,
    subjects: orgSubjects(fleet.org),
    ledger: ledger(fleet.org),
    leadership,
    openFile: () => openStateFile({ ...context, file: join(context.stateFolder, 'state.sqlite') }),
    openStore,
    starts: createStartKeeper(context),
    metricsEveryMs: fleet.state.metrics_minutes * 60_000,
    nameOf: (actor) => shownName(actor, fleet.people),
    signal: ending.signal,
  })
  let trouble: string | null = null
  lead.ended.catch((error) => {
    trouble = `the state store ended: ${sentenceOf(error)}`
    log.error({ cause: sentenceOf(error) }, 'the state store ended')
  })

  return {
    name: 'state',
    ready: (timeoutMs) => whenUp(bus, context.natsUrl, timeoutMs),
    troubles: () => [
      ...(bus.connected ? [] : ['the bus is away']),
      ...(trouble === null ? [] : [trouble]),
      ...lead.troubles(),
    ],
    async stop() {
      ending.abort()
      await lead.ended.catch(() => {})
      await bus.close()
    },
  }

  function openStore(): OwnedStore | null {
    const { firestore } = fleet.state
    if (firestore === undefined) return null
    const keyFile = context.secret(firestore.credentials_env)
    return createFirestoreStore({
      ...context,
      org: fleet.org,
      project: firestore.project,
      database: firestore.database,
      keyFile: keyFile === undefined ? null : resolve(context.folder, keyFile),
      emulator: context.firestoreEmulator,
    })
  }
}
