import { describe, expect, it } from 'vitest'
import { createNats } from '../../../adapters/nats/nats.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { startProvisionedNats } from '../../support/nats.ts'
import { freePort, until } from '../../support/process.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'

describe('the connection', () => {
  it('waits for a server that starts later', async () => {
    await using server = await startProvisionedNats()
    await server.kill()
    const { bus } = server.as({ kind: 'bridge' })
    const waiting: boolean[] = []
    bus.onChange((connected) => waiting.push(connected), new AbortController().signal)
    await expect(bus.publish('events.human-ada.chat.breakroom', envelopeOf('early'))).rejects.toMatchObject({
      code: 'unavailable',
    })

    await server.start()
    await until('it is up', () => bus.connected)
    expect(waiting).toEqual([true])
    expect(await bus.publish('events.human-ada.chat.breakroom', envelopeOf('early'))).toMatchObject({
      duplicate: false,
    })
  })

  it('is closed at once, also while it waits for a server that is not there', async () => {
    const { bus, keyed } = createNats({
      servers: [`nats://127.0.0.1:${await freePort()}`],
      seed: null,
      user: 'bridge',
      log: quietLog,
      metrics: quietMetrics,
    })
    const reading = bus
      .read({ record: 'events', after: 0, signal: new AbortController().signal })
      [Symbol.asyncIterator]()
      .next()
    const publishing = bus.publish('events.human-ada.chat.breakroom', envelopeOf('a')).catch((error: unknown) => error)
    const began = performance.now()

    await bus.close()

    expect(await reading).toMatchObject({ done: true })
    expect(await publishing).toMatchObject({ code: 'closed' })
    await expect(keyed('cursors').get('a')).rejects.toMatchObject({ code: 'closed' })
    expect(performance.now() - began).toBeLessThan(200)
  })

  it('dials nothing before it is used', async () => {
    await using server = await startProvisionedNats()
    const { bus } = server.as({ kind: 'gateway' })
    expect(bus.connected).toBe(false)
    const admin = await server.raw({ kind: 'admin' })
    await admin.flush()
    expect(server.output).not.toContain('gateway')
    await bus.close()
    await expect(bus.lastSeq('events')).rejects.toMatchObject({ code: 'closed' })
  })

  it('keeps the order of calls made while it comes up', async () => {
    await using server = await startProvisionedNats()
    const { bus } = server.as({ kind: 'bridge' })
    const calls: Promise<{ seq: number }>[] = []
    bus.onChange(
      (connected) =>
        connected && calls.push(bus.publish('events.human-ada.chat.breakroom', envelopeOf('at the change'))),
      new AbortController().signal,
    )
    for (let index = 0; index < 20; index++) {
      calls.push(bus.publish('events.human-ada.chat.breakroom', envelopeOf(`early-${index}`)))
      await Promise.resolve()
    }
    await until('it is up', () => bus.connected)
    const seqs = (await Promise.all(calls)).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
  })

  it('notices a server that hangs, and goes on when it does', async () => {
    await using server = await startProvisionedNats()
    const { bus } = server.as({ kind: 'bridge' })
    const stop = new AbortController()
    const read: string[] = []
    const reading = (async () => {
      for await (const { envelope } of bus.read({ record: 'events', after: 0, signal: stop.signal })) {
        read.push(envelope instanceof Error ? envelope.message : envelope.id)
      }
    })()
    await bus.publish('events.human-ada.chat.breakroom', envelopeOf('before'))
    await until('it is read', () => read.length === 1)

    process.kill(server.pid, 'SIGSTOP')
    const began = performance.now()
    const failure = await until('a line is refused', () =>
      bus.publish('events.human-ada.chat.breakroom', envelopeOf('held')).then(
        () => null,
        (error: unknown) => error,
      ),
    )
    expect(failure).toMatchObject({ code: 'unavailable' })
    expect(performance.now() - began).toBeLessThan(3_500)
    await until('the reader has given the server up', () => performance.now() - began > 6_000)
    process.kill(server.pid, 'SIGCONT')

    await until('it takes lines again', () =>
      bus.publish('events.human-ada.chat.breakroom', envelopeOf('held')).catch(() => null),
    )
    await bus.publish('events.human-ada.chat.breakroom', envelopeOf('after'))
    await until('the reader is there again', () => read.includes('after'))
    stop.abort()
    await reading
    expect(read).toEqual(['before', 'held', 'after'])
  })

  it('refuses an envelope that no server would take, without trying', async () => {
    await using server = await startProvisionedNats()
    const { bus } = server.as({ kind: 'bridge' })
    const huge = envelopeOf('huge', { data: { text: 'x'.repeat(2_000_000) } })
    await expect(bus.publish('events.human-ada.chat.breakroom', huge)).rejects.toMatchObject({ code: 'usage' })
    expect(await bus.publish('events.human-ada.chat.breakroom', envelopeOf('next'))).toMatchObject({ seq: 1 })
  })
})
