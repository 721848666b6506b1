import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Posted } from '../../../ports/chat.ts'
import { startErgo } from '../../support/ergo.ts'
import { startInspIrcd } from '../../support/inspircd.ts'
import { asRole, roomLine, startIrcNetwork } from '../../support/irc-network.ts'
import { ircPerson } from '../../support/irc-person.ts'
import { until } from '../../support/process.ts'
import { startWire } from '../../support/wire.ts'

describe('an outage of an IRC network', () => {
  for (const [kind, start] of [
    ['Ergo', startErgo],
    ['InspIRCd', startInspIrcd],
  ] as const) {
    it(`F42: 100 lines posted while ${kind} is killed and comes back are all shown, in order, none twice`, async () => {
      await using server = await start()
      await using wire = await startWire(server.port)
      await using net = startIrcNetwork({ port: wire.port })
      await net.network.ready(10_000)
      await net.network.post(roomLine('before', 'before'))
      await server.kill()
      await until('it has noticed', () => net.network.status().up === 0)
      const posts = Array.from({ length: 100 }, (_, n) => net.network.post(roomLine(`p${n}`, `post ${n}`)))
      expect(net.network.status()).toEqual({ up: 0, expected: 3, queued: 100 })
      const tries = wire.tries
      await until('each has tried in vain', () => wire.tries >= tries + 6)
      // Nobody gets through before alice is there to see it.
      wire.cut()
      await server.restart()
      await using alice = await ircPerson({ port: server.port, nick: 'alice' })
      await alice.join('#breakroom')
      wire.mend()

      await Promise.all(posts)
      await net.network.post(roomLine('end', 'the end'))
      await alice.waitForText('the end')
      const shown = alice.heard.map(({ text }) => text)
      expect(shown).toEqual([...Array.from({ length: 100 }, (_, n) => `post ${n}`), 'the end'])
    })
  }

  it('reports a gap when the server has lost its memory, from when we last heard to when it began to keep again', async () => {
    await using ergo = await startErgo()
    await using net = startIrcNetwork({ port: ergo.port, voices: [] })
    await net.network.ready(5_000)
    const alice = await ircPerson({ port: ergo.port, nick: 'alice' })
    await alice.join('#breakroom')
    alice.say('#breakroom', 'one')
    await until('it is heard', () => net.texts().length === 1)
    const heardAt = Date.now()
    await ergo.kill()
    await alice.close()
    await ergo.restart()
    await using again = await ircPerson({ port: ergo.port, nick: 'alice' })
    await again.join('#breakroom')
    again.say('#breakroom', 'two')

    await until('the second line is heard', () => net.texts().includes('two'))
    expect(net.texts()).toEqual(['one', 'two'])
    expect(net.gaps).toHaveLength(1)
    expect(Math.abs((net.gaps[0]?.from?.getTime() ?? 0) - heardAt)).toBeLessThan(2_000)
    expect(net.gaps[0]?.to.getTime()).toBeGreaterThanOrEqual(heardAt)
  })

  for (const [kind, start] of [
    ['Ergo', startErgo],
    ['InspIRCd', startInspIrcd],
  ] as const) {
    it(`F42: a torn line to ${kind} loses nothing that is said and shows nothing twice that we say`, async () => {
      await using server = await start()
      await using wire = await startWire(server.port)
      await using net = startIrcNetwork({ port: wire.port, timing: { pingAfter: 200, pingTimeout: 200 } })
      await net.network.ready(10_000)
      await using alice = await ircPerson({ port: server.port, nick: 'alice' })
      await alice.join('#breakroom')

      const posts: Promise<Posted>[] = []
      let said = 0
      for (let round = 0; round < 3; round++) {
        for (let n = 0; n < 30; n++) {
          posts.push(net.network.post(roomLine(`p${posts.length}`, `post ${posts.length}`)))
          alice.say('#breakroom', `said ${said++}`)
          if (n === 10 && round === 0) wire.cut()
          // Answers are lost first: what we sent was shown, and we do not know.
          if (n === 10 && round === 1) wire.deafen()
          if (n === 10 && round === 2) wire.freeze()
          await pause(3)
        }
        alice.say('#breakroom', `said ${said++}`)
        await until('all have noticed', () => net.network.status().up === 0)
        wire.mend()
        await until('all are back', () => net.network.status().up === 3, 15_000)
      }
      const posted = await Promise.all(posts)
      await net.network.post(roomLine('end', 'the end'))
      await alice.waitForText('the end')

      await until('all is heard', () => net.texts().length === said)
      expect(net.texts()).toEqual(Array.from({ length: said }, (_, n) => `said ${n}`))
      expect(net.gaps).toEqual([])
      const shown = alice.heard.map(({ text }) => text).filter((text) => text.startsWith('post'))
      expect(shown).toEqual(Array.from({ length: 90 }, (_, n) => `post ${n}`))
      expect(posted.map(({ how }) => how)).not.toContain('ambiguous')
    })
  }

  it('hears none of what its own voices say, however much it is', async () => {
    await using ergo = await startErgo()
    await using net = startIrcNetwork({ port: ergo.port })
    await net.network.ready(5_000)
    await using alice = await ircPerson({ port: ergo.port, nick: 'alice' })
    await alice.join('#breakroom')
    for (let n = 0; n < 50; n++) {
      void net.network.post(roomLine(`p${n}`, `post ${n}`))
      void net.network.post(roomLine(`q${n}`, `quest ${n}`, { as: asRole('ceo') }))
    }
    await net.network.post(roomLine('end', 'the end'))
    alice.say('#breakroom', 'mine')
    await until('it is heard', () => net.texts().length === 1)
    expect(net.texts()).toEqual(['mine'])
  })
})
