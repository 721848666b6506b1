import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import { createSlackDoor } from '../../gateway/slack-door.ts'

const taken = { status: 200, type: 'text/plain', body: '' }

/** The door before a bridge that answers so; `forwarded` is what it was handed. */
function doorTo(answer: () => Promise<unknown>) {
  const forwarded: unknown[] = []
  const bus = {
    request(_subject: string, data: unknown) {
      forwarded.push(data)
      return answer()
    },
  }
  return { door: createSlackDoor({ bus, subjects: orgSubjects('acme') }), forwarded }
}

function request(body: string | Uint8Array = '{}', more: { url?: string; method?: string } = {}) {
  const headers = { 'content-type': 'application/json', cookie: 'a=b', 'x-slack-signature': 'v0=1' }
  const whole = { url: '/slack/acme/breakroom', method: 'POST', headers, ...more }
  return Object.assign(Readable.from([Buffer.from(body)]), whole)
}

test('the bridge gets the bytes as they came, with the headers that it reads and no others', async () => {
  const { door, forwarded } = doorTo(async () => taken)
  const body = Uint8Array.of(0, 255, 10)
  expect(await door(request(body))).toEqual(taken)
  expect(forwarded).toEqual([
    {
      platform: 'acme',
      app: 'breakroom',
      headers: { 'content-type': 'application/json', 'x-slack-signature': 'v0=1' },
      body: Buffer.from(body).toString('base64'),
    },
  ])
})

test.each([
  '/',
  '/healthz',
  '/slack/acme',
  '/slack/acme/breakroom/more',
  '/slack/ACME/breakroom',
  '/slack/../breakroom',
])('an address that is no app is somebody else’s: %s', async (url) => {
  const { door, forwarded } = doorTo(async () => taken)
  expect(await door(request('{}', { url }))).toBeNull()
  expect(forwarded).toEqual([])
})

test('S11: what is no POST, or larger than anything of Slack, never reaches the bus', async () => {
  const { door, forwarded } = doorTo(async () => taken)
  expect((await door(request('{}', { method: 'GET' })))?.status).toBe(405)
  expect((await door(request('x'.repeat(512 * 1024 + 1))))?.status).toBe(413)
  expect(forwarded).toEqual([])
})

test('S11: strangers keep no more than 64 requests on the bus, and the place is free again afterwards', async () => {
  const bridge = Promise.withResolvers<unknown>()
  const { door, forwarded } = doorTo(() => bridge.promise)
  const answers = Array.from({ length: 65 }, () => door(request()))
  expect(await Promise.race(answers)).toMatchObject({ status: 503 })
  bridge.resolve(taken)
  expect((await Promise.all(answers)).filter((answer) => answer?.status === 200)).toHaveLength(64)
  expect(await door(request())).toEqual(taken)
  expect(forwarded).toHaveLength(65)
})

test.each<[string, () => Promise<unknown>]>([
  ['nobody answers', () => Promise.reject(new Error('timeout'))],
  ['the answer is none', async () => ({ status: 7 })],
])('Slack is to bring it again when %s', async (_what, answer) => {
  expect((await doorTo(answer).door(request()))?.status).toBe(503)
})
