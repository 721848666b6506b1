import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { until } from '../../../support/process.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { startApp } from './started-app.ts'

it('F36: an address that got nothing for longer than Slack repeats anything was out of reach: what was said then is read back', async () => {
  await using slack = await startFakeSlack()
  const installed = slack.app({ name: 'breakroom', mode: { requestUrl: 'http://127.0.0.1:9/slack' } })
  await using started = startApp(slack, installed, { mode: 'http', timing: { requestSilence: 200 } })
  await until('it is up', () => started.app.up)
  const hears = () => {
    const body = Buffer.from(JSON.stringify({ type: 'event_callback', event: { type: 'message', text: 'x' } }))
    const timestamp = `${Math.floor(Date.now() / 1000)}`
    const signature = `v0=${createHmac('sha256', installed.signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex')}`
    return started.app.receive({
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
      body,
    })
  }

  expect(await hears()).toMatchObject({ status: 200 })
  expect(await hears()).toMatchObject({ status: 200 })
  expect(started.ups).toEqual([null])
  const last = Date.now()
  await pause(400)
  expect(await hears()).toMatchObject({ status: 200 })

  expect(started.ups).toHaveLength(2)
  expect(started.ups[1]?.getTime()).toBeLessThanOrEqual(last)
  expect(started.app.up).toBe(true)
})
