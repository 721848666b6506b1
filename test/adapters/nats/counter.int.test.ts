import { afterAll, afterEach, expect, it } from 'vitest'
import { counterContract } from '../../contract/counter.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'

const tasks = { kind: 'tasks' } as const
const servers: NatsServer[] = []
const closeAll = () => Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()))
afterEach(closeAll)
afterAll(closeAll)

async function freshServer(): Promise<NatsServer> {
  const server = await startProvisionedNats()
  servers.push(server)
  return server
}

counterContract('NATS', async () => {
  const server = await freshServer()
  const fresh = () => server.as(tasks).counter('labels')
  return { counter: fresh(), second: fresh(), fresh, kill: () => server.kill(), start: () => server.start() }
})

it('keeps counters of different names apart', async () => {
  const { counter } = (await freshServer()).as(tasks)
  const [labels, others] = [counter('labels'), counter('others')]
  expect([await labels.next(), await labels.next(), await others.next()]).toEqual([1, 2, 1])
})

it('S23: a counter that a hijacked role has made the server write over goes on, or says that it cannot', async () => {
  const server = await freshServer()
  const counter = server.as(tasks).counter('labels')
  expect([await counter.next(), await counter.next()]).toEqual([1, 2])
  const admin = await server.raw({ kind: 'admin' })
  const key = `$KV.counters.k${Buffer.from('labels').toString('base64url')}`
  const spoilt: string[] = []
  admin.subscribe(key, {
    callback: (_error, msg) => void (/^\d+$/.test(msg.string()) || spoilt.push(msg.string())),
  })
  await admin.flush()
  const cto = await server.raw({ kind: 'role', role: 'cto' })
  cto.publish('events.cto.chat.lab', 'x', { reply: key })
  await until('the server has written over it', () => spoilt.length === 1)

  const restarted = server.as(tasks).counter('labels')
  await expect(restarted.next()).rejects.toMatchObject({ code: 'unreadable' })
  expect(await counter.next()).toBe(3)
  expect(await restarted.next()).toBe(4)

  // The server answers this with an empty message.
  cto.publish('$JS.API.CONSUMER.MSG.NEXT.WORK.inbox-cto', '{"batch":1,"no_wait":true}', { reply: key })
  await until('it is written over again', () => spoilt.length === 2)
  expect(spoilt[1]).toBe('')
  const later = server.as(tasks).counter('labels')
  await expect(later.next()).rejects.toMatchObject({ code: 'unreadable' })
  await later.atLeast(4)
  expect(await later.next()).toBe(5)
})
