import { channel } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { until } from '../../../support/process.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { createVirtualClock, realClock } from '../../../support/virtual-clock.ts'
import { startApp, textsOf } from './started-app.ts'

/** A workspace on a clock of its own; `open` resolves when an app has so many sockets. */
async function workspace() {
  const clock = createVirtualClock()
  const slack = await startFakeSlack({ clock })
  const installed = slack.app({ name: 'breakroom' })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'breakroom', members: [installed, alice] })
  const open = (count: number) => until(`${count} sockets are open`, () => slack.sockets(installed).length === count)
  return { clock, slack, installed, alice, room, open, [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose]() }
}

/** Waits are remembered, and over in no time. */
function hurried() {
  const waits: number[] = []
  const sleep = (ms: number, signal?: AbortSignal) => {
    waits.push(ms)
    return realClock.sleep(Math.min(ms, 5), signal)
  }
  return { waits, sleep }
}

describe('the sockets of an app', () => {
  it('F36: are all replaced, again and again, during a stream of events: nothing lost, nothing twice, never down', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room, open } = place
    await using started = startApp(slack, installed)
    await open(2)
    const said: string[] = []
    for (let round = 0; round < 5; round++) {
      for (const socket of slack.sockets(installed))
        socket.disconnect(round % 2 === 0 ? 'refresh_requested' : 'warning')
      while (slack.sockets(installed).length < 4) {
        said.push(`line ${said.length}`)
        slack.say(alice, room, said.at(-1) ?? '')
        await realClock.sleep(2)
      }
      // Nothing waits for its acknowledgement when Slack closes the old ones ten seconds later.
      await until('all is heard', () => started.events.length === said.length)
      await realClock.sleep(20)
      await clock.advance(10_000)
      await open(2)
    }
    expect(said.length).toBeGreaterThan(50)
    expect(new Set(textsOf(started.events))).toEqual(new Set(said))
    expect(textsOf(started.events)).toHaveLength(said.length)
    expect(started.downs).toEqual([])
    expect(started.ups).toEqual([null])
  })

  it('F36: loses nothing when Slack closes a socket with events on it that were not acknowledged', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room, open } = place
    await using started = startApp(slack, installed, { onEvent: () => realClock.sleep(20) })
    await open(2)
    for (let n = 0; n < 20; n++) slack.say(alice, room, `line ${n}`)
    for (const socket of slack.sockets(installed)) socket.cut()
    await until('it is up again', () => started.ups.length === 2)
    await open(2)
    await clock.advance(3_000)
    await until('all is heard', async () => {
      await clock.advance(3_000)
      return new Set(textsOf(started.events)).size === 20
    })
  })

  it('F36: are opened again, ever later, when Slack says that there are too many, while the other one serves', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room, open } = place
    await using started = startApp(slack, installed)
    await open(2)
    slack.sockets(installed)[0]?.disconnect('too_many_websockets')
    await clock.advance(0)
    await until('it was replaced', () => {
      const numbers = slack.sockets(installed).map(({ number }) => number)
      return numbers.length === 2 && !numbers.includes(1)
    })
    slack.say(alice, room, 'hello')
    await until('it is heard', () => textsOf(started.events).includes('hello'))
    expect(started.downs).toEqual([])
  })

  it('F36: are found half-open within the silence, and what was sent into them is heard after all', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room, open } = place
    await using started = startApp(slack, installed, { timing: { socketSilence: 3_000 } })
    await open(2)
    // Nothing is said: only pongs show that it can still be heard.
    await realClock.sleep(1_500)
    const frozenAt = Date.now()
    for (const socket of slack.sockets(installed)) socket.freeze()
    slack.say(alice, room, 'into the void')
    await until('it is found', () => started.downs.length === 1, 3_000)
    expect(started.downs[0]?.final).toBe(false)
    await until('it is up again', () => started.ups.length === 2)
    const since = started.ups[1]?.getTime() ?? 0
    expect(since).toBeLessThanOrEqual(frozenAt + 50)
    expect(since).toBeGreaterThan(frozenAt - 1_200)
    await clock.advance(3_000)
    await until('it is heard', async () => {
      await clock.advance(3_000)
      return textsOf(started.events).includes('into the void')
    })
  })

  it('F36: come back after an outage of Slack, trying with waits that grow to the cap and never above it', async () => {
    await using place = await workspace()
    const { slack, installed, alice, room, open } = place
    const { waits, sleep } = hurried()
    await using started = startApp(slack, installed, {
      sleep,
      random: () => 0.999999,
      timing: { retryBase: 500, retryCap: 30_000 },
    })
    await open(2)
    waits.length = 0
    slack.faults.down({ replay: false })
    await until('it has tried for long', () => waits.length > 60)
    expect(started.downs).toEqual([{ reason: 'The last socket was closed.', final: false }])
    slack.faults.up()
    await until('it is up again', () => started.ups.length === 2)
    await open(2)
    expect(Math.max(...waits)).toBe(30_000)
    expect(waits.filter((ms) => ms === 30_000).length).toBeGreaterThan(30)
    slack.say(alice, room, 'back')
    await until('it is heard', () => textsOf(started.events).includes('back'))
  })

  it('F36: wait for a name that cannot be resolved, without an end', async () => {
    await using place = await workspace()
    const { waits, sleep } = hurried()
    await using started = startApp(place.slack, place.installed, { sleep, apiUrl: 'http://slack.invalid/api/' })
    await until('it has tried ten times', () => waits.length > 10)
    expect(started.downs).toHaveLength(1)
    expect(started.downs[0]).toMatchObject({ final: false })
  })

  it('wait as long as Slack says when too many are opened', async () => {
    await using place = await workspace()
    const { slack, installed, open } = place
    const { waits, sleep } = hurried()
    slack.faults.rateLimit('apps.connections.open', 45)
    await using started = startApp(slack, installed, { sleep })
    await open(2)
    expect(waits).toContain(45_000)
    expect(started.app.up).toBe(true)
  })

  it('raise an alarm when somebody else uses the same app', async () => {
    await using place = await workspace()
    const { slack, installed, open } = place
    await using first = startApp(slack, installed)
    await open(2)
    await until('the first sees nobody else', () => first.gauges.get('breakroom_slack_sockets others') === 0)
    await using second = startApp(slack, installed)
    await open(4)
    await until('the second sees the first', () => second.gauges.get('breakroom_slack_sockets others') === 2)
    await until('it knows its own', () => second.gauges.get('breakroom_slack_sockets ours') === 2)
    expect(second.logged.filter((line) => line.startsWith('Somebody else uses this app'))).toHaveLength(1)
  })

  it('leave nothing behind in the process', async () => {
    await using place = await workspace()
    const { clock, slack, installed, open } = place
    const started = startApp(slack, installed)
    await open(2)
    for (const socket of slack.sockets(installed)) socket.disconnect('refresh_requested')
    await open(4)
    await clock.advance(10_000)
    await open(2)
    slack.sockets(installed)[0]?.freeze()
    await started.app.stop()
    for (const name of ['ping', 'pong']) expect(channel(`undici:websocket:${name}`).hasSubscribers).toBe(false)
  })

  it('can be stopped at any moment of being opened', async () => {
    await using place = await workspace()
    const { slack, installed } = place
    for (let ms = 0; ms < 40; ms += 2) {
      const started = startApp(slack, installed)
      await realClock.sleep(ms)
      await started.app.stop()
    }
    await until('no socket is left', () => slack.sockets(installed).length === 0)
    for (const name of ['ping', 'pong']) expect(channel(`undici:websocket:${name}`).hasSubscribers).toBe(false)
  })
})

describe('a token that is no good', () => {
  it('takes down its own app only, is tried rarely, and comes back when it is good again', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room, open } = place
    const cto = slack.app({ name: 'cto' })
    slack.join(cto, room)
    const { waits, sleep } = hurried()
    await using house = startApp(slack, installed)
    await using role = startApp(slack, cto, { sleep, timing: { retryBase: 500, retryCap: 30_000 } })
    await open(2)
    await until('the role is up', () => role.app.up && slack.sockets(cto).length === 2)
    waits.length = 0
    slack.faults.revoke(cto)
    await clock.advance(0)
    await until('it is down for good', () => role.downs.some(({ final }) => final))
    expect(role.app.up).toBe(false)
    await until('it was tried again', () => waits.filter((ms) => ms === 30_000).length > 5)
    expect(role.downs.filter(({ final }) => final)).toHaveLength(1)
    slack.say(alice, room, 'hello')
    await until('the house hears', () => textsOf(house.events).includes('hello'))
    expect(house.downs).toEqual([])
    slack.faults.restore(cto)
    await until('the role is back', () => role.app.up)
    expect(role.ups).toHaveLength(2)
    expect(role.ups[1]).toBeInstanceOf(Date)
  })

  it('is final from the start when it was never good, or belongs to another workspace', async () => {
    await using place = await workspace()
    const { slack, installed } = place
    const strange = slack.app({ name: 'strange', teamId: 'T999' })
    await using wrong = startApp(slack, strange)
    await using dead = startApp(slack, installed, { botToken: ['xoxb', 'nobody'].join('-') })
    await until('both are told', () => wrong.downs.length === 1 && dead.downs.length === 1)
    expect(wrong.downs[0]).toEqual({
      reason: `The token belongs to the workspace T999, not to ${slack.team.id}.`,
      final: true,
    })
    expect(dead.downs[0]).toEqual({
      reason: 'Slack no longer takes the token for auth.test: invalid_auth.',
      final: true,
    })
    expect(slack.calls.filter(({ method }) => method === 'apps.connections.open')).toEqual([])
  })

  it('F36: waits for Slack at the start, however it fails, and learns who it is when it answers', async () => {
    await using place = await workspace()
    const { slack, installed, open } = place
    slack.faults.serverError('auth.test', 2)
    slack.faults.loseAnswer('auth.test', 2)
    slack.faults.error('auth.test', 'internal_error', 2)
    slack.faults.serverError('bots.info', 1)
    slack.faults.serverError('apps.connections.open', 2)
    await using started = startApp(slack, installed, { sleep: hurried().sleep })
    await open(2)
    expect(started.app.identity?.app).toBe(installed.appId)
    expect(started.ups).toEqual([null])
    expect(started.downs).toHaveLength(1)
  })
})
