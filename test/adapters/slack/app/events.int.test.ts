import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../../../support/process.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'
import { startApp, textsOf } from './started-app.ts'

/** A workspace on a clock of its own, with alice and one app of ours in #breakroom. */
async function workspace() {
  const clock = createVirtualClock()
  const slack = await startFakeSlack({ clock })
  const installed = slack.app({ name: 'breakroom', commands: ['/br'] })
  const alice = slack.user('alice')
  const room = slack.channel({ name: 'breakroom', members: [installed, alice] })
  return { clock, slack, installed, alice, room, [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose]() }
}

describe('what Slack hands an app over its sockets', () => {
  it('knows who it is before anything comes in, and is up once', async () => {
    await using place = await workspace()
    const { slack, installed, alice, room } = place
    await using started = startApp(slack, installed)
    await until('two sockets are open', () => slack.sockets(installed).length === 2)
    expect(started.app.identity).toEqual({
      team: slack.team.id,
      user: installed.botUserId,
      bot: installed.botId,
      app: installed.appId,
    })
    expect(started.ups).toEqual([null])
    expect(started.app.up).toBe(true)
    slack.say(alice, room, 'hello')
    await until('it is heard', () => started.events.length > 0)
    expect(started.events[0]).toMatchObject({
      team_id: slack.team.id,
      api_app_id: installed.appId,
      event_id: expect.stringMatching(/^Ev/),
      event: { type: 'message', text: 'hello', user: alice.id },
      retry: 0,
    })
    expect(started.gauges.get('breakroom_slack_sockets others')).toBe(0)
  })

  it('F34: is acknowledged only when it was stored, and comes again until then, with its number', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room } = place
    let tries = 0
    await using started = startApp(slack, installed, {
      onEvent: () => (++tries < 3 ? Promise.reject(new Error('the disk is full')) : Promise.resolve()),
    })
    await until('it is up', () => started.app.up)
    slack.say(alice, room, 'hello')
    await until('the first try', () => tries === 1)
    await clock.advance(3_000)
    await until('the second try', () => tries === 2)
    await clock.advance(3_000)
    await clock.advance(60_000)
    await until('the third try', () => tries === 3)
    await turnsOfTheLoop()
    await clock.advance(400_000)
    await turnsOfTheLoop()
    expect(started.events.map(({ retry }) => retry)).toEqual([0, 1, 2])
    expect(new Set(started.events.map(({ event_id }) => event_id)).size).toBe(1)
    expect(started.logged.filter((line) => line.includes('the disk is full'))).toHaveLength(2)
  })

  it('F35: takes the retry of an event that it was slow to store, and both acknowledgements are harmless', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room } = place
    const stored = Promise.withResolvers<void>()
    await using started = startApp(slack, installed, { onEvent: () => stored.promise })
    await until('it is up', () => started.app.up)
    slack.say(alice, room, 'hello')
    await until('the first is there', () => started.events.length === 1)
    await clock.advance(3_500)
    await until('the retry is there', () => started.events.length === 2)
    stored.resolve()
    await turnsOfTheLoop()
    await clock.advance(400_000)
    await turnsOfTheLoop()
    expect(started.events.map(({ retry }) => retry)).toEqual([0, 1])
  })

  it('answers a command once, with what its handler gives, and lets Slack say no where the handler fails', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room } = place
    await using started = startApp(slack, installed, {
      async onInteraction({ body, ack }) {
        if (body.text === 'fail') throw new Error('no')
        await ack({ response_type: 'ephemeral', text: 'Got it.' })
        await ack({ text: 'And again.' })
      },
    })
    await until('it is up', () => started.app.up)
    expect(await slack.slash(alice, room, '/br', 'tasks')).toMatchObject({
      ok: true,
      payload: { response_type: 'ephemeral', text: 'Got it.' },
    })
    expect(started.interactions[0]?.body).toMatchObject({ command: '/br', text: 'tasks', user_id: alice.id })
    const failed = slack.slash(alice, room, '/br', 'fail')
    await until('it was tried', () => started.interactions.length === 2)
    await clock.advance(3_000)
    expect(await failed).toMatchObject({ ok: false, error: 'operation_timeout' })
  })

  it('counts what Slack drops above its limit, and goes on', async () => {
    await using place = await workspace()
    const { slack, installed, alice, room } = place
    await using started = startApp(slack, installed)
    await until('it is up', () => started.app.up)
    slack.faults.appRateLimited(installed)
    slack.say(alice, room, 'still there?')
    await until('the next event is heard', () => textsOf(started.events).includes('still there?'))
    expect(started.counts.get('breakroom_slack_limited_total events')).toBe(1)
    expect(started.logged.some((line) => line.startsWith('Slack drops events of this app'))).toBe(true)
  })

  it('stops by taking nothing more, finishing what is under way and closing', async () => {
    await using place = await workspace()
    const { clock, slack, installed, alice, room } = place
    const stored = Promise.withResolvers<void>()
    await using started = startApp(slack, installed, { onEvent: () => stored.promise, timing: { goodbye: 60_000 } })
    await until('two sockets are open', () => slack.sockets(installed).length === 2)
    slack.say(alice, room, 'before')
    await until('it is under way', () => started.events.length === 1)
    const stopped = started.app.stop()
    slack.say(alice, room, 'after')
    await turnsOfTheLoop()
    expect(slack.sockets(installed)).toHaveLength(2)
    stored.resolve()
    await stopped
    await until('the sockets are closed', () => slack.sockets(installed).length === 0)
    expect(textsOf(started.events)).toEqual(['before'])
    expect(started.downs).toEqual([])

    // What was not acknowledged comes to the next process, what was does not.
    await using next = startApp(slack, installed)
    await until('it is up', () => next.app.up)
    await clock.advance(3_000)
    await clock.advance(60_000)
    await until('it came again', () => next.events.length > 0)
    expect(textsOf(next.events)).toEqual(['after'])
  })

  it('does not wait for a handler longer than for a goodbye', async () => {
    await using place = await workspace()
    const { slack, installed, alice, room } = place
    await using started = startApp(slack, installed, { onEvent: () => new Promise(() => {}), timing: { goodbye: 50 } })
    await until('it is up', () => started.app.up)
    slack.say(alice, room, 'hello')
    await until('it is under way', () => started.events.length === 1)
    await started.app.stop()
    await until('the sockets are closed', () => slack.sockets(installed).length === 0)
  })
})

/** An acknowledgement over loopback takes some. */
async function turnsOfTheLoop() {
  for (let n = 0; n < 50; n++) await turn()
}
