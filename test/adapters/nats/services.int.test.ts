import { Svcm } from '@nats-io/services'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BreakroomError } from '../../../core/errors.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { all } from '../../support/collect.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'

const subjects = orgSubjects('breakroom')
const subject = subjects.service('desk', 'echo')

describe('services and signals', () => {
  let server: NatsServer
  let stop: AbortController
  beforeAll(async () => {
    server = await startProvisionedNats()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(() => {
    stop = new AbortController()
  })
  afterEach(() => stop.abort())

  const serve = (handler: (data: unknown) => Promise<unknown>) =>
    server.as({ kind: 'desk' }).bus.serve('desk', { echo: { subject, handler } }, stop.signal)
  const ask = (data: unknown, timeoutMs = 2_000) => server.as({ kind: 'cli' }).bus.request(subject, data, timeoutMs)

  it('answer a request, also with nothing', async () => {
    await serve(async (data) => (data === null ? undefined : { heard: data }))
    expect(await ask({ text: 'hello' })).toEqual({ heard: { text: 'hello' } })
    expect(await ask(null)).toBeNull()
  })

  it('carry an error of ours to whoever asked, with its code and detail', async () => {
    await serve(async () => {
      throw new BreakroomError('denied', 'Only the founder\r\nmay do this.', { detail: { rule: 'stop' } })
    })
    await expect(ask({})).rejects.toMatchObject({
      name: 'BreakroomError',
      code: 'denied',
      message: 'Only the founder\r\nmay do this.',
      detail: { rule: 'stop' },
    })
  })

  it('S50: tell who asks by the subject, where the bus proves it', async () => {
    const { bus } = server.as({ kind: 'tasks' })
    const asked: string[] = []
    const handler = async (data: unknown, on: string) => {
      asked.push(on)
      return data
    }
    await bus.serve('tasks', { claim: { subject: subjects.anyTaskService('claim'), handler } }, stop.signal)
    for (const [user, caller] of [
      [{ kind: 'role', role: 'cto' }, 'cto'],
      [{ kind: 'role', role: 'ceo' }, 'ceo'],
      [{ kind: 'desk' }, 'breakroom'],
      [{ kind: 'cli' }, 'cli'],
      [{ kind: 'gateway' }, 'gateway'],
    ] as const) {
      const asker = server.as(user).bus
      expect(await asker.request(subjects.taskService('claim', caller), { caller }, 2_000)).toEqual({ caller })
    }
    expect(asked.map((on) => on.split('.').at(-1))).toEqual(['cto', 'ceo', 'breakroom', 'cli', 'gateway'])
  })

  it('S23, S50: neither do nor answer what is to be answered anywhere but in an inbox', async () => {
    const { bus } = server.as({ kind: 'tasks' })
    const asked: unknown[] = []
    const claim = { subject: subjects.anyTaskService('claim'), handler: async (data: unknown) => asked.push(data) }
    await bus.serve('tasks', { claim }, stop.signal)
    const admin = await server.raw({ kind: 'admin' })
    const answers: string[] = []
    for (const target of [subjects.anyLedger, 'events.>', subjects.anyTasks]) {
      admin.subscribe(target, { callback: (_error, { subject }) => void answers.push(subject) })
    }
    await admin.flush()
    const hijacked = await server.raw({ kind: 'role', role: 'cto' })
    for (const reply of [subjects.ledger('some-task'), 'events.ceo.task.done', subjects.tasks('ceo'), undefined]) {
      hijacked.publish(subjects.taskService('claim', 'cto'), '"forged"', reply === undefined ? {} : { reply })
    }
    await hijacked.flush()

    const honest = server.as({ kind: 'role', role: 'cto' }).bus
    expect(await honest.request(subjects.taskService('claim', 'cto'), 'honest', 2_000)).toBe(1)
    await admin.flush()
    expect(asked).toEqual(['honest'])
    expect(answers).toEqual([])
  })

  it('say what went wrong when a handler fails by surprise, and go on serving', async () => {
    let calls = 0
    await serve(async () => {
      calls += 1
      if (calls === 1) throw new Error('surprise')
      return 'fine'
    })
    await expect(ask({})).rejects.toMatchObject({ code: 'unavailable', message: 'surprise' })
    expect(await ask({})).toBe('fine')
  })

  it('answer an unreadable request with an error', async () => {
    await serve(async () => 'never')
    const admin = await server.raw({ kind: 'admin' })
    const reply = await admin.request(subject, '{not json', { timeout: 2_000 })
    expect(reply.headers?.get('Nats-Service-Error')).not.toBe('')
  })

  it('reject at once when nobody serves, and after the time given when nobody answers', async () => {
    const began = performance.now()
    await expect(ask({})).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - began).toBeLessThan(1_000)

    await serve(() => new Promise(() => {}))
    await expect(ask({}, 100)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('stop serving when told to', async () => {
    await serve(async () => 'here')
    expect(await ask({})).toBe('here')
    stop.abort()
    await until('nobody serves', () =>
      ask({}).then(
        () => false,
        () => true,
      ),
    )
  })

  it('are found by whoever may look for services', async () => {
    await serve(async () => null)
    const client = new Svcm(
      (await server.raw({ kind: 'cli' })) as unknown as ConstructorParameters<typeof Svcm>[0],
    ).client()
    const [found] = await all(await client.info('desk'))
    expect(found?.endpoints.map((endpoint) => endpoint.subject)).toEqual([subject])
  })

  it('S34: hear every signal that is JSON and skip what is not', async () => {
    const heard: [string, unknown][] = []
    const listener = server.as({ kind: 'router' }).bus
    const speaker = server.as({ kind: 'role', role: 'cto' }).bus
    listener.listen(subjects.anyStatus, (data, on) => heard.push([on, data]), stop.signal)
    const raw = await server.raw({ kind: 'role', role: 'cto' })
    await until('it listens', () => {
      speaker.send(subjects.status('cto'), 'probe')
      return heard.length > 0
    })
    heard.length = 0
    raw.publish(subjects.status('cto'), 'not json')
    raw.publish(subjects.status('cto'), new Uint8Array([0xff, 0xfe]))
    raw.publish(subjects.status('cto'), '['.repeat(100_000))
    raw.publish(subjects.status('cto'), '{"state":"ready"}')
    await until('the last is heard', () => heard.some(([, data]) => data !== 'probe'))
    expect(heard.filter(([, data]) => data !== 'probe')).toEqual([[subjects.status('cto'), { state: 'ready' }]])
  })

  it('go on after a handler that throws', async () => {
    const { bus, keyed } = server.as({ kind: 'desk' })
    const calls = { signal: 0, change: 0, watch: 0 }
    const fail = (which: keyof typeof calls) => () => {
      calls[which] += 1
      throw new Error('a handler failed')
    }
    bus.onChange(fail('change'), stop.signal)
    bus.listen(subjects.anyStatus, fail('signal'), stop.signal)
    await keyed('control').watch(fail('watch'), stop.signal)
    for (const state of [1, 2]) {
      await keyed('control').put('all', { state })
      await until('both are told', () => {
        bus.send(subjects.status('breakroom'), {})
        return calls.signal >= state && calls.watch >= state
      })
    }
    expect(calls.change).toBe(1)
  })

  it('F14: serve, listen and say so across a restart of the server', async () => {
    const client = server.as({ kind: 'cli' }).bus
    const speaker = server.as({ kind: 'role', role: 'cto' }).bus
    const states: boolean[] = []
    const heard: unknown[] = []
    client.onChange((connected) => states.push(connected), stop.signal)
    client.listen(subjects.anyStatus, (data) => heard.push(data), stop.signal)
    await serve(async () => 'here')
    await until('it is up', () => client.connected)

    await server.kill()
    await until('it is known to be away', () => !client.connected)
    await expect(client.request(subject, {}, 2_000)).rejects.toMatchObject({ code: 'unavailable' })
    await server.start()

    await until('it serves again', () => client.request(subject, {}, 500).catch(() => null))
    await until('it listens again', () => {
      speaker.send(subjects.status('cto'), 'back')
      return heard.includes('back')
    })
    expect(states).toEqual([true, false, true])
  })

  it('end with the connection: what is asked of a closed bus is refused', async () => {
    const { bus } = server.as({ kind: 'cli' })
    await until('it is up', () => bus.lastSeq('events').then(() => true))
    await Promise.all([bus.close(), bus.close()])
    expect(bus.connected).toBe(false)
    await expect(bus.request(subject, {}, 100)).rejects.toMatchObject({ code: 'closed' })
    for await (const _ of bus.read({ record: 'events', after: 0, signal: stop.signal })) expect.unreachable()
  })
})
