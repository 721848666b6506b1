import { jetstreamManager } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { afterAll, afterEach } from 'vitest'
import { consumerOf, workStream } from '../../../adapters/nats/topology.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { inboxContract } from '../../contract/inbox.ts'
import { keyedStateContract } from '../../contract/keyed-state.ts'
import { publisherReaderContract } from '../../contract/publisher-reader.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'

const servers: NatsServer[] = []
const closeAll = () => Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()))
afterEach(closeAll)
afterAll(closeAll)

async function freshServer(): Promise<NatsServer> {
  const server = await startProvisionedNats()
  servers.push(server)
  return server
}

publisherReaderContract('NATS', async () => {
  const server = await freshServer()
  return {
    publisher: server.as({ kind: 'bridge' }).bus,
    reader: server.as({ kind: 'router' }).bus,
    kill: () => server.kill(),
    start: () => server.start(),
  }
})

for (const [queue, sender] of [
  ['inbox', 'router'],
  ['tasks', 'tasks'],
] as const) {
  inboxContract('NATS', queue, async () => {
    const server = await freshServer()
    const leaseMs = 1_000
    const manager = await jetstreamManager(await server.raw({ kind: 'admin' }))
    await manager.consumers.update(workStream, consumerOf(queue, 'cto'), { ack_wait: nanos(leaseMs) })
    const { bus } = server.as({ kind: sender })
    const cto = { kind: 'role', role: 'cto' } as const
    return {
      inbox: server.as(cto).bus,
      second: server.as(cto).bus,
      role: 'cto',
      leaseMs,
      send: async (id) => void (await bus.publish(orgSubjects('breakroom')[queue]('cto'), envelopeOf(id))),
      kill: () => server.kill(),
      start: () => server.start(),
    }
  })
}

keyedStateContract('NATS', async () => {
  const server = await freshServer()
  return {
    state: server.as({ kind: 'router' }).keyed('cursors'),
    other: server.as({ kind: 'bridge' }).keyed('cursors'),
    restart: async () => {
      await server.kill()
      await server.start()
    },
  }
})
