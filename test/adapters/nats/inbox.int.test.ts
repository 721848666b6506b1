import { expect, it } from 'vitest'
import { createNats } from '../../../adapters/nats/nats.ts'
import { orgSubjects } from '../../../core/subject.ts'
import type { WorkItem } from '../../../ports/bus.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'

it('says that it takes work anew after a loss, and not when it takes work for the first time', async () => {
  await using server = await startProvisionedNats()
  const cto = { kind: 'role', role: 'cto' } as const
  const warned: string[] = []
  const log = { ...quietLog, warn: (_: object, message: string) => void warned.push(message) }
  const { bus } = createNats({ ...server.options(cto), log })
  await using _ = { [Symbol.asyncDispose]: () => bus.close() }
  const router = server.as({ kind: 'router' }).bus
  const send = (id: string) => router.publish(orgSubjects('breakroom').inbox('cto'), envelopeOf(id))
  const stop = new AbortController()
  const items = bus.take('cto', stop.signal)[Symbol.asyncIterator]()
  const next = async () => (await items.next()).value as WorkItem

  const first = next()
  await send('first')
  await (await first).ack()
  expect(warned).toEqual([])

  await server.kill()
  const second = next()
  await until('the loss is noticed', () => warned.includes('nats: taking work anew'))
  await server.start()
  await until('the second item is sent', () => send('second').then(Boolean))
  await (await second).ack()
  expect(warned.filter((message) => message === 'nats: taking work anew')).toHaveLength(1)
  stop.abort()
})
