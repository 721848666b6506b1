import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import type { BusUser } from '../../adapters/nats/permissions.ts'
import type { KnowledgeRequest, KnowledgeVerb } from '../../core/knowledge/request.ts'
import { knowledgeArguments } from '../../core/knowledge/request.ts'
import { roleLimit } from '../../core/role-limit.ts'
import { orgSubjects, subjectToken } from '../../core/subject.ts'
import type { Asker } from '../../knowledge-proxy/asker.ts'
import { type Handlers, serveKnowledge } from '../../knowledge-proxy/door.ts'
import { type NatsServer, startNats } from '../support/nats.ts'
import { quietMetrics } from '../support/quiet.ts'

const subjects = orgSubjects('breakroom')
const roles = ['knowledge', 'cto', 'marketing']
const roomsOfRoles = new Map([
  ['knowledge', ['breakroom', 'board']],
  ['cto', ['breakroom', 'board']],
  ['marketing', ['breakroom']],
])
const tools: Record<string, Parameters<typeof roleLimit>[0]['tools']> = {
  knowledge: { knowledge: ['ask'] },
  cto: { knowledge: ['ask'] },
  marketing: 'none',
}
const verbs = Object.keys(knowledgeArguments) as KnowledgeVerb[]
const ada = { actor: 'human-ada', tier: 'member' as const, name: 'Ada' }
const good: KnowledgeRequest = {
  id: 'x',
  trace: 'x',
  by: ada,
  chain: [],
  place: null,
  conversation: 'ada',
  args: { question: 'where?' },
}

let nats: NatsServer
const ending = new AbortController()
let heard: { verb: string; args: object; asker: Asker; request: KnowledgeRequest }[] = []

beforeAll(async () => {
  nats = await startNats({ roles })
  const hear = (verb: KnowledgeVerb) => async (args: object, asker: Asker, request: KnowledgeRequest) => {
    heard.push({ verb, args, asker, request })
    return { text: 'heard' }
  }
  await serveKnowledge({
    bus: nats.as({ kind: 'knowledge' }).bus,
    subjects,
    handlers: Object.fromEntries(verbs.map((verb) => [verb, hear(verb)])) as unknown as Handlers,
    limits: new Map(roles.map((name) => [name, roleLimit({ name, tools: tools[name] ?? 'none' })])),
    more: {},
    metrics: quietMetrics,
    signal: ending.signal,
    fleet: {
      rooms: {
        breakroom: { visibility: 'public', guests: 'guest' },
        board: { visibility: 'private', guests: 'guest', members: ['ada'] },
      },
    },
    roleOfToken: new Map(roles.map((name) => [subjectToken(name), name])),
    seats: new Set(['knowledge']),
    roomsOfRoles,
  })
})
afterAll(async () => {
  ending.abort()
  await nats[Symbol.asyncDispose]()
})

const role = (name: string): BusUser => ({ kind: 'role', role: name })

async function ask(user: BusUser, caller: string, request: unknown, verb: KnowledgeVerb = 'ask'): Promise<Asker> {
  heard = []
  await nats.as(user).bus.request(subjects.knowledgeService(verb, caller), request, 2_000)
  return heard[0]?.asker as Asker
}

async function refused(asked: Promise<unknown>): Promise<{ code: string; message: string }> {
  return asked.then(
    () => ({ code: 'answered', message: '' }),
    ({ code, message }) => ({ code, message }),
  )
}

describe('who asks is who the bus says', () => {
  it('a seat that answers questions says for whom it asks, and what it may read itself narrows that', async () => {
    const asker = await ask(role('knowledge'), 'knowledge', good)
    expect(asker).toMatchObject({ actor: 'human-ada', tier: 'member', name: 'Ada', chain: ['knowledge'] })
    expect([...asker.reader.rooms]).toEqual(['breakroom', 'board'])
  })

  it('S50: another role is itself, whatever it writes', async () => {
    const asker = await ask(role('cto'), 'cto', { ...good, by: { actor: 'human-ceo', tier: 'founder', name: 'x' } })
    expect(asker).toMatchObject({ actor: 'cto', tier: 'none', name: 'cto' })
  })

  it('S22: a role is never given the answer to somebody else’s request, nor their conversation', async () => {
    await ask(role('cto'), 'cto', { ...good, id: 'line-1>knowledge', conversation: 'human-ada' })
    expect(heard[0]?.request).toMatchObject({ id: 'role:cto:line-1>knowledge', conversation: 'role:cto:human-ada' })
    await ask(role('knowledge'), 'knowledge', { ...good, id: 'line-1>knowledge', conversation: 'human-ada' })
    expect(heard[0]?.request).toMatchObject({ id: 'line-1>knowledge', conversation: 'human-ada' })
  })

  it('S22: what a role asks stands in no room and in no thread of others, whatever it writes', async () => {
    const place = { room: { name: 'board', visibility: 'public' as const }, alone: false, thread: true }
    await ask(role('cto'), 'cto', { ...good, trace: 'a-thread', place })
    expect(heard[0]?.request).toMatchObject({ place: null, trace: 'role:cto:a-thread' })
  })

  it('S50: a role cannot call as another: the bus does not take it', async () => {
    const as = nats.as(role('cto')).bus.request(subjects.knowledgeService('ask', 'knowledge'), good, 500)
    expect((await refused(as)).code).toBe('denied')
  })

  it('S4: an agent in between that may not ask is refused, whoever asked it', async () => {
    const through = refused(ask(role('knowledge'), 'knowledge', { ...good, chain: ['marketing'] }))
    expect((await through).message).toBe('marketing may not ask what is written down, whoever asks (rule: chain).')
    expect((await refused(ask(role('marketing'), 'marketing', good))).code).toBe('denied')
  })

  it('S22: what is answered in a room is made of what the room may read', async () => {
    const place = { room: { name: 'breakroom', visibility: 'public' as const }, alone: false, thread: false }
    const asker = await ask({ kind: 'desk' }, 'breakroom', { ...good, place })
    expect([...asker.reader.rooms]).toEqual(['breakroom'])
  })

  it('the command line reads everything: it has the files', async () => {
    expect([...(await ask({ kind: 'cli' }, 'cli', good)).reader.rooms]).toEqual(['breakroom', 'board'])
  })

  it('a guest asks and votes, but teaches nothing and looks after nothing', async () => {
    const guest = { ...good, by: { actor: 'human-eve-via-local', tier: 'guest' as const, name: 'eve' } }
    const args: Partial<Record<KnowledgeVerb, object>> = {
      vote: { helped: true },
      teach: { text: 'x' },
      remember: {},
      forget: {},
      corpus: {},
      reindex: {},
    }
    const codes = await Promise.all(
      Object.entries(args).map(async ([verb, its]) => [
        verb,
        (await refused(ask({ kind: 'desk' }, 'breakroom', { ...guest, args: its }, verb as KnowledgeVerb))).code,
      ]),
    )
    expect(Object.fromEntries(codes)).toEqual({
      vote: 'answered',
      teach: 'denied',
      remember: 'denied',
      forget: 'denied',
      corpus: 'denied',
      reindex: 'denied',
    })
  })
})

describe('bad input gets one sentence', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [good]],
    ['no id', { ...good, id: '' }],
    ['an unknown key', { ...good, reader: { rooms: ['board'] } }],
    ['a tier that there is not', { ...good, by: { ...ada, tier: 'god' } }],
    ['nobody who asks', { ...good, by: null }],
    ['no question', { ...good, args: {} }],
    ['an unknown argument', { ...good, args: { question: 'x', confidence: 1 } }],
    ['a question of 200,000 characters', { ...good, args: { question: 'x'.repeat(200_000) } }],
  ])('%s', async (_, request) => {
    const { code, message } = await refused(ask({ kind: 'desk' }, 'breakroom', request))
    expect(code).toBe('usage')
    expect(message).toMatch(/^[^\n]{5,200}\.$/)
  })
})

test('S20: a secret in a question is taken out before anybody keeps it', async () => {
  await ask(role('cto'), 'cto', { ...good, args: { question: 'is ghp_0123456789abcdefghijABCDEFGHIJ012345 ours?' } })
  expect(JSON.stringify(heard)).not.toContain('ghp_0123456789')
})
