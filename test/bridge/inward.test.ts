import { describe, expect, it } from 'vitest'
import type { Acceptor } from '../../bridge/accept.ts'
import { createInward } from '../../bridge/inward.ts'
import type { Logins } from '../../bridge/logins.ts'
import type { Thread } from '../../bridge/threads.ts'
import type { ChatEnvelope, Envelope } from '../../core/envelope.ts'
import { decodeEnvelope, encodeEnvelope } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { HeardLine } from '../../ports/chat.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

/** A door whose acceptor only remembers, and whose one word is "open-sesame". */
function door() {
  const accepted: { subject: string; envelope: Envelope }[] = []
  const heardUpTo: string[] = []
  const threads = new Map<string, Thread>()
  const spoken: Thread[] = []
  const acceptor: Acceptor = {
    waiting: 0,
    async accept(subject, envelope) {
      accepted.push({ subject, envelope: decodeEnvelope(encodeEnvelope(envelope)) })
      return 'stored'
    },
    close: async () => {},
  }
  const logins: Logins = {
    personOf: () => null,
    attempt: async (_speaker, _network, word) =>
      word === 'open-sesame' ? 'You are founder here.' : 'That word is not right.',
    end() {},
    endAll() {},
  }
  const inward = createInward({
    subjects: orgSubjects('breakroom'),
    acceptor,
    cursors: { heard: (network, room, { id }) => void heardUpTo.push(`${network} ${room} ${id}`) },
    threads: {
      find: () => null,
      byCode: (_room, code) => threads.get(code) ?? null,
      spoke: (thread) => void spoken.push(thread),
    },
    originOf: (network) =>
      network === 'acme' ? { origin: 'slack/acme', threads: true } : { origin: 'irc/local', threads: false },
    reactionsCount: () => false,
    isRole: (word) => word === 'cto',
    logins,
    log: quietLog,
    people: { ann: { name: 'Ann', tier: 'founder', irc: { local: 'ann' } } },
    doorRules: () => ({ fold: (name) => name.toLowerCase(), unlinkedTier: 'guest' }),
    visibility: () => 'public',
    lineChars: 500,
    metrics: quietMetrics,
    newId: () => 'fresh',
    now: () => new Date('2026-01-01T12:00:00Z'),
  })
  const lines = () => accepted.map(({ envelope }) => envelope as ChatEnvelope)
  return { inward, accepted, lines, heardUpTo, threads, spoken }
}

function heard(text: string, more: Partial<HeardLine> = {}): HeardLine {
  return {
    network: 'local',
    room: 'breakroom',
    heardBy: { kind: 'ear' },
    id: 'm1',
    speaker: { nick: 'Alice', account: null, host: 'a@b', bot: false },
    kind: 'say',
    text,
    at: new Date('2026-01-01T11:59:59Z'),
    replayed: false,
    ...more,
  }
}

describe('a line that was heard in a room', () => {
  it('goes onto the subject of its speaker and room, with the id that the platform gave it', () => {
    const { inward, accepted } = door()
    inward.heard(heard('hello'))
    expect(accepted[0]?.subject).toBe('events.human-alice-via-local.chat.breakroom')
    expect(accepted[0]?.envelope).toMatchObject({
      id: 'irc:local:m1',
      actor: 'human-alice-via-local',
      authority: { requester: 'human-alice-via-local', chain: [] },
      time: '2026-01-01T11:59:59.000Z',
      data: { text: 'hello', speaker: 'Alice', tier: 'guest', origin: { network: 'local', id: 'm1', nick: 'Alice' } },
    })
  })

  it('moves the mark of what was heard only after it was accepted', async () => {
    const { inward, heardUpTo } = door()
    inward.heard(heard('hello'))
    expect(heardUpTo).toEqual([])
    await until('it is accepted', () => heardUpTo.length > 0)
    expect(heardUpTo).toEqual(['local breakroom m1'])
  })

  it('leaves the mark where it is for a line before which something is not read yet', async () => {
    const { inward, accepted, heardUpTo } = door()
    await inward.heard(heard('hello', { cursor: null }))
    expect(accepted).toHaveLength(1)
    expect(heardUpTo).toEqual([])
  })

  it('moves the mark of a thread with what was read of it, and not with what came before that was read', async () => {
    const { inward, spoken } = door()
    const more = { network: 'acme', thread: 'T1:C1:1.0', cursor: null }
    await inward.heard(heard('live', more))
    await inward.heard(heard('read', { ...more, replayed: true }))
    expect(spoken.map(({ at, heard }) => heard === at)).toEqual([false, true])
    expect(spoken[0]?.heard).toBeNull()
  })

  it('belongs to the linked person when the account says so, whatever the nick', () => {
    const { inward, lines } = door()
    inward.heard(heard('hello', { speaker: { nick: 'cto', account: 'Ann', host: 'a@b', bot: false } }))
    expect(lines()[0]).toMatchObject({ actor: 'human-ann', data: { tier: 'founder' } })
  })

  it("S41: gives somebody else's bot no rights", () => {
    const { inward, lines } = door()
    inward.heard(heard('cto: ping', { speaker: { nick: 'rival', account: 'ann', host: 'a@b', bot: true } }))
    expect(lines()[0]?.data.tier).toBe('none')
  })

  it('S35: is cut, and says so, when it is longer than a line may be; a name of 300 characters fits', () => {
    const { inward, lines } = door()
    inward.heard(
      heard('x'.repeat(40_000), { speaker: { nick: 'n'.repeat(300), account: null, host: 'a@b', bot: false } }),
    )
    expect(lines()[0]?.data.text).toMatch(/^x{500} … \[cut: 500 of 40000 characters kept\]$/)
    expect(lines()[0]?.data.speaker).toHaveLength(64)
  })
})

describe('S20: a secret', () => {
  it('is taken out before it is accepted, and its author is told alone', () => {
    const { inward, accepted, lines } = door()
    const secret = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_')
    inward.heard(heard(`my token is ${secret} ok?`))
    expect(JSON.stringify(accepted)).not.toContain(secret)
    expect(lines()[0]?.data.text).toMatch(/^my token is «redacted:[\w-]+:\w{4}» ok\?$/)
    expect(accepted[1]?.subject).toMatch(/^breakroom\.private\.dm-/)
    expect(lines()[1]?.data).toMatchObject({ to: { nick: 'Alice' } })
    // Otherwise it would pass for the answer that the line waits for.
    expect(lines()[1]?.data).not.toHaveProperty('in_reply_to')
  })

  it('is not told again when the line comes from history', () => {
    const { inward, accepted } = door()
    inward.heard(heard(`token ${['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_')}`, { replayed: true }))
    expect(accepted).toHaveLength(1)
  })
})

describe('a login', () => {
  const alone = { room: null, heardBy: { kind: 'role', role: 'cto' } } as const

  it('said alone is answered alone, and its word is nowhere', async () => {
    const { inward, accepted, lines } = door()
    inward.heard(heard('!login open-sesame', alone))
    await until('it is answered', () => accepted.length === 2)
    expect(JSON.stringify(accepted)).not.toContain('sesame')
    expect(lines()[1]?.data).toMatchObject({ text: 'You are founder here.', voice: 'cto', to: { nick: 'Alice' } })
  })

  it.each(['!login open-sesame', 'breakroom: login open-sesame', '@breakroom !login open-sesame'])(
    'said in a room is not tried, and its word is nowhere: %s',
    (text) => {
      const { inward, accepted, lines } = door()
      inward.heard(heard(text))
      expect(accepted).toHaveLength(1)
      expect(lines()[0]?.data.text).toBe('!login «redacted:login»')
    },
  )

  it('from history is not tried again', () => {
    const { inward, accepted } = door()
    inward.heard(heard('!login open-sesame', { ...alone, replayed: true }))
    expect(accepted).toHaveLength(1)
  })
})

describe('what was said to one seat alone', () => {
  it('never comes onto a public subject', () => {
    const { inward, accepted } = door()
    inward.heard(heard('between us', { room: null, heardBy: { kind: 'role', role: 'cto' } }))
    expect(accepted.map(({ subject }) => subject)).toEqual([
      'breakroom.private.dm-human-alice-via-local-cto.human-alice-via-local',
    ])
    expect(accepted[0]?.envelope).toMatchObject({ room: { visibility: 'private' }, data: { voice: 'cto' } })
  })
})

describe('a gap', () => {
  it('is an event with its span, and a line that says so in the room', () => {
    const { inward, accepted, lines } = door()
    inward.gap({
      network: 'foreign',
      room: 'breakroom',
      from: new Date('2026-01-01T11:00:00Z'),
      to: new Date('2026-01-01T11:02:30Z'),
      reason: 'the network keeps no history',
    })
    expect(accepted.map(({ subject }) => subject)).toEqual([
      'events.breakroom.gap.breakroom',
      'events.breakroom.chat.breakroom',
    ])
    expect(accepted[0]?.envelope.data).toEqual({
      network: 'foreign',
      from: '2026-01-01T11:00:00.000Z',
      to: '2026-01-01T11:02:30.000Z',
      reason: 'the network keeps no history',
    })
    expect(lines()[1]?.data.text).toBe(
      'I could not hear foreign from 11:00:00 to 11:02:30 UTC: the network keeps no history. What was said there then is not in the record.',
    )
  })
})

it('makes two lines of two equal ones on a network that gives no ids', () => {
  const { inward, lines } = door()
  inward.heard(heard('hi', { id: null }))
  inward.heard(heard('hi', { id: null, at: new Date('2026-01-01T12:00:01Z') }))
  expect(new Set(lines().map(({ id }) => id)).size).toBe(2)
})
