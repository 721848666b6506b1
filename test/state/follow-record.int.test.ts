import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { type Envelope, envelopeVersion } from '../../core/envelope.ts'
import { eventSubject } from '../../core/subject.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { followRecord } from '../../state/follow-record.ts'
import { createKeepMeasured } from '../../state/keep-measured.ts'
import { all } from '../support/collect.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

let nats: NatsServer
let folder: ReturnType<typeof temporaryFolder>
let file: StateFile

beforeEach(async () => {
  nats = await startProvisionedNats()
  folder = temporaryFolder()
  file = openStateFile({
    file: join(folder.path, 'state.sqlite'),
    clock: systemClock,
    log: quietLog,
    newId: () => 'a-fleet',
  })
})
afterEach(async () => {
  await file.close()
  await nats[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const time = new Date().toISOString()
const today = `${time.slice(0, 10)}.cto`

function envelope(id: string, changes: Partial<Envelope>): Envelope {
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: 'bots/cto',
    type: 'role.usage',
    time,
    actor: 'cto',
    authority: { requester: 'cto', chain: [] },
    trace: 'trace-1',
    hops: 0,
    data: {},
    ...changes,
  }
}

/** The cto says what a call of its model used. */
async function use(id: string, input_tokens: number): Promise<void> {
  const { bus } = nats.as({ kind: 'role', role: 'cto' })
  const data = { input_tokens, output_tokens: 10, usd: 0.1 }
  await bus.publish(eventSubject('cto', 'role', 'usage'), envelope(id, { data }))
}

async function decide(id: string, text: string): Promise<void> {
  const { bus } = nats.as({ kind: 'desk' })
  const room = { name: 'breakroom', visibility: 'public' as const }
  const authority = { requester: 'human-ada', chain: [] }
  const words = { actor: 'breakroom', source: 'bots/desk', type: 'decision.made', room, authority }
  const data = { decided_by: 'human-ada', text, title: text }
  await bus.publish(eventSubject('breakroom', 'decision', 'made'), envelope(id, { ...words, data }))
}

function follow(into: Partial<StateFile> = {}) {
  const stop = new AbortController()
  const with_ = { ...file, ...into }
  const following = followRecord({
    bus: nats.as({ kind: 'state' }).bus,
    file: with_,
    keep: createKeepMeasured(with_),
    nameOf: (actor) => (actor === 'human-ada' ? 'Ada' : actor),
    clock: systemClock,
    sleep: systemSleep,
    log: quietLog,
    metrics: quietMetrics,
    signal: stop.signal,
  })
  return {
    kill: () => stop.abort(),
    async stop() {
      stop.abort()
      await following.ended
    },
  }
}

const used = async () => (await file.store.metrics.get(today))?.tokens_in ?? 0
const known = () => all(file.store.knowledge.all())

it('what was decided and used before anybody kept it is kept, each once, and what comes after', async () => {
  await decide('line-1', 'We branch from main.')
  await use('use-1', 1_000)
  const first = follow()
  await until('both are kept', async () => (await used()) === 1_000 && (await known()).length === 1)
  await use('use-2', 200)
  await until('the other, too', async () => (await used()) === 1_200)
  await first.stop()
  await use('use-2', 200)
  await decide('line-2', 'Reviews come first.')
  const second = follow()
  await until('it has gone on', async () => (await known()).length === 2)
  await second.stop()
  expect(await used()).toBe(1_200)
  expect(await file.store.metrics.get(today)).toMatchObject({ model_calls: 2, tokens_out: 20, usd: 0.2 })
  expect((await known()).map(({ kind, text, revision }) => ({ kind, text, revision }))).toEqual(
    expect.arrayContaining([{ kind: 'decision', text: expect.stringContaining('We branch from main.'), revision: 1 }]),
  )
})

it('what a call used counts once, wherever it was killed', async () => {
  const never = new Promise<void>(() => {})
  for (let index = 1; index <= 6; index++) {
    await use(`use-${index}`, 100)
    const { keep } = file
    let isThere = false
    const killed = follow({
      keep: async (batch) => {
        if (index % 2 === 0) await keep(batch)
        isThere = true
        await never
      },
    })
    await until('it is there', () => isThere)
    killed.kill()
    const next = follow()
    await until('it is kept', async () => (await used()) === 100 * index)
    await next.stop()
  }
})

it('figures of two feeds that come at the same time are all counted', async () => {
  const keep = createKeepMeasured(file)
  const adds = { tokens_in: 1 }
  await Promise.all(
    Array.from({ length: 50 }, () =>
      keep(
        [
          { role: 'cto', day: '2026-11-22', adds },
          { role: 'cto', day: '2026-11-22', adds },
        ],
        {},
      ),
    ),
  )
  expect(await used()).toBe(100)
})
