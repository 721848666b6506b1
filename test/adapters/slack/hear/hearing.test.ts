import { describe, expect, test } from 'vitest'
import type { HearingParts } from '../../../../adapters/slack/hear/hearing.ts'
import type { HeardLine } from '../../../../ports/chat.ts'
import { cto, eventOf, hearingHouse, said, scriptedWeb, team } from './house.ts'

const users: Record<string, object> = {
  U0ALICE: { id: 'U0ALICE', team_id: team, profile: { display_name: 'alice' } },
  U0EVE: { id: 'U0EVE', team_id: 'T9', profile: { display_name: 'eve' } },
}
const web = scriptedWeb({
  'users.info': ({ user }) => ({ user: users[String(user)] }),
  'bots.info': () => ({ bot: { id: 'B0X', name: 'Deploys' } }),
})

function house(parts: Partial<HearingParts> = {}) {
  const ignored: string[] = []
  const metrics: HearingParts['metrics'] = {
    count: (name, { what = '' } = {}) => void (name === 'breakroom_ignored_total' && ignored.push(what)),
    gauge() {},
  }
  const { hearing, heard } = hearingHouse({ webOf: () => web, metrics, ...parts })
  const hears = (event: Record<string, unknown> & { type: string }, app = 'breakroom', body = {}) =>
    hearing.onEvent(app, eventOf(event, body))
  return { hearing, ...heard, hears, ignored }
}

describe('a line', () => {
  test('of a room is heard by the ear, with who said it and when', async () => {
    const { hears, lines } = house()
    await hears(said('*hello* <@U0HUB>'))
    expect(lines).toEqual([
      {
        network: 'slack',
        room: 'breakroom',
        heardBy: { kind: 'ear' },
        id: `${team}:C1:1700000000.000100`,
        speaker: {
          nick: 'U0ALICE',
          name: 'alice',
          account: 'U0ALICE',
          host: `U0ALICE@${team}`,
          bot: false,
          outsider: false,
        },
        kind: 'say',
        text: '**hello** @breakroom',
        at: new Date('2023-11-14T22:13:20.000Z'),
        replayed: false,
      },
    ])
  })

  test('in a thread names it', async () => {
    const { hears, lines } = house()
    await hears(said('so', { thread_ts: '1690000000.000200' }))
    expect(lines[0]).toMatchObject({ thread: `${team}:C1:1690000000.000200` })
  })

  test('that names a role is heard once, from whichever app', async () => {
    const { hears, lines } = house()
    await hears(said('<@U0CTO> hi', { type: 'app_mention', channel_type: undefined }), 'cto')
    await hears(said('<@U0CTO> hi'))
    expect(lines.map(({ text, heardBy }) => [text, heardBy.kind])).toEqual([['@cto hi', 'ear']])
  })

  test("of a room that a role's app is told without being named is left to the house", async () => {
    const { hears, lines, ignored } = house()
    await hears(said('hi'), 'cto')
    expect([lines, ignored]).toEqual([[], []])
  })

  test('said to one app alone is its own to hear, and has a cursor', async () => {
    const { hears, lines } = house()
    const direct = { channel: 'D7', channel_type: 'im' }
    await hears(said('hi', direct), 'cto')
    await hears(said('hi', { ...direct, channel: 'D8' }), 'breakroom')
    expect(lines.map(({ room, heardBy, cursor }) => [room, heardBy, cursor])).toEqual([
      [null, { kind: 'role', role: 'cto' }, 'im:cto:D7'],
      [null, { kind: 'ear' }, 'im:breakroom:D8'],
    ])
  })

  test('of a channel that shows no room, or of a group conversation, is not heard', async () => {
    const { hears, lines, ignored } = house()
    await hears(said('hi', { channel: 'C3' }))
    await hears(said('hi', { channel: 'G4', channel_type: 'mpim' }))
    expect([lines, ignored]).toEqual([[], ['elsewhere', 'elsewhere']])
  })

  test('S12: from a bot wakes nobody: it is one by its bot id, under the name of its app', async () => {
    const { hears, lines } = house()
    await hears(said('ship it', { subtype: 'bot_message', bot_id: 'B0X', username: 'alice', user: 'U0ALICE' }))
    expect(lines[0]?.speaker).toMatchObject({ nick: 'B0X', name: 'Deploys', account: 'B0X', bot: true, outsider: true })
  })

  test('S12: of a stranger in a shared channel is heard, as a stranger; of a foreign workspace it is not', async () => {
    const { hears, lines, ignored } = house()
    await hears(said('hi', { user: 'U0EVE', user_team: 'T9', team: 'T9' }))
    await hears(said('hi', { user: 'U0EVE', team: undefined, ts: '1700000000.000200' }), 'breakroom', { team_id: 'T9' })
    await hears(said('hi', { channel: 'D7', channel_type: 'im' }), 'breakroom', { team_id: 'T9' })
    expect(lines.map(({ speaker }) => [speaker.account, speaker.outsider])).toEqual([
      ['T9/U0EVE', true],
      ['T9/U0EVE', true],
    ])
    expect(ignored).toEqual(['other-team'])
  })

  test('that was edited takes the place of the one before', async () => {
    const { hears, lines } = house()
    const message = { ...said('hello <@U0CTO>'), edited: { user: 'U0ALICE', ts: '1700000005.000000' } }
    const changed = { ...said(''), subtype: 'message_changed', message, previous_message: said('*helo*') }
    await hears(changed)
    await hears(changed)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      id: `${team}:C1:1700000000.000100:1700000005.000000`,
      text: 'hello @cto',
      edit: { of: `${team}:C1:1700000000.000100`, before: '**helo**' },
      at: new Date('2023-11-14T22:13:25.000Z'),
    })
  })
})

describe('a sign', () => {
  const reaction = {
    type: 'reaction_added',
    user: 'U0ALICE',
    reaction: 'eyes',
    item: { type: 'message', channel: 'C1', ts: '1700000000.000100' },
    event_ts: '1700000003.000000',
  }

  test('of a reaction says whose it is, to what, and whether it came or went', async () => {
    const { hears, signs } = house()
    await hears(reaction)
    await hears({ ...reaction, type: 'reaction_removed', event_ts: '1700000004.000000' })
    expect(signs.map(({ of, speaker, sign }) => [of, speaker.name, sign])).toEqual([
      [`${team}:C1:1700000000.000100`, 'alice', { kind: 'reaction', name: 'eyes', added: true }],
      [`${team}:C1:1700000000.000100`, 'alice', { kind: 'reaction', name: 'eyes', added: false }],
    ])
    expect(signs[0]?.id).not.toBe(signs[1]?.id)
  })

  test('is not given for what the fleet does itself, nor for what is no message or no room', async () => {
    const { hears, signs, ignored } = house()
    await hears({ ...reaction, user: cto.user })
    await hears({ ...reaction, item: { type: 'file', file: 'F1' } })
    await hears({ ...reaction, item: { ...reaction.item, channel: 'C3' } })
    await hears({ ...reaction, event_ts: 'soon' })
    expect([signs, ignored]).toEqual([[], ['elsewhere', 'malformed']])
  })

  test('F41: of a deletion says whose line it was, and is the same however often it is told', async () => {
    const { hears, signs } = house()
    const gone = {
      ...said(''),
      subtype: 'message_deleted',
      deleted_ts: '1700000000.000100',
      previous_message: said('x'),
    }
    await hears(gone)
    await hears(gone)
    expect(signs).toHaveLength(1)
    expect(signs[0]).toMatchObject({
      of: `${team}:C1:1700000000.000100`,
      id: `${team}:C1:1700000000.000100:deleted`,
      room: 'breakroom',
      speaker: { name: 'alice' },
      sign: { kind: 'deleted' },
    })
  })
})

describe('an event', () => {
  test('F34: resolves only when its line is safe, and comes again when it was not', async () => {
    const lines: HeardLine[] = []
    let fails = true
    const { hears } = house({
      handlers: () => ({
        onLine: async (line) => {
          if (fails) throw new Error('the disk is full')
          lines.push(line)
        },
        onGap() {},
        onSessionEnd() {},
        onConnection() {},
      }),
    })
    await expect(hears(said('hi'))).rejects.toThrow('the disk is full')
    fails = false
    await hears(said('hi'))
    await hears(said('hi'))
    expect(lines).toHaveLength(1)
  })

  test('waits for the one before it in its channel, and for no other', async () => {
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    const { hears } = house({
      handlers: () => ({
        onLine: async ({ text }) => {
          if (text === 'first') await gate.promise
          order.push(text)
        },
        onGap() {},
        onSessionEnd() {},
        onConnection() {},
      }),
    })
    const first = hears(said('first'))
    const second = hears(said('second', { ts: '1700000000.000200' }))
    await hears(said('elsewhere', { channel: 'C2' }))
    gate.resolve()
    await Promise.all([first, second])
    expect(order).toEqual(['elsewhere', 'first', 'second'])
  })

  test('that makes no sense, or is of a kind we do not know, is taken and forgotten', async () => {
    const { hears, lines, ignored } = house()
    await hears({ type: 'message' })
    await hears({ type: 'message', channel: 7, ts: {}, subtype: [] })
    await hears({ type: 'user_change', user: null })
    await hears({ type: 'emoji_changed' })
    expect([lines, ignored]).toEqual([[], ['malformed', 'malformed']])
  })

  test('is refused once we are stopping, so that Slack brings it to whoever comes next', async () => {
    const { hearing, hears } = house()
    await hearing.stop()
    await expect(hears(said('hi'))).rejects.toMatchObject({ code: 'closed' })
  })

  test('that waits for its room to be found is refused when we stop before that', async () => {
    const { hearing, hears } = house({ rooms: new Map([['breakroom', '#general']]) })
    const waiting = expect(hears(said('hi'))).rejects.toMatchObject({ code: 'closed' })
    await hearing.stop()
    await waiting
  })

  test('is not lost while no app of ours is known yet', async () => {
    const { hears } = house({ identities: () => [] })
    await expect(hears(said('hi'))).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe("a past that the workspace's plan hides", () => {
  const history = (ts: string) =>
    scriptedWeb({
      'users.conversations': ({ types }) => ({ channels: types === 'im' ? [] : [{ id: 'C1' }, { id: 'C2' }] }),
      'users.list': () => ({ members: Object.values(users) }),
      'conversations.history': () => ({ messages: [{ ...said('late'), ts }], is_limited: true }),
    })
  const now = new Date('2023-11-15T00:00:00Z')
  const end = { id: `${team}:C1:1700000000.000100`, at: new Date('2023-11-14T22:13:20.000Z') }
  const parts = {
    clock: { now: () => now, monotonic: () => 0 },
    heardUpTo: async (room: string) => (room === 'breakroom' ? end : null),
  }

  test('is a gap up to the oldest message that it shows', async () => {
    const { hearing, gaps, lines } = house({ ...parts, webOf: () => history('1700003000.000000') })
    await hearing.catchUp('breakroom', null)
    expect(lines.map(({ text }) => text)).toEqual(['late'])
    expect(gaps).toMatchObject([{ room: 'breakroom', from: end.at, to: new Date('2023-11-14T23:03:20.000Z') }])
  })

  test('is none when it shows the last one we heard', async () => {
    const { hearing, gaps } = house({ ...parts, webOf: () => history('1700000000.000100') })
    await hearing.catchUp('breakroom', null)
    expect(gaps).toEqual([])
  })
})

test('what was said is in no log', async () => {
  const logged: unknown[] = []
  const write = (...line: unknown[]) => void logged.push(line)
  const { hears } = house({ log: { info: write, warn: write, error: write } })
  await hears(said('my-secret', { user: undefined }))
  expect(logged).not.toEqual([])
  expect(JSON.stringify(logged)).not.toContain('my-secret')
})
