import { SocketModeClient } from '@slack/socket-mode'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { until } from '../process.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { startFakeSlack } from './fake-slack.ts'
import { listenAs } from './listening-app.ts'

async function house(options: Parameters<typeof startFakeSlack>[0] = {}) {
  const slack = await startFakeSlack(options)
  const hub = slack.app({ name: 'breakroom', commands: ['/br'] })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'general', members: [alice, hub] })
  return { slack, hub, alice, room }
}

test('each payload goes to one of the sockets of an app, at random', async () => {
  const { slack, hub, alice, room } = await house()
  await using _ = slack
  await using one = await listenAs(slack, hub)
  await using two = await listenAs(slack, hub)
  const said = Array.from({ length: 20 }, (_, number) => slack.say(alice, room, `line ${number}`).ts)
  await until('all are heard', () => one.heard.length + two.heard.length === 20)
  expect([...one.events('message'), ...two.events('message')].map(({ ts }) => ts).sort()).toEqual(said)
  expect(one.heard.length).toBeGreaterThan(2)
  expect(two.heard.length).toBeGreaterThan(2)
})

test('hello says how many sockets the app has, and the eleventh is sent away', async () => {
  const { slack, hub } = await house()
  await using _ = slack
  const open = async () => {
    const answer = await fetch(`${slack.url}apps.connections.open`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hub.appToken}` },
    })
    const { url } = (await answer.json()) as { url: string }
    return new Promise<{ type: string; num_connections?: number; reason?: string }>((done) => {
      new WebSocket(url).on('message', (data) => done(JSON.parse(String(data))))
    })
  }
  slack.faults.rateLimits(false)
  for (let count = 1; count <= 10; count++)
    expect(await open()).toMatchObject({ type: 'hello', num_connections: count })
  expect(await open()).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' })
})

test('what nobody acknowledges within three seconds comes again at once, after a minute and after five more', async () => {
  const clock = createVirtualClock()
  const { slack, hub, alice, room } = await house({ clock })
  await using _ = slack
  await using app = await listenAs(slack, hub, { acks: false })
  slack.say(alice, room, 'anybody?')
  const after = async (ms: number) => {
    await clock.advance(ms)
    return app.heard.length
  }
  await until('the first attempt', () => app.heard.length === 1)
  expect(await after(2_900)).toBe(1)
  await clock.advance(100)
  await until('the first retry', () => app.heard.length === 2)
  expect(await after(62_900)).toBe(2)
  await clock.advance(100)
  await until('the second retry', () => app.heard.length === 3)
  await clock.advance(303_000)
  await until('the third retry', () => app.heard.length === 4)
  await clock.advance(3_600_000)
  expect(app.heard.map(({ retry, reason }) => [retry, reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
    [3, 'timeout'],
  ])
  expect(new Set(app.heard.map(({ body }) => body.event_id)).size).toBe(1)
})

test('a retry that is acknowledged is the last', async () => {
  const clock = createVirtualClock()
  const { slack, hub, alice, room } = await house({ clock })
  await using _ = slack
  await using app = await listenAs(slack, hub, { acks: false })
  slack.say(alice, room, 'anybody?')
  await until('the first attempt', () => app.heard.length === 1)
  await clock.advance(3_000)
  await (await until('the first retry', () => app.heard[1])).ack()
  await until('nothing waits any more', () => clock.pending === 0)
  expect(app.heard).toHaveLength(2)
})

test('a slash command is never sent twice; the person sees why it failed', async () => {
  const clock = createVirtualClock()
  const { slack, hub, alice, room } = await house({ clock })
  await using _ = slack
  expect(await slack.slash(alice, room, '/br', 'help')).toMatchObject({ ok: false, error: 'dispatch_failed' })
  await using app = await listenAs(slack, hub, { acks: false })
  const typed = slack.slash(alice, room, '/br', 'help')
  await until('the command is there', () => app.heard.length === 1)
  await clock.advance(3_000)
  expect(await typed).toMatchObject({ ok: false, error: 'operation_timeout' })
  await clock.advance(3_600_000)
  expect(app.heard).toHaveLength(1)
})

test.each(['refresh_requested', 'warning', 'link_disabled'] as const)(
  'F36: %s is said before the socket is closed',
  async (reason) => {
    const { slack, hub } = await house({ clock: createVirtualClock() })
    await using _ = slack
    await using app = await listenAs(slack, hub)
    const said: string[] = []
    app.client.on('ws_message', (data) => said.push(String(data)))
    const closed = new Promise((done) => app.client.once('close', done))
    slack.sockets(hub)[0]?.disconnect(reason)
    await closed
    expect(said.map((line) => JSON.parse(line))).toMatchObject([{ type: 'disconnect', reason }])
    await until('Slack has let go of it', () => slack.sockets(hub).length === 0)
  },
)

test('a cut line is seen by both ends, a frozen one by neither', async () => {
  const { slack, hub, alice, room } = await house({ clock: createVirtualClock() })
  await using _ = slack
  await using cut = await listenAs(slack, hub)
  const closed = new Promise((done) => cut.client.once('close', done))
  slack.sockets(hub)[0]?.cut()
  await closed
  await using frozen = await listenAs(slack, hub)
  slack.sockets(hub)[0]?.freeze()
  slack.say(alice, room, 'into the void')
  await using other = await listenAs(slack, hub)
  slack.say(alice, room, 'one')
  slack.say(alice, room, 'two')
  slack.say(alice, room, 'three')
  await until('the living socket hears its share', () => other.heard.length > 0)
  expect(frozen.heard).toEqual([])
  expect(frozen.client.websocket?.isActive()).toBe(true)
  // Its close frame would never be answered.
  for (const socket of slack.sockets(hub)) socket.cut()
  await until('the client notices', () => !frozen.client.websocket?.isActive())
})

test('F37: while Slack is down it takes no call and no socket; what happened is delivered later, or never', async () => {
  const clock = createVirtualClock()
  const { slack, hub, alice, room } = await house({ clock })
  await using _ = slack
  slack.faults.down()
  slack.say(alice, room, 'comes later')
  await expect(listenAs(slack, hub)).rejects.toMatchObject({ statusCode: 500 })
  slack.faults.up()
  slack.faults.down({ replay: false })
  slack.say(alice, room, 'never comes')
  slack.faults.up()
  await using app = await listenAs(slack, hub)
  await clock.advance(400_000)
  await until('the retry has come', () => app.heard.length === 1)
  expect(app.events('message')).toMatchObject([{ text: 'comes later' }])
  expect(slack.messages(room).map(({ text }) => text)).toEqual(['comes later', 'never comes'])
})

test('a revoked app cannot connect, and the others can', async () => {
  const { slack, hub } = await house()
  await using _ = slack
  const cto = slack.app({ name: 'cto' })
  slack.faults.revoke(hub)
  const client = new SocketModeClient({
    appToken: hub.appToken,
    autoReconnectEnabled: false,
    logger: silentLogger,
    clientOptions: { slackApiUrl: slack.url },
  })
  await expect(client.start()).rejects.toMatchObject({ data: { error: 'token_revoked' } })
  await using _other = await listenAs(slack, cto)
})

test('an app that is over its event rate hears so without an inner event', async () => {
  const { slack, hub } = await house()
  await using _ = slack
  await using app = await listenAs(slack, hub)
  const said: string[] = []
  app.client.removeAllListeners('ws_message')
  app.client.on('ws_message', (data) => said.push(String(data)))
  slack.faults.appRateLimited(hub)
  await until('it is there', () => said.length === 1)
  expect(JSON.parse(said[0] ?? '')).toMatchObject({ type: 'events_api', payload: { type: 'app_rate_limited' } })
})

test('a lingering socket keeps the disconnect of the SDK waiting', async () => {
  const { slack, hub } = await house()
  await using _ = slack
  slack.faults.lingeringSockets(true)
  await using app = await listenAs(slack, hub)
  let gone = false
  const disconnected = app.client.disconnect().then(() => {
    gone = true
  })
  // Time enough for a close handshake: a whole other connection is made.
  await using _other = await listenAs(slack, hub)
  expect(gone).toBe(false)
  for (const socket of slack.sockets(hub)) socket.cut()
  await disconnected
})
