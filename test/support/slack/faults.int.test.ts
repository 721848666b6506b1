import { WebClient } from '@slack/web-api'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import { until } from '../process.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { startFakeSlack } from './fake-slack.ts'

async function house() {
  const clock = createVirtualClock()
  const slack = await startFakeSlack({ clock })
  const hub = slack.app({ name: 'breakroom' })
  const room = slack.channel({ name: 'general', members: [hub] })
  const other = slack.channel({ name: 'other', members: [hub] })
  const web = new WebClient(hub.botToken, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  })
  const post = (text: string, channel = room) => web.chat.postMessage({ channel: channel.id, text })
  const texts = () => slack.messages(room).map(({ text }) => text)
  return { clock, slack, hub, room, other, web, post, texts }
}

test('F38: a channel takes three posts at once and then one a second, each channel for itself', async () => {
  const { clock, slack, other, post, texts } = await house()
  await using _ = slack
  for (const text of ['a', 'b', 'c']) await post(text)
  await expect(post('d')).rejects.toMatchObject({ retryAfter: 1 })
  await post('elsewhere', other)
  await clock.advance(1_000)
  await post('e')
  await expect(post('f')).rejects.toMatchObject({ retryAfter: 1 })
  expect(texts()).toEqual(['a', 'b', 'c', 'e'])
})

test('a Tier 2 method takes twenty calls in a minute', async () => {
  const { clock, slack, web } = await house()
  await using _ = slack
  for (let call = 0; call < 20; call++) await web.users.list({})
  await expect(web.users.list({})).rejects.toMatchObject({ retryAfter: 60 })
  await web.conversations.list({})
  await clock.advance(60_000)
  await web.users.list({})
})

test('a 429 comes when ordered, for one channel only', async () => {
  const { slack, room, other, post } = await house()
  await using _ = slack
  slack.faults.rateLimit('chat.postMessage', 30, 1, room)
  await post('elsewhere', other)
  await expect(post('here')).rejects.toMatchObject({ retryAfter: 30 })
  await post('again')
})

test('F39: a lost answer is a message that is there and a caller that does not know', async () => {
  const { slack, post, texts } = await house()
  await using _ = slack
  slack.faults.loseAnswer('chat.postMessage')
  await expect(post('lost')).rejects.toThrow()
  slack.faults.refuse('chat.postMessage')
  await expect(post('refused')).rejects.toThrow()
  slack.faults.serverError('chat.postMessage')
  await expect(post('broken')).rejects.toMatchObject({ statusCode: 500 })
  slack.faults.error('chat.postMessage', 'internal_error')
  await expect(post('failed')).rejects.toMatchObject({ data: { error: 'internal_error' } })
  await post('well')
  expect(texts()).toEqual(['lost', 'well'])
  expect(slack.calls.map(({ answer }) => answer)).toEqual(['lost', 'refused', '500', 'internal_error', 'ok'])
})

test('a slow answer comes after its time, the work is done before', async () => {
  const { clock, slack, post, texts } = await house()
  await using _ = slack
  slack.faults.slow('chat.postMessage', 10_000)
  let answered = false
  const posted = post('slow').then(() => {
    answered = true
  })
  await until('it is there', () => texts().length === 1)
  await clock.advance(9_000)
  expect(answered).toBe(false)
  await clock.advance(1_000)
  await posted
})
