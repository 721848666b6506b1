import { describe, expect, it } from 'vitest'
import type { ChatNetwork, HeardGap, HeardLine, HeardUpTo, OutgoingLine, OwnLine, Voice } from '../../ports/chat.ts'
import { until } from '../support/process.ts'

/** Somebody on the network who is not one of us, in the room `breakroom`. */
interface ChatPerson {
  /** What a private line is addressed to. */
  address: string
  say(text: string): void
  dm(nick: string, text: string): void
  /** What was said where this person can hear it, oldest first. */
  heard(): { nick: string; text: string; inRoom: boolean }[]
  leave(): Promise<void>
}

/** A started network of ours with the voices cto and ceo in the room `breakroom`, and what it has told. */
interface ChatNetworkUnderTest {
  network: ChatNetwork
  lines: HeardLine[]
  own: OwnLine[]
  gaps: HeardGap[]
  ended: { nick: string }[]
}

export interface ChatNetworkFixture extends AsyncDisposable {
  open(options?: { heardUpTo?: HeardUpTo; onLine?: (line: HeardLine) => void }): Promise<ChatNetworkUnderTest>
  person(nick: string): Promise<ChatPerson>
}

/**
 * What every chat network promises. `create` gives a fresh network without anybody on it; `hasSessions` where somebody's name lasts as
 * long as their connection, and could be another's afterwards.
 */
export function chatNetworkContract(
  name: string,
  create: () => Promise<ChatNetworkFixture>,
  { hasSessions }: { hasSessions: boolean },
): void {
  // Side by side, because some servers let nobody in for a second.
  describe.concurrent(`a chat network on ${name}`, () => {
    it('hears what a person says in a room once, with its id, speaker and time', async () => {
      await using fixture = await create()
      const { lines } = await fixture.open()
      const alice = await fixture.person('alice')
      const before = Date.now()

      alice.say('cto: good morning')

      await until('the line is heard', () => lines.length > 0)
      expect(lines).toEqual([
        expect.objectContaining({
          room: 'breakroom',
          heardBy: { kind: 'ear' },
          kind: 'say',
          text: 'cto: good morning',
          replayed: false,
          id: expect.stringMatching(/./),
          speaker: expect.objectContaining({ nick: alice.address, bot: false }),
        }),
      ])
      expect(Math.abs((lines[0]?.at.getTime() ?? 0) - before)).toBeLessThan(5_000)
    })

    it('hears lines in the order they were said', async () => {
      await using fixture = await create()
      const { lines } = await fixture.open()
      const alice = await fixture.person('alice')

      for (let n = 0; n < 300; n++) alice.say(`line ${n}`)

      await until('all are heard', () => lines.length === 300)
      expect(lines.map((line) => line.text)).toEqual(Array.from({ length: 300 }, (_, n) => `line ${n}`))
      expect(new Set(lines.map((line) => line.id)).size).toBe(300)
    })

    it('shows what is posted under the name of the voice, in order, and gives its id', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      const alice = await fixture.person('alice')

      const posted = await Promise.all(
        Array.from({ length: 100 }, (_, n) => network.post(say(`p${n}`, 'cto', `post ${n}`))),
      )

      await until('alice has heard all', () => alice.heard().length === 100)
      expect(alice.heard()).toEqual(
        Array.from({ length: 100 }, (_, n) => ({ nick: 'cto', text: `post ${n}`, inRoom: true })),
      )
      expect(new Set(posted.map(({ ids, how }) => `${how} ${ids.length}`))).toEqual(new Set(['confirmed 1']))
      expect(new Set(posted.flatMap(({ ids }) => ids)).size).toBe(100)
    })

    it('F44: never hands up a line that one of its own voices said, and tells of it as its own', async () => {
      await using fixture = await create()
      const { network, lines, own } = await fixture.open()
      const alice = await fixture.person('alice')

      await network.post(say('a', 'cto', 'from a role'))
      await network.post({ ...say('b', 'cto', 'from the ear'), as: { kind: 'ear' } })
      // Not every network lets bots write to each other.
      await network
        .post({ ...say('c', 'cto', 'to a sibling'), target: { nick: 'ceo', account: null } })
        .catch((error) => expect(error).toMatchObject({ code: 'undeliverable' }))
      alice.say('the end')

      await until('the end is heard', () => lines.some((line) => line.text === 'the end'))
      expect(lines.map((line) => line.text)).toEqual(['the end'])
      expect(own.map(({ room, text }) => [room, text]).sort()).toEqual([
        ['breakroom', 'from a role'],
        ['breakroom', 'from the ear'],
      ])
      expect(network.hearsItself({ kind: 'role', role: 'cto' }, 'breakroom')).toBe(true)
      expect(network.hearsItself({ kind: 'ear' }, 'breakroom')).toBe(true)
    })

    it('shows a line once when the same id is posted twice', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      const alice = await fixture.person('alice')

      const first = await network.post(say('same', 'cto', 'only once'))
      const [again, together] = await Promise.all([
        network.post(say('same', 'cto', 'only once')),
        network.post(say('same', 'cto', 'only once')),
      ])
      await network.post(say('end', 'cto', 'the end'))

      await until('alice hears the end', () => alice.heard().some(({ text }) => text === 'the end'))
      expect(alice.heard().map(({ text }) => text)).toEqual(['only once', 'the end'])
      expect(again).toEqual({ ids: first.ids, how: 'seen' })
      expect(together).toEqual({ ids: first.ids, how: 'seen' })
    })

    it('shows a line once when its id is posted again after a restart', async () => {
      await using fixture = await create()
      const alice = await fixture.person('alice')
      const before = await fixture.open()
      const first = await before.network.post(say('same', 'cto', 'two lines\nof text'))
      await before.network.stop()

      const after = await fixture.open()
      const again = await after.network.post(say('same', 'cto', 'two lines\nof text'))
      await after.network.post(say('end', 'cto', 'the end'))

      await until('alice hears the end', () => alice.heard().some(({ text }) => text === 'the end'))
      expect(alice.heard().map(({ text }) => text)).toEqual(['two lines', 'of text', 'the end'])
      expect(again).toEqual({ ids: first.ids, how: 'seen' })
    })

    it('hears what was said while it was away, in order, before what is said now, and nothing twice', async () => {
      await using fixture = await create()
      const alice = await fixture.person('alice')
      const before = await fixture.open()
      alice.say('heard live')
      const heard = await until('the line is heard', () => before.lines[0])
      await before.network.post(say('own', 'cto', 'said by us'))
      await before.network.stop()
      for (let n = 0; n < 40; n++) alice.say(`missed ${n}`)
      await until('alice was served', async () => {
        alice.say('missed last')
        return true
      })

      const after = await fixture.open({ heardUpTo: async () => ({ id: heard.id, at: heard.at }) })
      alice.say('live again')

      await until('the live line is heard', () => after.lines.some(({ text }) => text === 'live again'))
      // What was heard before may come again, with the id by which it is recognised.
      const fresh = after.lines.filter(({ id }) => !before.lines.some((line) => line.id === id))
      expect(fresh.map(({ text, replayed }) => `${text}${replayed ? ' (replayed)' : ''}`)).toEqual([
        ...Array.from({ length: 40 }, (_, n) => `missed ${n} (replayed)`),
        'missed last (replayed)',
        'live again',
      ])
      expect(after.gaps).toEqual([])
    })

    it('hands no past over, and reports no gap, when there is no record yet', async () => {
      await using fixture = await create()
      const alice = await fixture.person('alice')
      alice.say('before anybody listened')
      const { lines, gaps } = await fixture.open()
      alice.say('hello')

      await until('the line is heard', () => lines.length > 0)
      expect(lines.map(({ text }) => text)).toEqual(['hello'])
      expect(gaps).toEqual([])
    })

    it('carries a private line to a voice, and one back', async () => {
      await using fixture = await create()
      const { network, lines } = await fixture.open()
      const alice = await fixture.person('alice')

      alice.dm('cto', 'between us')
      await until('it is heard', () => lines.length > 0)
      const posted = await network.post({
        ...say('d', 'cto', 'understood'),
        target: { nick: alice.address, account: null },
      })

      expect(lines[0]).toMatchObject({ room: null, heardBy: { kind: 'role', role: 'cto' }, text: 'between us' })
      expect(posted.how).toBe('confirmed')
      await until('alice hears it', () => alice.heard().length > 0)
      expect(alice.heard()).toEqual([{ nick: 'cto', text: 'understood', inRoom: false }])
    })

    it('refuses a private line to somebody who is not there, and one that it has no way for', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()

      const undeliverable = { code: 'undeliverable' }
      await expect(
        network.post({ ...say('1', 'cto', 'x'), target: { nick: 'nobody', account: null } }),
      ).rejects.toMatchObject(undeliverable)
      await expect(network.post({ ...say('2', 'cto', 'x'), target: { room: 'elsewhere' } })).rejects.toMatchObject(
        undeliverable,
      )
      await expect(network.post(say('3', 'stranger', 'x'))).rejects.toMatchObject(undeliverable)
    })

    it('carries 40,000 characters and any number of line breaks whole and in order', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      const alice = await fixture.person('alice')
      const text = Array.from(
        { length: 400 },
        (_, n) => `${n} ${'wörd '.repeat(18)}end${n % 7 === 0 ? '\n' : ''}`,
      ).join(' ')

      const words = (whole: string) => whole.split(/\s+/).filter(Boolean)

      await network.post(say('long', 'cto', text))

      await until('alice has heard all of it', () => alice.heard().some((one) => one.text.includes('399 ')))
      expect(
        words(
          alice
            .heard()
            .map((one) => one.text)
            .join(' '),
        ),
      ).toEqual(words(text))
    })

    it('S14: says line breaks and control bytes as text or not at all, never as commands', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      const alice = await fixture.person('alice')

      await network.post(say('evil', 'cto', 'hi\r\nQUIT :bye\0\n\x01DCC SEND x\x01\nPRIVMSG ceo :psst \x0304red'))
      await network.post(say('end', 'cto', 'still here'))

      await until('alice hears the end', () => alice.heard().some(({ text }) => text === 'still here'))
      expect(alice.heard().map(({ text }) => text)).toEqual([
        'hi',
        'QUIT :bye',
        'DCC SEND x',
        'PRIVMSG ceo :psst red',
        'still here',
      ])
    })

    it('S15: says what looks like a command to a client, a bot or CTCP as plain words, one line each', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      const alice = await fixture.person('alice')
      const texts = [
        '/quit bye',
        '!stop',
        '.op mallory',
        '~kick alice',
        '\x01VERSION\x01',
        '\x01ACTION waves\x01',
        'a\x01b',
      ]

      await Promise.all(texts.map((text, n) => network.post(say(`p${n}`, 'cto', text))))

      await until('alice has heard all', () => alice.heard().length >= texts.length)
      expect(alice.heard()).toEqual(
        texts.map((text) => ({ nick: 'cto', text: text.replaceAll('\x01', ''), inRoom: true })),
      )
    })

    it('has nothing to say for a text that is empty once control bytes are gone', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      expect(await network.post(say('nothing', 'cto', '\x02\x03\r\n \n'))).toEqual({ ids: [], how: 'confirmed' })
    })

    it('knows who is here, and says when a session ends or changes its name', async ({ skip }) => {
      skip(!hasSessions, 'a name there is an account, which nobody else can have later')
      await using fixture = await create()
      const { network, ended } = await fixture.open()
      const alice = await fixture.person('alice')

      await until('alice is here', () => network.isHere('breakroom', 'Alice'))
      expect(network.isHere('breakroom', 'bob')).toBe(false)
      await alice.leave()

      await until('alice is gone', () => !network.isHere('breakroom', 'alice'))
      await until('her session has ended', () => ended.some(({ nick }) => nick === 'alice'))
    })

    it('goes on when a handler throws', async () => {
      await using fixture = await create()
      const { lines } = await fixture.open({
        onLine() {
          throw new Error('a handler that breaks its promise')
        },
      })
      const alice = await fixture.person('alice')

      alice.say('one')
      alice.dm('cto', 'two')
      alice.say('three')

      await until('all are heard', () => lines.length === 3)
    })

    it('says what is up, refuses to post after stop, and can be stopped twice', async () => {
      await using fixture = await create()
      const { network } = await fixture.open()
      expect(network.status()).toEqual({ up: 3, expected: 3, queued: 0 })

      await Promise.all([network.stop(), network.stop()])

      expect(network.status()).toMatchObject({ up: 0, queued: 0 })
      await expect(network.post(say('late', 'cto', 'too late'))).rejects.toMatchObject({ code: 'closed' })
    })
  })
}

function say(id: string, role: string, text: string): OutgoingLine {
  const as: Voice = { kind: 'role', role }
  return { id, as, target: { room: 'breakroom' }, kind: 'say', text, mergeable: false }
}
