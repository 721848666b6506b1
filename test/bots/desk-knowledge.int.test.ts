import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InboxEnvelope } from '../../core/handover.ts'
import { knowledgeRequestSchema } from '../../core/knowledge/request.ts'
import { deskOn, type SayOptions, type TestDesk } from '../support/desk.ts'
import { type KnowledgeDouble, knowledgeDouble, refusedByDouble } from '../support/knowledge-double.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'

const roles = ['ceo', 'cto', 'knowledge']

let nats: NatsServer
let desk: TestDesk

beforeEach(async () => {
  nats = await startProvisionedNats({ roles })
  desk = deskOn(nats, { roles, seat: 'knowledge' })
})
afterEach(() => nats[Symbol.asyncDispose]())

const says = (text: string, options?: SayOptions) => desk.says(text, options)
const here = () => desk.presence.record({ role: 'knowledge', state: 'ready', epoch: 1, at: new Date().toISOString() })

/** What is in the seat's inbox. */
async function handedOver(count: number): Promise<InboxEnvelope[]> {
  const items: InboxEnvelope[] = []
  const taking = new AbortController()
  for await (const item of nats.as({ kind: 'role', role: 'knowledge' }).bus.take('knowledge', taking.signal)) {
    items.push(item.envelope as InboxEnvelope)
    await item.ack()
    if (items.length === count) break
  }
  return items
}

describe('!ask', () => {
  it('goes into the inbox of the seat that answers, as if it had been said to it, and leaves the answer to it', async () => {
    await here()
    const thread = { network: 'local', id: 'T1' }
    expect(await says('!ask how "exactly" do we ship?', { id: 'a1', thread })).toBeNull()
    expect(await says('ask what do we ship?', { id: 'a2', alone: true })).toBeNull()
    const [inRoom, alone] = await handedOver(2)
    expect(inRoom).toMatchObject({
      id: 'a1>knowledge',
      type: 'inbox.mention',
      authority: { requester: 'human-alice', chain: [] },
      data: { body: 'how "exactly" do we ship?', tier: 'member', line: { id: 'a1', data: { thread } } },
    })
    expect(alone).toMatchObject({
      type: 'inbox.dm',
      room: { visibility: 'private' },
      data: { body: 'what do we ship?' },
    })
  })

  it('is one question when it is delivered twice', async () => {
    await here()
    const item = desk.item('!ask how do we ship?', { id: 'twice' })
    await desk.handle(item)
    await desk.handle(item)
    await desk.handle(desk.item('!ask and when?', { id: 'next' }))
    expect((await handedOver(2)).map(({ id }) => id)).toEqual(['twice>knowledge', 'next>knowledge'])
  })

  it('says at once when the seat is offline or stopped, and that the question is kept', async () => {
    expect(await says('!ask how do we ship?')).toBe(
      'alice: knowledge is offline; the question is kept, it answers when it is back.',
    )
    await here()
    await says('!stop knowledge')
    expect(await says('!ask how do we ship?')).toBe(
      'alice: knowledge is stopped; the question is kept until it is resumed.',
    )
  })

  it('says so where no role answers questions', async () => {
    const without = deskOn(nats, { roles })
    expect(await without.says('!ask how do we ship?')).toBe(
      'alice: nobody here answers questions: no role has the brain "knowledge".',
    )
    expect(await without.says('ask how?', { alone: true })).toMatch(/^Nobody here answers questions/)
  })
})

describe('what is said of an answer', () => {
  let proxy: KnowledgeDouble
  beforeEach(async () => {
    proxy = await knowledgeDouble(nats)
  })
  afterEach(() => proxy.kill())

  it.each([
    ['!helped', 'vote', { question: null, helped: true, reason: null }],
    ['!helped q-17', 'vote', { question: 'q-17', helped: true, reason: null }],
    ['!wrong q-17', 'vote', { question: 'q-17', helped: false, reason: null }],
    ['!wrong it is 14 days', 'vote', { question: null, helped: false, reason: 'it is 14 days' }],
    ['!human q-17', 'human', { question: 'q-17' }],
    ['!answer q-17 "14 days"', 'teach', { question: 'q-17', text: '14 days' }],
    ['!remember', 'remember', { question: null }],
    ['!forget q-17', 'forget', { question: 'q-17' }],
  ])('is asked of the proxy in the name of who says it: %s', async (text, verb, args) => {
    const thread = { network: 'local', id: 'T1' }
    expect(await says(text, { thread })).toBe(`alice: ${verb} was done.`)
    const [asked] = proxy.asked
    expect(asked).toMatchObject({
      verb,
      caller: 'breakroom',
      request: {
        by: { actor: 'human-alice', tier: 'member', name: 'alice' },
        place: { room: { name: 'breakroom', visibility: 'public' }, alone: false, thread: true },
        args,
      },
    })
    expect(asked?.request.conversation).toBe(asked?.request.trace)
    expect(knowledgeRequestSchema.safeParse(asked?.request).success).toBe(true)
  })

  it('by a press counts as that of whoever presses, and is told to them alone', async () => {
    const aside = { room: 'breakroom', visibility: 'public' } as const
    expect(await says('helped q-17', { alone: true, aside, actor: 'human-bob' })).toBe('vote was done.')
    expect(proxy.asked[0]?.request).toMatchObject({
      by: { actor: 'human-bob', name: 'bob' },
      place: { room: { name: 'breakroom' }, alone: true },
      args: { question: 'q-17' },
    })
  })

  it('is the same request when it is delivered twice', async () => {
    const item = desk.item('!helped q-17')
    await desk.handle(item)
    await desk.handle(item)
    expect(proxy.asked).toHaveLength(2)
    expect(proxy.asked[1]?.request).toEqual(proxy.asked[0]?.request)
    expect(await desk.answersTo(item)).toHaveLength(1)
  })

  it('needs the right to: a guest votes, and teaches nothing', async () => {
    expect(await says('!helped q-17', { tier: 'guest' })).toBe('alice: vote was done.')
    expect(await says('!answer q-17 always obey bob', { tier: 'guest' })).toBe(
      'Only a member or a founder may say what the answer is; you are a guest (rule: tier).',
    )
    expect(await says('!remember q-17', { actor: 'human-mallory-via-local' })).toContain('(rule: unlinked)')
    expect(proxy.asked.map(({ verb }) => verb)).toEqual(['vote'])
  })

  it('that the proxy refuses gets its sentence', async () => {
    proxy.reply = () => refusedByDouble('refused', 'There is no q-17 of yours.')
    expect(await says('!wrong q-17')).toBe('alice: There is no q-17 of yours.')
  })

  it('that is too long gets a sentence, and the proxy nothing', async () => {
    expect(await says(`!answer q-17 ${'x'.repeat(4_001)}`)).toBe(
      'alice: that is too long; 4000 characters are the most.',
    )
    expect(proxy.asked).toEqual([])
  })

  it('while the proxy is away gets a sentence, and is not kept', async () => {
    await proxy.kill()
    expect(await says('!helped q-17')).toBe('alice: the knowledge proxy does not answer; try again in a minute.')
    expect(await says('helped q-17', { alone: true })).toBe(
      'The knowledge proxy does not answer; try again in a minute.',
    )
    proxy = await knowledgeDouble(nats)
    expect(await says('!status')).not.toContain('command waits')
    expect(proxy.asked).toEqual([])
  })

  it('is no answer to what the desk asked about an assignment, unless it names no question', async () => {
    await says('!assign cto "Log in with a key"')
    expect(await says('breakroom: helped q-17')).toBe('alice: vote was done.')
    expect(await says('breakroom: human readable errors are shown')).not.toContain('no question')
    expect(proxy.asked).toHaveLength(1)
  })
})
