import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Envelope } from '../../core/envelope.ts'
import { deskOn, recordOf, type TestDesk } from '../support/desk.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'

let nats: NatsServer
let desk: TestDesk

beforeEach(async () => {
  nats = await startProvisionedNats()
  desk = deskOn(nats)
})
afterEach(() => nats[Symbol.asyncDispose]())

const rule = 'Branches are named after their task.'

/** What stands on the public record and is no line. */
const kept = async () =>
  ((await recordOf(nats, 'events')) as Envelope[])
    .filter(({ type }) => !type.startsWith('chat.'))
    .map(({ type, actor, data }) => ({ type, actor, ...data }))

describe('!decide and !pattern', () => {
  it('put what people decided, and what has proved itself, on the record in their name', async () => {
    expect(await desk.says(`!decide ${rule}`)).toBe('Kept as a decision, in the name of alice.')
    expect(await desk.says('!pattern Small pull requests are reviewed sooner.')).toBe(
      'Kept as a pattern, in the name of alice.',
    )
    expect(await kept()).toEqual([
      { type: 'decision.made', actor: 'breakroom', text: rule, by: 'human-alice', name: 'alice' },
      {
        type: 'memory.pattern',
        actor: 'breakroom',
        text: 'Small pull requests are reviewed sooner.',
        by: 'human-alice',
        name: 'alice',
      },
    ])
  })

  it('are one decision, however often the same line is handed over', async () => {
    const item = desk.item(`!decide ${rule}`)
    await desk.handle(item)
    await desk.handle(item)
    expect(await kept()).toHaveLength(1)
  })

  it('keep nothing that is said in private, and say so', async () => {
    expect(await desk.says(`decide ${rule}`, { alone: true })).toMatch(/^What is kept is for everybody/)
    expect(await kept()).toEqual([])
  })

  it('are for people whom the house knows, and for no agent', async () => {
    expect(await desk.says(`!decide ${rule}`, { tier: 'guest' })).toContain('(rule: tier)')
    expect(await desk.says(`!decide ${rule}`, { actor: 'cto', tier: 'founder' })).toContain('(rule: agent-alone)')
    expect(await desk.says(`!decide ${rule}`, { actor: 'human-alice-via-irc' })).toContain('(rule: ')
    expect(await kept()).toEqual([])
  })

  it('say how they are used when nothing is said', async () => {
    expect(await desk.says('!decide')).toBe('Use it like this: !decide <text>.')
    for (const nothing of ['""', '"  "', '"\u200b"']) {
      expect(await desk.says(`!pattern ${nothing}`), nothing).toBe('There is nothing in it to keep.')
    }
    expect(await kept()).toEqual([])
  })
})
