import { describe, expect, it } from 'vitest'
import { startErgo } from '../../support/ergo.ts'
import { startInspIrcd } from '../../support/inspircd.ts'
import { asRole, roomLine, startIrcNetwork } from '../../support/irc-network.ts'
import { ircPerson } from '../../support/irc-person.ts'
import { until } from '../../support/process.ts'

describe('a network that limits our pace', () => {
  it('F43: gets 200 lines at the pace of stock InspIRCd without being thrown off, all shown, in order, joined where that is kinder', async () => {
    await using server = await startInspIrcd({ floodLimits: 'stock' })
    await using net = startIrcNetwork({ port: server.port, pace: { burst: 5, perSecond: 4, bytesPerSecond: 1_500 } })
    await net.network.ready(15_000)
    await using alice = await ircPerson({ port: server.port, nick: 'alice' })
    await alice.join('#breakroom')

    const posted = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        net.network.post(roomLine(`p${n}`, `pong ${n}`, { mergeable: true, as: asRole(n % 2 === 0 ? 'cto' : 'ceo') })),
      ),
    )

    expect(new Set(posted.map(({ how }) => how))).toEqual(new Set(['confirmed']))
    const shownBy = (nick: string) =>
      alice.heard.filter((one) => one.nick === nick).flatMap(({ text }) => text.split(' · '))
    await until('all are shown', () => shownBy('cto').length + shownBy('ceo').length === 200)
    expect(shownBy('cto')).toEqual(Array.from({ length: 100 }, (_, n) => `pong ${n * 2}`))
    expect(shownBy('ceo')).toEqual(Array.from({ length: 100 }, (_, n) => `pong ${n * 2 + 1}`))
    expect(net.states.filter(({ up }) => !up)).toEqual([])

    // Joined lines are recognised one by one.
    expect(await net.network.post(roomLine('p100', 'pong 100'))).toMatchObject({ how: 'seen' })
  })

  it('F43: is not thrown off by a 10,000-line text, and PING is answered meanwhile', async () => {
    await using server = await startErgo()
    await using pair = await ctoAndAlice(server.port)
    const { net, alice } = pair
    const { ids } = await net.network.post(
      roomLine('long', Array.from({ length: 10_000 }, (_, n) => `line ${n}`).join('\n')),
    )
    expect(ids).toHaveLength(10_000)
    await until('all are shown', () => alice.heard.length === 10_000)
    expect(alice.heard.map(({ text }) => text)).toEqual(Array.from({ length: 10_000 }, (_, n) => `line ${n}`))
    expect(net.states.filter(({ up }) => !up)).toEqual([])
  })

  it('fills lines to the last byte that others see whole, with real prefixes', async () => {
    await using server = await startInspIrcd()
    await using pair = await ctoAndAlice(server.port)
    const { net, alice } = pair
    const text = '漢字'.repeat(600)
    for (const kind of ['say', 'action'] as const) await net.network.post(roomLine(kind, text, { kind }))
    await net.network.post(roomLine('end', 'the end'))
    await alice.waitForText('the end')

    const parts = alice.heard.map((one) => one.text)
    const said = parts.filter((part) => !part.startsWith('\x01')).slice(0, -1)
    const acted = parts.filter((part) => part.startsWith('\x01ACTION ')).map((part) => part.slice(8, -1))
    expect(said.join('')).toBe(text)
    expect(acted.join('')).toBe(text)
    const longest = Math.max(...alice.lines.map((line) => Buffer.byteLength(line)))
    expect(longest).toBeLessThanOrEqual(510)
    expect(longest).toBeGreaterThan(480)
  })

  it('1,000 voices of one process come into their room, and each is heard', async () => {
    await using server = await startErgo()
    const voices = Array.from({ length: 1_000 }, (_, n) => ({
      role: `role${n}`,
      nick: `role${n}`,
      rooms: ['breakroom'],
    }))
    await using net = startIrcNetwork({ port: server.port, voices })
    await net.network.ready(30_000)
    const posted = await Promise.all(
      voices.map(({ role }) => net.network.post(roomLine(role, 'here', { as: asRole(role) }))),
    )
    expect(new Set(posted.flatMap(({ ids }) => ids)).size).toBe(1_000)
    expect(net.lines).toEqual([])
  })
})

/** A network of ours with one voice, and alice in its room. */
async function ctoAndAlice(port: number) {
  const net = startIrcNetwork({ port, voices: [{ role: 'cto', nick: 'cto', rooms: ['breakroom'] }] })
  await net.network.ready(5_000)
  const alice = await ircPerson({ port, nick: 'alice' })
  await alice.join('#breakroom')
  return {
    net,
    alice,
    async [Symbol.asyncDispose]() {
      await alice.close()
      await net[Symbol.asyncDispose]()
    },
  }
}
