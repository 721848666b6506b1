import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { slackTiming } from '../../../../adapters/slack/options.ts'
import { createSlackWeb } from '../../../../adapters/slack/web/create.ts'
import { freePort, until } from '../../../support/process.ts'
import { quietMetrics } from '../../../support/quiet.ts'
import { type FakeSlack, startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { createVirtualClock, realClock, type SleepingClock } from '../../../support/virtual-clock.ts'

function webOf(
  slack: FakeSlack,
  token: string,
  { apiUrl = slack.url, clock = realClock as SleepingClock, call = 10_000 } = {},
) {
  const logged: string[] = []
  const write = (fields: Record<string, unknown>, message: string) =>
    logged.push(`${message} ${JSON.stringify(fields)}`)
  const web = createSlackWeb({
    app: 'breakroom',
    token,
    apiUrl,
    clock,
    sleep: clock.sleep,
    log: { info: write, warn: write, error: write },
    metrics: quietMetrics,
    timing: slackTiming({ call }),
  })
  return { web, logged }
}

describe("Slack's Web API", () => {
  it('answers with what Slack answers, and refuses in its words', async () => {
    await using slack = await startFakeSlack()
    const app = slack.app({ name: 'breakroom' })
    const { web } = webOf(slack, app.botToken)
    expect(await web.call('auth.test')).toMatchObject({ ok: true, user_id: app.botUserId, team_id: slack.team.id })
    await expect(web.call('chat.postMessage', { channel: 'C404', text: 'hello' })).rejects.toMatchObject({
      code: 'refused',
      detail: { error: 'channel_not_found' },
    })
    slack.faults.revoke(app)
    await expect(web.call('auth.test')).rejects.toMatchObject({ code: 'denied', detail: { error: 'token_revoked' } })
  })

  it('F39: says that a post may be done when its answer was lost, and does not repeat it', async () => {
    await using slack = await startFakeSlack()
    const app = slack.app({ name: 'breakroom' })
    const room = slack.channel({ name: 'breakroom', members: [app] })
    const { web } = webOf(slack, app.botToken)
    slack.faults.loseAnswer('chat.postMessage')
    await expect(web.call('chat.postMessage', { channel: room.id, text: 'once' })).rejects.toMatchObject({
      code: 'unavailable',
      detail: { maybeDone: true },
    })
    slack.faults.serverError('chat.postMessage')
    await expect(web.call('chat.postMessage', { channel: room.id, text: 'twice' })).rejects.toMatchObject({
      code: 'unavailable',
      detail: { maybeDone: true },
    })
    expect(slack.messages(room).filter(({ text }) => text === 'once')).toHaveLength(1)
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(2)
  })

  it('F39: gives a call up after its time, as one that may be done', async () => {
    await using slack = await startFakeSlack()
    const app = slack.app({ name: 'breakroom' })
    const { web } = webOf(slack, app.botToken, { call: 100 })
    slack.faults.slow('auth.test', 5_000)
    await expect(web.call('auth.test')).rejects.toMatchObject({ code: 'unavailable', detail: { maybeDone: true } })
  })

  it('F39: knows that nothing was done where nobody listens', async () => {
    await using slack = await startFakeSlack()
    const apiUrl = `http://127.0.0.1:${await freePort()}/api/`
    const { web } = webOf(slack, slack.app({ name: 'breakroom' }).botToken, { apiUrl })
    await expect(web.call('chat.postMessage', { channel: 'C1', text: 'x' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
      detail: { maybeDone: false },
    })
  })

  it('F38: waits out a 429 of one channel while others are posted to', async () => {
    const clock = createVirtualClock()
    await using slack = await startFakeSlack({ clock })
    const app = slack.app({ name: 'breakroom' })
    const slow = slack.channel({ name: 'slow', members: [app] })
    const quick = slack.channel({ name: 'quick', members: [app] })
    const { web } = webOf(slack, app.botToken, { clock })
    slack.faults.rateLimit('chat.postMessage', 30, 1, slow)
    const post = (channel: string, text: string) => web.call('chat.postMessage', { channel, text }, { channel })
    const late = [post(slow.id, 'first'), post(slow.id, 'second')]
    await post(quick.id, 'at once')
    expect(clock.monotonic()).toBe(0)
    await untilCalled(slack, 2)
    await clock.advance(29_000)
    expect(slack.calls).toHaveLength(2)
    await clock.advance(1_000)
    await Promise.all(late)
    expect(slack.calls.map(({ args, answer }) => `${String(args.text)} ${answer}`).slice(2)).toEqual([
      'first ok',
      'second ok',
    ])
  })

  it('F37: reads sixty pages without one 429', async () => {
    const clock = createVirtualClock()
    await using slack = await startFakeSlack({ clock })
    const app = slack.app({ name: 'breakroom' })
    const room = slack.channel({ name: 'breakroom', members: [app] })
    const { web } = webOf(slack, app.botToken, { clock })
    const pages = Promise.all(
      Array.from({ length: 60 }, () => web.call('conversations.history', { channel: room.id }, { channel: room.id })),
    )
    await untilCalled(slack, 50)
    await untilAsleep(clock)
    await clock.advance(60_000)
    await pages
    expect(new Set(slack.calls.map(({ answer }) => answer))).toEqual(new Set(['ok']))
  })

  it('tells nobody the token, not even when it is one that no request can carry', async () => {
    await using slack = await startFakeSlack()
    const token = ['xoxb', '1-secret\n2'].join('-')
    const { web, logged } = webOf(slack, token)
    const error: unknown = await web.call('auth.test').catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'unavailable' })
    expect(`${inspect(error, { depth: 10 })} ${logged.join()}`).not.toContain('secret')
  })
})

async function untilCalled(slack: FakeSlack, count: number) {
  await until(`${count} calls were made`, () => slack.calls.length >= count)
}

async function untilAsleep(clock: { pending: number }) {
  await until('somebody waits for the limit', () => clock.pending > 0)
}
