import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskOn, recordOf, type TestDesk } from '../support/desk.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'

let nats: NatsServer
let desk: TestDesk

beforeEach(async () => {
  nats = await startProvisionedNats()
  desk = deskOn(nats, { rooms: ['breakroom', 'ops'] })
})
afterEach(() => nats[Symbol.asyncDispose]())

const spoken = async () => (await recordOf(nats, 'events')).map(({ room, data }) => [room?.name, data.text])

describe('"say" without a room', () => {
  it('is said in the room that its speaker stands in, when it was asked for aside', async () => {
    const aside = { room: 'ops', visibility: 'public' } as const
    expect(await desk.says('!say we deploy now', { alone: true, aside })).toBe('Said in #ops.')
    expect(await spoken()).toEqual([['ops', 'alice says: we deploy now']])
  })

  it('is no answer to a message where it was asked for aside: nobody there can see one', async () => {
    const aside = { room: 'ops', visibility: 'public' } as const
    await desk.says('!say we deploy now', { alone: true, aside })
    expect((await recordOf(nats, 'events'))[0]?.data.in_reply_to).toBeUndefined()
  })

  it('tells nothing of a private room elsewhere, said in it or aside', async () => {
    const aside = { room: 'board', visibility: 'private' } as const
    const refusal =
      '#board is private, and I say nothing there. To have it said elsewhere, name the room: !say #breakroom ...'
    expect(await desk.says('!say we sell it', { alone: true, aside })).toBe(refusal)

    const item = desk.item('!say we sell it')
    const said = { ...item, room: { name: 'board', visibility: 'private' as const } }
    await desk.handle(said)
    expect(await desk.answerTo(said)).toBe(refusal)
    expect(await spoken()).toEqual([])
  })

  it('is said in the first room when its speaker is in none', async () => {
    expect(await desk.says('!say hello', { alone: true })).toBe('Said in #breakroom.')
    expect(await spoken()).toEqual([['breakroom', 'alice says: hello']])
  })
})

it('S22: what was begun aside in one room is not gone on with in another', async () => {
  const inOps = { room: 'ops', visibility: 'private' } as const
  const elsewhere = { room: 'breakroom', visibility: 'public' } as const
  expect(await desk.says('!assign cto "Sell the company"', { alone: true, aside: inOps })).toMatch(
    /What must be true when "Sell/,
  )
  const answer = await desk.says('!assign accept: it is sold', { alone: true, aside: elsewhere })
  expect(answer).not.toContain('Sell the company')
})
