import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { followStops } from '../../adapters/process/follow-stops.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { type AskingPatience, createKnowledgeBot } from '../../bots/knowledge/knowledge-bot.ts'
import { takeSeat } from '../../bots/seat.ts'
import type { ChatEnvelope, ChatLine } from '../../core/envelope.ts'
import { type InboxEnvelope, inboxEnvelope } from '../../core/handover.ts'
import { knowledgeRequestSchema } from '../../core/knowledge/request.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Bus } from '../../ports/bus.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { recordOf } from '../support/desk.ts'
import {
  anyAnswer,
  anyAnswerText,
  type KnowledgeDouble,
  knowledgeDouble,
  refusedByDouble,
} from '../support/knowledge-double.ts'
import { personLine, privately, roleLine } from '../support/lines.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

const subjects = orgSubjects('breakroom')
const card = { name: 'knowledge', mission: 'Answers from what we have written down.', reportsTo: 'cto' }
const hasty: AskingPatience = { withinMs: 250, stillAfterMs: 400, giveUpAfterMs: 60_000 }

let nats: NatsServer
let router: Bus
let leave: (() => Promise<void>)[]

beforeEach(async () => {
  nats = await startProvisionedNats({ roles: ['ceo', 'cto', 'knowledge'] })
  router = nats.as({ kind: 'router' }).bus
  leave = []
})
afterEach(async () => {
  await Promise.all(leave.map((end) => end()))
  await nats[Symbol.asyncDispose]()
})

type Handle = (item: InboxEnvelope, shift: AbortSignal) => Promise<void>

interface Sitting {
  patience?: AskingPatience
  wrap?: (handle: Handle) => Handle
  now?: () => Date
}

/** The seat as a process of its own would run it. */
async function sit({
  patience = hasty,
  wrap = (handle) => handle,
  now = systemClock.now,
}: Sitting = {}): Promise<void> {
  const { bus } = nats.as({ kind: 'role', role: 'knowledge' })
  const ending = new AbortController()
  const { signal } = ending
  const stops = await followStops(nats.as({ kind: 'bots' }).keyed('control'), signal)
  const clock = { ...systemClock, now }
  const withButtons = new Set(['slack'])
  const parts = { name: 'knowledge', bus, subjects, clock, log: quietLog, metrics: quietMetrics }
  const handle = wrap(createKnowledgeBot({ ...parts, card, withButtons, links: [], patience }))
  const sitting = takeSeat({ ...parts, stops, handle, epoch: 1, signal })
  leave.push(async () => {
    ending.abort()
    await sitting
  })
}

async function serve(reply?: KnowledgeDouble['reply']): Promise<KnowledgeDouble> {
  const double = await knowledgeDouble(nats, reply)
  leave.push(() => double.kill())
  return double
}

/** Hands a line over as the router would. */
async function hand(
  line: ChatEnvelope,
  changes: Partial<Pick<InboxEnvelope, 'authority' | 'time'>> & { tier?: ChatLine['tier'] } = {},
) {
  const { tier = line.data.tier, authority = { requester: line.actor, chain: [] }, ...more } = changes
  const body = line.data.text.replace(/^knowledge: ?/, '')
  const kind = line.room.visibility === 'private' ? 'dm' : 'mention'
  const handover = { to: 'knowledge', kind, body, authority, tier, trigger: line.id, hops: line.hops } as const
  await router.publish(subjects.inbox('knowledge'), { ...inboxEnvelope(line, handover, kind, 'test'), ...more })
}

function says(id: string, text: string, more: Partial<ChatLine> & { actor?: string } = {}): ChatEnvelope {
  return personLine(id, text, { at: new Date(), ...more })
}

const said = (record: 'events' | 'private' = 'events') => recordOf(nats, record)
const texts = async (record?: 'events' | 'private') => (await said(record)).map(({ data }) => data.text)
const untilSaid = (count: number, record?: 'events' | 'private') =>
  until(`${count} lines are said`, async () => (await said(record)).length >= count, 15_000)

const question = 'knowledge: how long do refunds take?'

describe('a question', () => {
  it('U19: is answered once, where it was asked, with what its reader may press', async () => {
    const proxy = await serve()
    await sit()
    await hand(says('1', question))
    await untilSaid(1)
    const [line] = await said()
    expect(line).toMatchObject({
      id: 'answer:1>knowledge',
      actor: 'knowledge',
      data: { in_reply_to: '1', notice: true },
    })
    expect(line?.data.text).toBe(`alice: ${anyAnswerText}`)
    expect(line?.data.actions?.map(({ command }) => command)).toEqual(['helped q-17', 'wrong q-17', 'human q-17'])
    expect(proxy.asked).toMatchObject([
      { verb: 'ask', caller: 'knowledge', request: { args: { question: 'how long do refunds take?' } } },
    ])
  })

  it('is asked for whoever wrote it, from where the answer is read', async () => {
    const proxy = await serve()
    await sit()
    const inRoom = says('1', question)
    const thread = { network: 'local', id: 'T1' }
    const aside = { room: 'ops', visibility: 'public' } as const
    const founder = { actor: 'human-founder', tier: 'founder' } as const
    await hand(inRoom)
    await hand(says('2', question, { thread, actor: 'human-bob' }))
    await hand(privately(says('3', question, founder), 'knowledge'))
    await hand(privately(says('4', question, { thread }), 'knowledge'))
    await hand(privately(says('5', question, { aside, thread }), 'breakroom'))
    await until('all are asked', () => proxy.asked.length === 5)
    for (const { request } of proxy.asked) expect(knowledgeRequestSchema.safeParse(request).success).toBe(true)
    const [room, threaded, alone, aloneThreaded, asideOne] = proxy.asked.map(({ request }) => request)
    const breakroom = { name: 'breakroom', visibility: 'public' }
    expect(room).toMatchObject({
      id: '1>knowledge',
      trace: inRoom.trace,
      by: { actor: 'human-alice', tier: 'member', name: 'alice' },
      chain: [],
      place: { room: breakroom, alone: false, thread: false },
      conversation: 'human-alice breakroom',
    })
    expect(threaded).toMatchObject({
      place: { room: breakroom, alone: false, thread: true },
      conversation: threaded?.trace,
    })
    expect(alone).toMatchObject({
      by: { actor: 'human-founder', tier: 'founder' },
      place: { room: { name: 'dm-human-founder-knowledge', visibility: 'private' }, alone: true, thread: false },
      conversation: 'human-founder',
    })
    expect(aloneThreaded).toMatchObject({ place: { alone: true, thread: true }, conversation: aloneThreaded?.trace })
    // S22: what is asked aside is never what a question in the room follows.
    expect(asideOne).toMatchObject({ place: { room: { name: 'ops' }, alone: true }, conversation: 'human-alice' })
  })

  it('S22: asked alone is answered alone, without a name, and nothing of it is in the public record', async () => {
    await serve()
    await sit()
    await hand(privately(says('1', question), 'knowledge'))
    await untilSaid(1, 'private')
    expect(await texts('private')).toEqual([anyAnswerText])
    expect(await said()).toEqual([])
  })

  it('asked aside is answered for their eyes alone, and says how they give commands there', async () => {
    await serve(() => anyAnswer({ confidence: { probability: 0.2, band: 'low', why: 'little of it' } }))
    await sit()
    const aside = { room: 'breakroom', visibility: 'public' } as const
    await hand(privately(says('1', question, { aside }), 'breakroom'))
    await untilSaid(1, 'private')
    const [line] = await said('private')
    expect(line?.data.to).toMatchObject({ nick: 'alice', aside: 'breakroom' })
    expect(line?.data.text).toContain('LOW: little of it · to have a person asked: /br human q-17')
  })

  it('from where there are buttons is answered without the words for them', async () => {
    await serve(() => anyAnswer({ confidence: { probability: 0.2, band: 'low', why: 'little of it' } }))
    await sit()
    const origin = { network: 'slack', id: '1', nick: 'alice', account: 'U1' }
    await hand(says('1', question, { origin }))
    await untilSaid(1)
    expect((await texts())[0]).toContain('LOW: little of it · q-17')
  })

  it('in a thread is answered in it', async () => {
    await serve()
    await sit()
    const thread = { network: 'local', id: 'T1' }
    await hand(says('1', question, { thread }))
    await untilSaid(1)
    expect((await said())[0]?.data.thread).toEqual(thread)
  })

  it('of an agent is asked for the person behind it, and answered in one line without buttons', async () => {
    const proxy = await serve()
    await sit()
    const line = roleLine('1', 'cto', question, { at: new Date() })
    await hand(line, { authority: { requester: 'human-alice', chain: ['cto'] }, tier: 'member' })
    await untilSaid(1)
    const [reply] = await said()
    expect(reply?.data).toMatchObject({ notice: true })
    expect(reply?.data.text).toMatch(/^cto: "Refunds.* · HIGH: .* · from "Handbook › Refunds" \(2026-03-01\) · q-17$/)
    expect(reply?.data.actions).toBeUndefined()
    expect(proxy.asked[0]?.request).toMatchObject({ by: { actor: 'human-alice', name: 'alice' }, chain: ['cto'] })
  })

  it('that is refused gets the sentence', async () => {
    await serve(() => refusedByDouble('denied', 'Only a member may ask that (rule: tier).'))
    await sit()
    await hand(says('1', question))
    await untilSaid(1)
    expect(await texts()).toEqual(['alice: Only a member may ask that (rule: tier).'])
  })

  it('of 40,000 characters, of nonsense and of nothing gets an answer each', async () => {
    const unsure = { probability: 0.01, band: 'none', why: 'nothing here says it' } as const
    const proxy = await serve(() => anyAnswer({ text: '', sources: [], confidence: unsure }))
    await sit()
    await hand(says('1', `knowledge: ${'why '.repeat(10_000)}`))
    await hand(says('2', 'knowledge: asdf qwer ¿¿ \u202e\0'))
    await hand(says('3', 'knowledge:'))
    await hand(says('4', 'knowledge: who are you?'))
    await hand(says('5', 'knowledge: ping'))
    await untilSaid(5)
    const unknown = "alice: I don't know: nothing here says it · to have a person asked: !human q-17"
    const who =
      'alice: I am knowledge, reporting to cto. Answers from what we have written down. Ask me anything, or say !help ask.'
    expect(await texts()).toEqual([unknown, unknown, who, who, 'alice: pong'])
    expect(proxy.asked).toHaveLength(2)
  })

  it('S1: of somebody without the right to ask is not asked', async () => {
    const proxy = await serve()
    await sit()
    await hand(says('nobody', question), { tier: 'none' })
    await hand(says('alice', question))
    await untilSaid(1)
    expect((await said()).map(({ data }) => data.in_reply_to)).toEqual(['alice'])
    expect(proxy.asked).toHaveLength(1)
  })
})

describe('F12: while the proxy is away', () => {
  it('a question is held, whoever asked is told once, and gets one answer when it is back', async () => {
    await sit()
    await hand(says('1', question))
    await untilSaid(1)
    expect(await texts()).toEqual(['alice: still looking; the knowledge proxy is being restarted.'])
    await serve()
    await untilSaid(2)
    await hand(says('2', question))
    await untilSaid(3)
    expect(await texts()).toEqual([
      'alice: still looking; the knowledge proxy is being restarted.',
      `alice: ${anyAnswerText}`,
      `alice: ${anyAnswerText}`,
    ])
  })

  it('a question that it had in hand when it was killed is asked again as the same one', async () => {
    const dying = await serve(() => new Promise(() => {}))
    await sit()
    await hand(says('1', question))
    await until('it has the question', () => dying.asked.length > 0)
    await dying.kill()
    const next = await serve()
    await until('it is answered', async () => (await texts()).includes(`alice: ${anyAnswerText}`))
    expect(next.asked.map(({ request }) => request)).toEqual([dying.asked[0]?.request])
    expect((await texts()).filter((text) => text.includes('HIGH'))).toHaveLength(1)
  })

  it('an answer that takes long is waited for, and nobody is told that anything is wrong', async () => {
    const slow = Promise.withResolvers<void>()
    await serve(async () => {
      await slow.promise
      return anyAnswer()
    })
    await sit()
    await hand(says('1', question))
    await untilSaid(1)
    expect(await texts()).toEqual(['alice: still looking.'])
    slow.resolve()
    await untilSaid(2)
    expect((await texts())[1]).toBe(`alice: ${anyAnswerText}`)
  })

  it('a confidence is never made up: what the proxy answers and cannot be read is asked for again', async () => {
    let answers = 0
    await serve(() => (answers++ === 0 ? { id: 'q-17', text: 'Thirty days.' } : anyAnswer()))
    await sit({ patience: { ...hasty, stillAfterMs: 60_000 } })
    await hand(says('1', question))
    await untilSaid(1)
    expect(await texts()).toEqual([`alice: ${anyAnswerText}`])
  })

  it('a question is given up in the end, with a sentence, and the next one has its turn', async () => {
    await sit({ patience: { withinMs: 100, stillAfterMs: 60_000, giveUpAfterMs: 300 } })
    await hand(says('1', question))
    await untilSaid(1)
    await hand(says('2', 'knowledge: ping'))
    await untilSaid(2)
    expect(await texts()).toEqual([
      'alice: I gave up: the knowledge proxy has not answered for ten minutes. Ask again later.',
      'alice: pong',
    ])
  })

  it('the seat can be stopped at once, and answers after it was resumed', async () => {
    const control = nats.as({ kind: 'desk' }).keyed<Stop>('control')
    const proxy = await serve(() => new Promise(() => {}))
    await sit({ patience: { withinMs: 30_000, stillAfterMs: 60_000, giveUpAfterMs: 60_000 } })
    await hand(says('1', question))
    await until('it asks', () => proxy.asked.length === 1)
    const states: string[] = []
    router.listen(
      subjects.status('knowledge'),
      (data) => void states.push((data as { state: string }).state),
      new AbortController().signal,
    )
    await control.put('knowledge', { by: 'alice', at: new Date().toISOString() })
    proxy.reply = () => anyAnswer()
    await until('it stands still', () => states.at(-1) === 'stopped', 2_000)
    expect(await texts()).toEqual([])
    await control.delete('knowledge')
    await untilSaid(1)
    expect(await texts()).toEqual([`alice: ${anyAnswerText}`])
  })

  it('shutting down does not wait for it', async () => {
    const proxy = await serve(() => new Promise(() => {}))
    await sit({ patience: { withinMs: 30_000, stillAfterMs: 60_000, giveUpAfterMs: 60_000 } })
    await hand(says('1', question))
    await until('it asks', () => proxy.asked.length === 1)
    const begun = performance.now()
    await leave.pop()?.()
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})

describe('F12: exactly one answer', () => {
  it('when the seat dies after it and before the acknowledgement', async () => {
    const proxy = await serve()
    let died = false
    await sit({
      wrap: (handle) => async (item, shift) => {
        await handle(item, shift)
        if (died) return
        died = true
        throw new Error('killed right after the answer')
      },
    })
    await hand(says('1', question))
    await hand(says('2', question))
    await untilSaid(2)
    await until('the first one came again', () => proxy.asked.length === 3)
    await until('nothing is left', async () => (await said()).length === 2)
    expect((await said()).map(({ data }) => data.in_reply_to)).toEqual(['1', '2'])
    expect(proxy.asked.map(({ request }) => request.id)).toEqual(['1>knowledge', '1>knowledge', '2>knowledge'])
  })

  it('when the proxy answers a try that was given up, and the next one too', async () => {
    const first = Promise.withResolvers<void>()
    let tries = 0
    await serve(async () => {
      if (tries++ === 0) await first.promise
      else first.resolve()
      return anyAnswer()
    })
    await sit({ patience: { ...hasty, stillAfterMs: 60_000 } })
    await hand(says('1', question))
    await hand(says('2', question))
    await untilSaid(2)
    expect((await said()).map(({ data }) => data.in_reply_to)).toEqual(['1', '2'])
  })
})
