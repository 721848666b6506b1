import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeEnvelope } from '../../../core/envelope.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { commitEnvelope } from '../../../core/task/commit.ts'
import type { Ledger } from '../../../ports/ledger.ts'
import { commitOf, idOf, ledgerContract } from '../../contract/ledger.ts'
import { take } from '../../support/collect.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'

const tasks = { kind: 'tasks' } as const
const subjects = orgSubjects('breakroom')

const servers: NatsServer[] = []
const closeAll = () => Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()))
afterEach(closeAll)
afterAll(closeAll)

async function freshServer(): Promise<NatsServer> {
  const server = await startProvisionedNats({ syncInterval: 'always' })
  servers.push(server)
  return server
}

const ledgerOn = (server: NatsServer) => server.as(tasks).ledger('breakroom')

ledgerContract('on NATS', async () => {
  const server = await freshServer()
  return { ledger: ledgerOn(server), second: ledgerOn(server) }
})

describe('the ledger’s stream', () => {
  let server: NatsServer
  let ledger: Ledger
  const { signal } = new AbortController()
  beforeEach(async () => {
    server = await freshServer()
    ledger = ledgerOn(server)
  })

  /** What a hijacked role makes the server write on the subject of a task: acknowledgements of its own lines. */
  async function scribble(key: string, times: number): Promise<void> {
    const cto = await server.raw({ kind: 'role', role: 'cto' })
    const before = await ledger.lastSeq()
    for (let count = 0; count < times; count++) cto.publish('events.cto.chat.lab', 'x', { reply: subjects.ledger(key) })
    await until('the server has written them', async () => (await ledger.lastSeq()) === before + times)
  }

  it('F14: loses and repeats nothing while the server is killed under load', async () => {
    const read: string[] = []
    const stop = new AbortController()
    const reader = ledgerOn(server)
    const reading = (async () => {
      for await (const entry of reader.read({ after: 0, signal: stop.signal })) read.push(idOf(entry))
    })()
    const keys = Array.from({ length: 20 }, (_, index) => `task-${index}`)
    const versions = 30
    const writing = keys.map(async (key) => {
      for (let version = 1; version <= versions; version++) {
        await until(`version ${version} is stored`, () =>
          ledger.append(commitOf(key, version)).then(
            () => true,
            (error) => {
              if (error.code !== 'unavailable') throw error
              return false
            },
          ),
        )
      }
    })
    for (const share of [1, 2]) {
      await until('some are stored', () => read.length > (share * keys.length * versions) / 4)
      await server.kill()
      await server.start()
    }
    await Promise.all(writing)
    await until('all are read', () => read.length >= keys.length * versions)
    stop.abort()
    await reading

    expect(read).toHaveLength(keys.length * versions)
    for (const key of keys) {
      const expected = Array.from({ length: versions }, (_, index) => `command-${key}-${index + 1}`)
      expect(read.filter((id) => id.startsWith(`command-${key}-`))).toEqual(expected)
    }
  })

  it('rejects while the server is away, and takes the same commit when it is back', async () => {
    await ledger.append(commitOf('a', 1))
    await server.kill()
    await expect(ledger.append(commitOf('a', 2))).rejects.toMatchObject({ code: 'unavailable' })
    await expect(ledger.lastSeq()).rejects.toMatchObject({ code: 'unavailable' })
    await server.start()
    const seq = await until('it is stored', () => ledger.append(commitOf('a', 2)).then((stored) => stored.seq))
    expect(seq).toBe(2)
  })

  it('S23: goes on behind what a hijacked role makes the server write on a task', async () => {
    await scribble('unborn', 2)
    expect(await ledger.append(commitOf('unborn', 1))).toEqual({ seq: 3, repeated: false })
    await scribble('unborn', 3)
    expect(await ledger.append(commitOf('unborn', 2))).toEqual({ seq: 7, repeated: false })
    await scribble('unborn', 1)

    const another = ledgerOn(server)
    expect(await another.append(commitOf('unborn', 2))).toEqual({ seq: 7, repeated: true })
    await expect(another.append(commitOf('unborn', 2, { id: 'late' }))).rejects.toMatchObject({
      code: 'conflict',
      detail: { version: 2 },
    })
    expect(await another.append(commitOf('unborn', 3))).toEqual({ seq: 9, repeated: false })
    const read = await take(ledger.read({ after: 0, signal }), 9)
    expect(read.map(({ commit }) => (commit instanceof Error ? commit.code : commit.version))).toEqual([
      ...['unreadable', 'unreadable', 1],
      ...['unreadable', 'unreadable', 'unreadable', 2],
      ...['unreadable', 3],
    ])
  })

  it('F58: hands over an error for what is no commit of its task, and goes on', async () => {
    const admin = await server.raw({ kind: 'admin' })
    const newer = { ...commitEnvelope(commitOf('a', 1)), version: 99 }
    const strangers: Uint8Array[] = [
      new TextEncoder().encode('not json'),
      new Uint8Array(),
      new TextEncoder().encode(JSON.stringify(newer)),
      encodeEnvelope(envelopeOf('a line')),
      encodeEnvelope(commitEnvelope(commitOf('another', 1))),
      encodeEnvelope({ ...commitEnvelope(commitOf('a', 1)), data: { key: 'a', version: 0 } }),
    ]
    for (const bytes of strangers) await admin.request(subjects.ledger('a'), bytes)
    await ledger.append(commitOf('a', 1))

    const read = await take(ledger.read({ after: 0, signal }), strangers.length + 1)
    const reasons = read.map(({ commit }) => (commit instanceof Error ? commit.detail.reason : commit.id))
    expect(reasons).toEqual(['json', 'json', 'version', 'schema', 'subject', 'schema', 'command-a-1'])
  })

  it('shows that the stream was lost: its end is before where it was', async () => {
    await ledger.append(commitOf('a', 1))
    await ledger.append(commitOf('a', 2))
    const admin = await server.raw({ kind: 'admin' })
    await admin.request('$JS.API.STREAM.DELETE.LEDGER')
    await expect(ledger.lastSeq()).rejects.toMatchObject({ code: 'unavailable' })
    await server.provision()

    expect(await ledger.lastSeq()).toBe(0)
    await expect(ledger.append(commitOf('a', 3))).rejects.toMatchObject({ code: 'conflict', detail: { version: 0 } })
    expect(await ledger.append(commitOf('a', 1))).toEqual({ seq: 1, repeated: false })
  })

  it('keeps the order of each task while changes of many are under way', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `task-${index}`)
    const versions = 10
    await Promise.all(
      keys.map(async (key) => {
        for (let version = 1; version <= versions; version++) await ledger.append(commitOf(key, version))
      }),
    )
    const seen = new Map<string, number[]>()
    const enough = new AbortController()
    for await (const { seq, commit } of ledger.read({ after: 0, signal: enough.signal })) {
      if (!(commit instanceof Error)) seen.set(commit.key, [...(seen.get(commit.key) ?? []), commit.version])
      if (seq === keys.length * versions) enough.abort()
    }
    const inOrder = Array.from({ length: versions }, (_, index) => index + 1)
    expect(new Map(keys.map((key) => [key, inOrder]))).toEqual(seen)
  })
})
