import { createServer } from 'node:http'
import { App, HTTPReceiver } from '@slack/bolt'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { freePort, until } from '../process.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { startFakeSlack } from './fake-slack.ts'

async function boltHouse() {
  const clock = createVirtualClock(new Date())
  const slack = await startFakeSlack({ clock })
  const port = await freePort()
  const requestUrl = `http://127.0.0.1:${port}/slack/events`
  const hub = slack.app({ name: 'breakroom', commands: ['/br'], mode: { requestUrl } })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'general', members: [alice, hub] })
  const receiver = new HTTPReceiver({ signingSecret: hub.signingSecret, logger: silentLogger })
  const bolt = new App({
    receiver,
    token: hub.botToken,
    botId: hub.botId,
    botUserId: hub.botUserId,
    logger: silentLogger,
    clientOptions: { slackApiUrl: slack.url },
  })
  const heard: string[] = []
  bolt.message(async ({ message }) => void heard.push(message.ts))
  bolt.command('/br', async ({ ack, command }) => ack(`you said ${command.text}`))
  await bolt.start(port)
  return { slack, hub, alice, room, clock, bolt, heard }
}

test('Bolt takes signed events, commands and the challenge over its request URL', async () => {
  const { slack, hub, alice, room, bolt, heard } = await boltHouse()
  await using _ = slack
  const said = slack.say(alice, room, 'hello')
  await until('Bolt has heard it', () => heard.includes(said.ts))
  expect(await slack.verifyUrl(hub)).toBe(true)
  expect(await slack.slash(alice, room, '/br', 'status & more')).toMatchObject({ ok: true })
  expect(slack.ephemerals(alice, room)).toMatchObject([{ text: 'you said status &amp; more' }])
  await bolt.stop()
})

test('S11: a bad signature, another secret and an old timestamp are what Bolt refuses', async () => {
  const { slack, hub, bolt, heard } = await boltHouse()
  await using _ = slack
  const body = JSON.stringify({ type: 'event_callback', event: { type: 'message', text: 'forged', ts: '1.1' } })
  const old = Math.floor(slack.clock.now().getTime() / 1000) - 360
  const statuses = [
    await slack.request(hub, { body, signature: 'v0=00' }),
    await slack.request(hub, { body, signature: null }),
    await slack.request(hub, { body, secret: 'of another app' }),
    await slack.request(hub, { body, timestamp: old }),
  ].map(({ status }) => status)
  expect(statuses).toEqual([401, 401, 401, 401])
  expect(heard).toEqual([])
  await bolt.stop()
})

test('an event that a request URL does not take comes again with the number and the reason', async () => {
  const clock = createVirtualClock()
  await using slack = await startFakeSlack({ clock })
  const attempts: unknown[] = []
  const server = createServer(({ headers }, response) => {
    attempts.push([headers['x-slack-retry-num'], headers['x-slack-retry-reason']])
    // The second attempt is not answered at all.
    if (attempts.length !== 2) response.writeHead(attempts.length < 3 ? 500 : 200).end()
  })
  const port = await freePort()
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const hub = slack.app({ name: 'breakroom', mode: { requestUrl: `http://127.0.0.1:${port}/` } })
  const alice = slack.user('alice')
  slack.say(alice, slack.channel({ name: 'general', members: [alice, hub] }), 'hello')
  await until('the first retry has come', async () => {
    await clock.advance(0)
    return attempts.length === 2
  })
  await clock.advance(63_000)
  await until('the second retry has come', () => attempts.length === 3)
  await until('it was taken', () => clock.pending === 0)
  expect(attempts).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_timeout'],
  ])
  server.close()
})
