import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hears } from '../support/conversation.ts'
import { createTestFleet, type TestFleet } from '../support/fleet.ts'
import { hurriedClock } from '../support/hurried-clock.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { freePort, until } from '../support/process.ts'
import type { SlackApp } from '../support/slack/app.ts'
import { signature } from '../support/slack/events/signature.ts'
import { cardSays } from '../support/slack-card.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'
import { type SlackRecord, slackRecord } from '../support/slack-record.ts'

describe('a workspace that reaches the fleet with requests', () => {
  let workspace: TestWorkspace
  let fleet: TestFleet
  let record: SlackRecord
  let ada: SlackPerson
  let bob: IrcPerson
  let cto: SlackApp
  let port: number
  let forgeries = 0

  beforeAll(async () => {
    workspace = await startWorkspace({ clock: hurriedClock })
    const { hub, apps } = workspace
    port = await freePort()
    for (const app of [hub, ...Object.values(apps)]) app.mode = { requestUrl: addressOf(app.name) }
    cto = apps.cto as SlackApp
    ada = slackPerson(workspace, 'Ada')
    const people = { ada: { name: 'Ada', tier: 'member' as const, member: ada.user.id } }
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'], slack: { ...workspace, mode: 'http', people } })
    record = slackRecord(fleet, workspace)
    await fleet.start('up', { BREAKROOM_HTTP_PORT: String(port) })
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  const addressOf = (app: string, platform = 'acme') => `http://127.0.0.1:${port}/slack/${platform}/${app}`

  /** A message event as Slack would write it, which nobody sent. */
  function forgedEvent(instead: object = {}, within: object = {}) {
    const { slack, hub, channel } = workspace
    const text = `forged ${++forgeries}`
    const ts = `${Math.floor(Date.now() / 1_000)}.${String(900_000 + forgeries)}`
    const event = {
      type: 'message',
      channel: channel.id,
      channel_type: 'channel',
      user: ada.user.id,
      text,
      ts,
      ...within,
    }
    const more = { type: 'event_callback', event_id: `EvForged${forgeries}`, event }
    return { text, body: JSON.stringify({ team_id: slack.team.id, api_app_id: hub.appId, ...more, ...instead }) }
  }

  /** Posts as anybody can who found the address. */
  async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  }

  function signedBy({ signingSecret }: SlackApp, body: string): Record<string, string> {
    const now = Math.floor(Date.now() / 1_000)
    return { 'x-slack-request-timestamp': String(now), 'x-slack-signature': signature(signingSecret, now, body) }
  }

  /** What a request gets that came through a public name. */
  function statusAt(path: string, method: string): Promise<number | undefined> {
    const options = { port, host: '127.0.0.1', path, method, agent: false, headers: { host: 'breakroom.example' } }
    return new Promise((done, fail) => {
      request(options, (answer) => done(answer.resume().statusCode))
        .on('error', fail)
        .end()
    })
  }

  const recorded = async (text: string) => (await fleet.lines()).filter(({ data }) => data.text === text).length

  test('each app answers the challenge of Slack at its own address', async () => {
    for (const app of [workspace.hub, ...Object.values(workspace.apps)]) {
      expect(await workspace.slack.verifyUrl(app)).toBe(true)
    }
  })

  test('what is said is heard and answered, in the room and alone', async () => {
    const { slack, channel } = workspace
    const asked = ada.say('@cto ping')
    await record.answeredOnce([asked], 'cto')
    await hears(bob, /^<Ada> @cto ping$/, 0)
    bob.say('#breakroom', 'hello from IRC')
    await ada.sees(/hello from IRC/)
    slack.dm(ada.user, cto, 'ping')
    await ada.reads(cto, /^pong/)
    expect(slack.messages(channel).filter(({ text }) => text.includes('hello from IRC'))).toHaveLength(1)
  })

  test('a command, a press and a form do what they do over sockets', async () => {
    const { slack } = workspace
    await ada.slash('assign cto "Say what is new" accept: a line about it')
    const receipt = await ada.isTold(/t-1 is with cto/)
    const [undo = ''] = /br_press:[^"]+/.exec(JSON.stringify(receipt.blocks)) ?? []
    await ada.press(receipt, undo)
    await cardSays(workspace, 't-1', /cancelled/)

    await ada.slash('assign cto "Say what is old"')
    const form = await ada.form()
    const wrong = await slack.submit(ada.user, form, { br_accept: 'a line', br_due: 'whenever' })
    expect(wrong).toMatchObject({ closed: false, errors: { br_due: expect.stringMatching(/\S/) } })
    expect(await slack.submit(ada.user, form, { br_due: '2h' })).toMatchObject({ closed: true, errors: {} })
    await ada.isTold(/t-2 is with cto: "Say what is old"/)
  })

  test('S11: whatever Slack did not sign for this app, just now and as it stands, is a 401 without a word', async () => {
    const { slack, hub } = workspace
    const now = Math.floor(Date.now() / 1_000)
    const forged: [string, SlackApp, (body: string) => Partial<Parameters<typeof slack.request>[1]>][] = [
      ['no signature', hub, () => ({ signature: null })],
      ['a wrong one', hub, () => ({ signature: `v0=${'0'.repeat(64)}` })],
      ['another version', hub, (body) => ({ signature: signature(hub.signingSecret, now, body).replace('v0', 'v1') })],
      ['the secret of another app', hub, () => ({ secret: cto.signingSecret })],
      ['sent to another app', cto, () => ({ secret: hub.signingSecret })],
      ['an empty secret', hub, () => ({ secret: '' })],
      ['six minutes old', hub, () => ({ timestamp: now - 360 })],
      ['six minutes ahead', hub, () => ({ timestamp: now + 360 })],
      [
        'a body that was encoded anew',
        hub,
        (body) => ({
          signature: signature(hub.signingSecret, now, body),
          timestamp: now,
          body: body.replace('{', '{ '),
        }),
      ],
    ]
    const texts: string[] = []
    for (const [how, app, forge] of forged) {
      const { text, body } = forgedEvent()
      texts.push(text)
      const { status, body: answer } = await slack.request(app, { body, ...forge(body) })
      expect({ how, status, answer }).toEqual({ how, status: 401, answer: '' })
    }
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'are you there?' })
    expect(await slack.request(hub, { body: challenge, secret: 'of a stranger' })).toMatchObject({
      status: 401,
      body: '',
    })
    const command = new URLSearchParams({ command: '/br', text: 'stop cto', user_id: ada.user.id }).toString()
    const form = { body: command, contentType: 'application/x-www-form-urlencoded', secret: 'of a stranger' }
    expect(await slack.request(hub, form)).toMatchObject({ status: 401, body: '' })

    // Signed, the same is heard; sent again within five minutes, it is heard once.
    const { text, body } = forgedEvent()
    for (let n = 0; n < 2; n++) expect(await slack.request(hub, { body })).toMatchObject({ status: 200 })
    expect(await recorded(text)).toBe(1)
    for (const one of texts) expect(await recorded(one)).toBe(0)
    expect(JSON.stringify(await fleet.lines('private'))).not.toContain('stop cto')
  })

  test('S12: a message of another workspace is that of a stranger there, whoever its author claims to be; alone it is nothing', async () => {
    const { slack, hub } = workspace
    const room = forgedEvent({ team_id: 'T0ELSEWHERE' })
    const alone = forgedEvent({ team_id: 'T0ELSEWHERE' }, { channel: 'D0ELSEWHERE', channel_type: 'im' })
    for (const { body } of [room, alone]) expect(await slack.request(hub, { body })).toMatchObject({ status: 200 })
    const [line] = (await fleet.lines()).filter(({ data }) => data.text === room.text)
    expect(line).toMatchObject({ data: { tier: 'guest', origin: { account: `T0ELSEWHERE/${ada.user.id}` } } })
    expect(line?.actor).not.toBe('human-ada')
    expect(JSON.stringify(await fleet.lines('private'))).not.toContain(alone.text)
  })

  test('S11: a body that is far too large is a 413, and nobody has to read it', async () => {
    const { text, body } = forgedEvent()
    const large = body.padEnd(600 * 1024)
    expect((await post(addressOf('breakroom'), large, signedBy(workspace.hub, large))).status).toBe(413)
    expect(await recorded(text)).toBe(0)
  })

  test("S11: strangers' addresses are nothing, whoever signed; and only what Slack sends comes through a public name", async () => {
    const { body } = forgedEvent()
    const signed = signedBy(workspace.hub, body)
    for (const url of [addressOf('nobody'), addressOf('cso'), addressOf('breakroom', 'elsewhere')]) {
      const answer = await post(url, body, signed)
      expect({ url, status: answer.status, text: await answer.text() }).toEqual({ url, status: 404, text: '' })
    }
    for (const path of ['breakroom/..%2fcto', 'breakroom/more', '']) {
      expect((await post(addressOf(path), body, signed)).status).toBeGreaterThanOrEqual(400)
    }
    expect((await fetch(addressOf('breakroom'))).status).toBe(405)
    // Slack comes through a name of ours on the internet; through that nobody reads anything else.
    expect(await statusAt('/slack/acme/breakroom', 'POST')).toBe(401)
    expect(await statusAt('/healthz', 'GET')).toBe(421)
  })

  test('the gateway alone says 503 while the bridge is dead, and Slack brings it again', async () => {
    expect(await fleet.stop('up')).toBe(0)
    await fleet.startParts()
    await fleet.start('gateway', { BREAKROOM_HTTP_PORT: String(port) })
    await record.answeredOnce([ada.say('@cto ping through a gateway of its own')], 'cto')

    await fleet.kill('bridge')
    const { body } = forgedEvent()
    expect((await post(addressOf('breakroom'), body, signedBy(workspace.hub, body))).status).toBe(503)
    const asked = ada.say('@cto ping without a bridge')
    const direct = workspace.slack.dm(ada.user, cto, 'ping without a bridge')
    expect(await workspace.slack.slash(ada.user, workspace.channel, '/br', 'whoami')).toMatchObject({
      ok: false,
      error: 'dispatch_failed',
    })
    await fleet.start('bridge')
    await record.answeredOnce([asked], 'cto')
    await until('the message to cto alone is answered', () => answersBehind(direct).length > 0, 20_000)
    await record.answeredOnce([ada.say('@cto ping after it')], 'cto')
    expect(answersBehind(direct)).toHaveLength(1)
  })

  const answersBehind = ({ ts }: { ts: string }) => {
    const { slack } = workspace
    return slack.messages(slack.dmChannel(ada.user, cto)).filter((message) => message.ts > ts)
  }
})
