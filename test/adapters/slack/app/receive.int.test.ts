import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { SlackApp } from '../../../../adapters/slack/app/app.ts'
import { until } from '../../../support/process.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'
import { type StartOptions, startApp, textsOf } from './started-app.ts'

/** An address on loopback that hands requests to the app it is given. */
async function address() {
  let app: SlackApp | null = null
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const answer = await app?.receive({ headers, body: Buffer.concat(chunks) })
    response.writeHead(answer?.status ?? 502, { 'content-type': answer?.type }).end(answer?.body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack`,
    serve(served: SlackApp) {
      app = served
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** A workspace whose app has an address instead of sockets; everybody's time is the same clock. */
async function workspace(options: StartOptions = {}) {
  const clock = createVirtualClock()
  const slack = await startFakeSlack({ clock })
  const site = await address()
  const installed = slack.app({ name: 'breakroom', commands: ['/br'], mode: { requestUrl: site.url } })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'breakroom', members: [installed, alice] })
  const started = startApp(slack, installed, { mode: 'http', clock, ...options })
  site.serve(started.app)
  await until('it is up', () => started.app.up)
  return {
    clock,
    slack,
    installed,
    alice,
    room,
    started,
    async [Symbol.asyncDispose]() {
      await started.app.stop()
      await slack[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}

const event = JSON.stringify({
  type: 'event_callback',
  team_id: 'T1',
  event_id: 'Ev9',
  event: { type: 'message', text: 'x' },
})

describe('an app with an address of its own', () => {
  it('is up when its token is proved, opens no socket, and answers the challenge of Slack alone', async () => {
    await using place = await workspace()
    const { slack, installed, started } = place
    expect(started.ups).toEqual([null])
    expect(slack.calls.map(({ method }) => method)).toEqual(['auth.test', 'bots.info'])
    expect(await slack.verifyUrl(installed)).toBe(true)
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'abc' })
    expect(await slack.request(installed, { body: challenge, secret: 'stranger' })).toMatchObject({
      status: 401,
      body: '',
    })
  })

  it('F34: says 200 only when the event was stored; Slack brings it again until then', async () => {
    let tries = 0
    await using place = await workspace({
      onEvent: () => (++tries === 1 ? Promise.reject(new Error('full')) : Promise.resolve()),
    })
    const { clock, slack, alice, room, started } = place
    slack.say(alice, room, 'hello')
    await until('it was tried', () => tries === 1)
    await until('it came again', async () => {
      await clock.advance(0)
      return tries === 2
    })
    await turns()
    await clock.advance(400_000)
    expect(started.events.map(({ retry }) => retry)).toEqual([0, 1])
    expect(textsOf(started.events)).toEqual(['hello', 'hello'])
  })

  it('F35: says 500 in time for Slack when storing takes too long', async () => {
    const stored = Promise.withResolvers<void>()
    await using place = await workspace({ onEvent: () => stored.promise, timing: { accept: 2_500 } })
    const { clock, slack, installed, started } = place
    const answer = slack.request(installed, { body: event })
    await until('it is under way', () => started.events.length === 1 && clock.pending > 0)
    await clock.advance(2_500)
    expect(await answer).toMatchObject({ status: 500, body: '' })
    stored.resolve()
  })

  it('gives a command what its handler answers: JSON, a text, nothing, or a failure', async () => {
    await using place = await workspace({
      async onInteraction({ body, ack }) {
        if (body.text === 'fail') throw new Error('no')
        if (body.text === 'json') await ack({ text: 'Got it.' })
        if (body.text === 'text') await ack('Got it.')
        if (body.text === 'nothing') await ack()
        await ack({ text: 'And again.' })
      },
    })
    const { slack, alice, room, started } = place
    const slash = (text: string) => slack.slash(alice, room, '/br', text)
    expect(await slash('json')).toMatchObject({ ok: true, payload: { text: 'Got it.' } })
    expect(await slash('text')).toMatchObject({ ok: true, payload: { text: 'Got it.' } })
    expect(await slash('nothing')).toMatchObject({ ok: true, payload: null })
    expect(await slash('fail')).toMatchObject({ ok: false, error: 'dispatch_failed' })
    expect(started.interactions[0]?.body).toMatchObject({ command: '/br', text: 'json', user_id: alice.id })
  })

  it('reads presses, forms and shortcuts out of their form field', async () => {
    await using place = await workspace({ onInteraction: ({ ack }) => ack({ response_action: 'clear' }) })
    const { slack, installed, started } = place
    const payload = { type: 'view_submission', trigger_id: '1.2' }
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
    const contentType = 'application/x-www-form-urlencoded'
    expect(await slack.request(installed, { body, contentType })).toMatchObject({
      status: 200,
      body: '{"response_action":"clear"}',
    })
    expect(started.interactions[0]?.body).toEqual(payload)
    expect(await slack.request(installed, { body: 'payload=no', contentType })).toMatchObject({ status: 400, body: '' })
    expect(await slack.request(installed, { body: 'no' })).toMatchObject({ status: 400, body: '' })
  })

  it.each<[string, object]>([
    ['no signature', { signature: null }],
    ['a wrong signature', { signature: `v0=${'0'.repeat(64)}` }],
    ["another app's secret", { secret: 'another secret' }],
    ['six minutes old', { timestamp: Date.parse('2026-01-05T08:54:00Z') / 1000 }],
    ['six minutes ahead', { timestamp: Date.parse('2026-01-05T09:06:00Z') / 1000 }],
    ['an oversized body', { body: ' '.repeat(2 * 1024 * 1024) + event }],
  ])('S11: answers 401 without a word and does nothing: %s', async (_what, forged) => {
    await using place = await workspace()
    const { slack, installed, started } = place
    expect(await slack.request(installed, { body: event, ...forged })).toEqual({
      status: 401,
      body: '',
      noRetry: false,
    })
    expect(await slack.request(installed, { body: event })).toMatchObject({ status: 200, body: '' })
    expect(started.events).toHaveLength(1)
  })

  it('S11: hands a replay inside the window on under the same id, by which it is recognised', async () => {
    await using place = await workspace()
    const { slack, installed, started } = place
    for (let n = 0; n < 2; n++) await slack.request(installed, { body: event })
    expect(started.events.map(({ event_id }) => event_id)).toEqual(['Ev9', 'Ev9'])
  })

  it('refuses what comes after it was told to stop, so that Slack brings it again', async () => {
    await using place = await workspace()
    const { slack, installed, started } = place
    await started.app.stop()
    expect(await slack.request(installed, { body: event })).toMatchObject({ status: 503 })
    expect(started.events).toEqual([])
    expect(started.downs).toEqual([])
  })

  it('learns from any call that its token was revoked, and comes back when it is good again', async () => {
    await using place = await workspace({ timing: { retryCap: 30_000 } })
    const { clock, slack, installed, started } = place
    slack.faults.revoke(installed)
    await expect(started.app.web.call('users.list')).rejects.toMatchObject({ code: 'denied' })
    await until('it is down', () => started.downs.length === 1)
    expect(started.downs[0]).toMatchObject({ final: true })
    slack.faults.restore(installed)
    await until('it waits', () => clock.pending > 0)
    expect(started.app.up).toBe(false)
    await clock.advance(30_000)
    await until('it is back', () => started.app.up)
    expect(started.ups[1]).toEqual(new Date('2026-01-05T09:00:00Z'))
  })

  it('refuses to exist without the secret of its mode', async () => {
    await using slack = await startFakeSlack()
    const installed = slack.app({ name: 'cto' })
    expect(() => startApp(slack, { ...installed, signingSecret: null as never }, { mode: 'http' })).toThrow(
      'The Slack app of cto has no signing secret.',
    )
    expect(() => startApp(slack, { ...installed, appToken: null as never })).toThrow(
      'The Slack app of cto has no app-level token.',
    )
  })
})

async function turns() {
  for (let n = 0; n < 50; n++) await turn()
}
