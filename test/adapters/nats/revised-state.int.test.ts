import { afterEach, expect, it } from 'vitest'
import { revisedStateContract } from '../../contract/revised-state.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'

const servers: NatsServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]())))

async function create() {
  const server = await startProvisionedNats()
  servers.push(server)
  const sweep = () => server.as({ kind: 'sweep' }).revised('sweeps')
  return { server, state: sweep(), other: sweep() }
}

revisedStateContract('NATS', create)

it('F14: a revised state is unavailable while the bus is away, and goes on where it was', async () => {
  const { server, state, other } = await create()
  const first = await state.write('a', 'before', 0)
  expect(await other.read('a')).toEqual({ value: 'before', revision: first })
  await server.kill()
  await expect(state.read('a')).rejects.toMatchObject({ code: 'unavailable' })
  await expect(state.write('a', 'lost', first)).rejects.toMatchObject({ code: 'unavailable' })
  await server.start()
  const found = await until('it can be read', () => state.read('a').catch(() => null))
  expect(found).toEqual({ value: 'before', revision: first })
  const second = await until('it can be written', () => other.write('a', 'after', first).catch(() => null))
  await expect(state.write('a', 'stale', first)).rejects.toMatchObject({ code: 'conflict' })
  expect(await state.read('a')).toEqual({ value: 'after', revision: second })
})
