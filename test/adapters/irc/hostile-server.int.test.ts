import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createStamps, stampTag } from '../../../adapters/irc/ours/stamps.ts'
import { roomLine, startIrcNetwork } from '../../support/irc-network.ts'
import { until } from '../../support/process.ts'
import { startScriptedIrc } from '../../support/scripted-irc.ts'

const onlyEar = { voices: [] }
const onlyCto = { voices: [{ role: 'cto', nick: 'cto', rooms: ['breakroom'] }] }

describe('an IRC server that misbehaves', () => {
  it('I8: ends nothing with lines that make no sense', async () => {
    await using server = await startScriptedIrc()
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    const ear = await server.client('breakroom')
    for (const client of [ear, await server.client('cto')]) {
      for (const line of [
        '005 CHANTYPES',
        ':s 005 cto CHANTYPES STATUSMSG CHANMODES CLIENTTAGDENY',
        'PRIVMSG',
        ':a!b@c PRIVMSG',
        ':a!b@c PRIVMSG #breakroom',
        'BATCH',
        ':s BATCH +',
        '@batch=none :a!b@c PRIVMSG #breakroom :lost batch',
        'CAP',
        ':s CAP * ACK',
        ':s CAP cto NEW :unknown',
        'AUTHENTICATE',
        ':s 001',
        'JOIN',
        ':breakroom!u@h JOIN',
        ':breakroom!u@h NICK',
        'KICK',
        ':s 353',
        ':s 318',
        'NICK',
        '@',
        '@tags',
        ':',
        ': ',
        ' ',
        `:${'n'.repeat(300)}!u@h PRIVMSG #breakroom :a name of 300`,
        '\x00\x01\x02\xff\xfe',
      ]) {
        client.send(line)
      }
    }
    ear.send(':alice!u@h PRIVMSG #breakroom :still there?')

    await until('the sane line is heard', () => net.texts().includes('still there?'))
    expect(net.lines.find((line) => line.text === 'a name of 300')?.speaker.nick).toHaveLength(300)
    expect((await net.network.post(roomLine('1', 'yes'))).how).toBe('confirmed')
  })

  it('I6: loses no line of a batch inside a batch', async () => {
    await using server = await startScriptedIrc()
    await using net = startIrcNetwork({ port: server.port, ...onlyEar })
    await net.network.ready(5_000)
    const ear = await server.client('breakroom')
    ear.send(':s BATCH +a chathistory #breakroom')
    ear.send('@batch=a :s BATCH +b draft/multiline #breakroom')
    ear.send('@batch=b;msgid=1 :alice!u@h PRIVMSG #breakroom :inner')
    ear.send(':s BATCH -b')
    ear.send('@batch=a;msgid=2 :alice!u@h PRIVMSG #breakroom :outer')
    ear.send(':s BATCH -a')

    await until('both are heard', () => net.lines.length === 2)
    expect(net.lines.map(({ text, replayed }) => ({ text, replayed }))).toEqual([
      { text: 'inner', replayed: true },
      { text: 'outer', replayed: true },
    ])
  })

  it('F42: climbs the nick ladder at registration, and takes its nick back when it is free', async () => {
    let ghost = true
    await using server = await startScriptedIrc({
      script(line, client) {
        if (ghost && /^NICK cto_?$/.test(line)) {
          client.send(`:s 433 * ${line.slice(5)} :Nickname is already in use`)
          return true
        }
        if (line === 'ISON cto') {
          client.send(`:s 303 ${client.nick} :${ghost ? 'cto' : ''}`)
          return true
        }
        return undefined
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    const cto = await server.client('cto-2')
    expect(cto.lines.filter((line) => line.startsWith('NICK'))).toEqual(['NICK cto', 'NICK cto_', 'NICK cto-2'])

    ghost = false
    await server.client('cto')
    expect((await net.network.post(roomLine('1', 'me again'))).how).toBe('confirmed')
  })

  it('I3: keeps trying when the first connection is refused and when connections drop early', async () => {
    await using server = await startScriptedIrc({
      connected: (client, count) => count <= 3 && client.drop(),
      script(line, client, { clients }) {
        // The fourth is welcomed and dropped at once.
        if (line.startsWith('JOIN') && clients.length === 4) client.drop()
        return undefined
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyEar })
    await net.network.ready(10_000)
    expect(server.clients).toHaveLength(5)
    expect(net.states.map(({ up }) => up)).toEqual([false, true, false, true])
  })

  it('I7: never runs without its account: a refused capability ends the connection', async () => {
    let sasl = false
    await using server = await startScriptedIrc({
      caps: ['message-tags', 'batch', 'sasl'],
      script(line, client) {
        if (line.startsWith('CAP REQ') && !sasl) {
          client.send(`:s CAP * NAK :${line.slice(line.indexOf(':') + 1)}`)
          return true
        }
        if (line.startsWith('AUTHENTICATE PLAIN')) client.send('AUTHENTICATE +')
        else if (line.startsWith('AUTHENTICATE ')) {
          client.send(`:s 900 ${client.nick} ${client.nick}!u@h bot :You are now logged in`)
          client.send(`:s 903 ${client.nick} :SASL authentication successful`)
        }
        // Like a real server, this one welcomes nobody before CAP END.
        if (line.startsWith('USER')) return true
        if (line !== 'CAP END') return undefined
        client.send(`:s 001 ${client.nick} :Welcome`)
        return true
      },
    })
    const account = { name: 'bot', password: 'secret' }
    await using net = startIrcNetwork({ port: server.port, voices: [], ear: { nick: 'breakroom', account } })

    await until('three attempts were made', () => server.clients.length >= 3)
    expect(server.clients.flatMap(({ lines }) => lines.filter((line) => line.startsWith('JOIN')))).toEqual([])
    expect(net.states).toEqual([
      expect.objectContaining({ up: false, reason: 'the server let us in without our account' }),
    ])

    sasl = true
    await net.network.ready(5_000)
  })

  it('F42: notices a server that has gone silent, connects again, and says again what was not confirmed', async () => {
    let silent = false
    await using server = await startScriptedIrc({ script: () => silent || undefined })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto, timing: { pingAfter: 100, pingTimeout: 100 } })
    await net.network.ready(5_000)
    silent = true
    const posted = net.network.post(roomLine('1', 'are you there?'))
    await until('both connections were given up', () => net.states.filter(({ up }) => !up).length === 2)

    silent = false
    // This network keeps no past, so nobody can say whether the first copy was shown.
    expect(await posted).toMatchObject({ how: 'ambiguous' })
    expect(net.gaps).toEqual([expect.objectContaining({ room: 'breakroom', from: expect.any(Date) })])
  })

  it('confirms by a question where the server neither labels nor echoes, and by the echo where it does not label', async () => {
    for (const caps of [[], ['message-tags', 'echo-message']]) {
      await using server = await startScriptedIrc({ caps })
      await using net = startIrcNetwork({ port: server.port, ...onlyCto })
      await net.network.ready(5_000)
      const posted = await Promise.all(['a', 'b', 'c'].map((id) => net.network.post(roomLine(id, id))))
      expect(posted.map(({ how }) => how)).toEqual(['confirmed', 'confirmed', 'confirmed'])
      expect(posted.map(({ ids }) => ids.length)).toEqual(caps.length === 0 ? [0, 0, 0] : [1, 1, 1])
      const cto = await server.client('cto')
      expect(cto.lines.filter((line) => line.includes('PRIVMSG')).map((line) => line.split(':').pop())).toEqual([
        'a',
        'b',
        'c',
      ])
    }
  })

  it('F42: waits for the end of its ghost before it says last words again', async () => {
    const lastWords: string[] = []
    let ghost = false
    await using server = await startScriptedIrc({
      script(line, client, { clients }) {
        if (line === 'NICK cto' && ghost) {
          client.send(':s 433 * cto :Nickname is already in use')
          return true
        }
        if (!line.includes(':last words')) return undefined
        lastWords.push(line)
        if (lastWords.length > 1) return undefined
        ghost = true
        client.fade()
        // The server still has the line in its pocket, and brings it out while the voice is back already.
        void until('the voice is back', () =>
          clients.some(({ nick, lines }) => nick === 'cto_' && lines.at(-1)?.startsWith('JOIN')),
        ).then(async () => {
          await pause(150)
          const stamp = line.split(' ')[0]?.split(';')[1]
          const ear = clients.find(({ nick }) => nick === 'breakroom')
          ear?.send(`@msgid=late;${stamp} :cto!user@host PRIVMSG #breakroom :last words`)
          ear?.send(':cto!user@host QUIT :Ping timeout')
        })
        return true
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)

    expect(await net.network.post(roomLine('1', 'last words'))).toEqual({ ids: ['late'], how: 'confirmed' })
    expect(lastWords).toHaveLength(1)
    expect(net.lines).toEqual([])
  })

  it('F42: says nothing again that the ghost of a killed process is still saying', async () => {
    await using server = await startScriptedIrc({
      script(line, client, { clients }) {
        if (line === 'NICK cto' && client.nick === '') {
          client.send(':s 433 * cto :Nickname is already in use')
          return true
        }
        if (line.startsWith('JOIN') && client.nick === 'breakroom') {
          client.send(':breakroom!user@host JOIN #breakroom')
          client.send(':s 353 breakroom = #breakroom :cto breakroom')
          return true
        }
        if (line.startsWith('JOIN') && client.nick === 'cto_') {
          const text = 'said before'
          const stamp = createStamps('net', 'a key for tests').seal({ author: 'cto', channel: '#breakroom', text }, [
            { id: '1', part: 0 },
          ])
          const ear = clients.find(({ nick }) => nick === 'breakroom')
          void pause(150).then(() => {
            ear?.send(`@msgid=late;${stampTag}=${stamp} :cto!user@host PRIVMSG #breakroom :${text}`)
            ear?.send(':cto!user@host QUIT :gone')
          })
        }
        return undefined
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })

    expect(await net.network.post(roomLine('1', 'said before'))).toEqual({ ids: ['late'], how: 'seen' })
    const said = server.clients.flatMap(({ lines }) => lines.filter((line) => line.includes('PRIVMSG')))
    expect(said).toEqual([])
  })

  it('hands the past over before a line that was said while the past was read', async () => {
    await using server = await startScriptedIrc({
      caps: ['message-tags', 'server-time', 'batch', 'draft/chathistory'],
      script(line, client) {
        if (!line.startsWith('CHATHISTORY')) return undefined
        const first = line.includes('LATEST')
        if (first) client.send('@msgid=3;time=2026-01-01T00:00:03.000Z :alice!u@h PRIVMSG #breakroom :now')
        client.send(':s BATCH +h chathistory #breakroom')
        if (first) {
          for (const n of [1, 2, 3]) {
            client.send(
              `@batch=h;msgid=${n};time=2026-01-01T00:00:0${n}.000Z :alice!u@h PRIVMSG #breakroom :${n === 3 ? 'now' : `past ${n}`}`,
            )
          }
        }
        client.send(':s BATCH -h')
        return true
      },
    })
    const mark = { id: '1', at: new Date('2026-01-01T00:00:01.000Z') }
    await using net = startIrcNetwork({ port: server.port, ...onlyEar, heardUpTo: async () => mark })
    await net.network.ready(5_000)
    const ear = await server.client('breakroom')
    ear.send('@msgid=4 :alice!u@h PRIVMSG #breakroom :later')

    await until('all is heard', () => net.lines.length >= 3)
    expect(net.texts()).toEqual(['past 2', 'now', 'later'])
    expect(net.gaps).toEqual([])
  })

  it('holds what is said until it knows where its record ends, however long that takes', async () => {
    await using server = await startScriptedIrc()
    let known = false
    await using net = startIrcNetwork({
      port: server.port,
      ...onlyCto,
      heardUpTo: async () => {
        if (!known) throw new Error('the bus is away')
        return { id: 'long ago', at: new Date('2026-01-01T00:00:00.000Z') }
      },
    })
    const ear = await server.client('breakroom')
    await until('it has joined', () => ear.lines.some((line) => line.startsWith('JOIN')))
    ear.send('@msgid=1 :alice!u@h PRIVMSG #breakroom :early')
    const posted = net.network.post(roomLine('1', 'mine'))
    await expect(net.network.ready(100)).rejects.toMatchObject({ code: 'unavailable' })
    expect(net.lines).toEqual([])

    known = true
    expect((await posted).how).toBe('confirmed')
    expect(net.texts()).toEqual(['early'])
    expect(net.gaps).toEqual([expect.objectContaining({ from: new Date('2026-01-01T00:00:00.000Z') })])
  })

  it('F42: says nothing twice that its ear has seen, even where lines carry no stamps and the answer was lost', async () => {
    let drop = true
    await using server = await startScriptedIrc({
      caps: [],
      script(line, client, { clients }) {
        if (!drop || !line.startsWith('PRIVMSG')) return undefined
        drop = false
        const ear = clients.find(({ nick }) => nick === 'breakroom')
        client.fade()
        // The voice knows of its end before the ear has seen the line.
        void pause(15).then(() => ear?.send(`:cto!user@host ${line}`))
        return true
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    expect((await net.network.post(roomLine('1', 'seen'))).how).toBe('confirmed')
    expect((await net.network.post(roomLine('2', 'after'))).how).toBe('confirmed')
    const said = server.clients.flatMap(({ lines }) => lines.filter((line) => line.startsWith('PRIVMSG')))
    expect(said).toEqual(['PRIVMSG #breakroom :seen', 'PRIVMSG #breakroom :after'])
    expect(net.lines).toEqual([])
  })

  it.each([
    ['as it was said', (line: string) => line],
    ['without its formatting', (line: string) => line.replaceAll('\x02', '')],
  ])('F42: says a formatted line once when its answer was lost and its ear has seen it %s', async (_, shown) => {
    let drop = true
    await using server = await startScriptedIrc({
      caps: [],
      script(line, client, { clients }) {
        if (!drop || !line.startsWith('PRIVMSG')) return undefined
        drop = false
        const ear = clients.find(({ nick }) => nick === 'breakroom')
        client.fade()
        void pause(15).then(() => ear?.send(`:cto!user@host ${shown(line)}`))
        return true
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    expect((await net.network.post(roomLine('1', '**seen** once'))).how).toBe('confirmed')
    const said = server.clients.flatMap(({ lines }) => lines.filter((line) => line.startsWith('PRIVMSG')))
    expect(said).toEqual(['PRIVMSG #breakroom :\x02seen\x02 once'])
  })

  it('says a line plainly where the channel refuses formatting', async () => {
    await using server = await startScriptedIrc({
      script(line, client) {
        const [, label] = line.match(/^@label=([^; ]+)\S* PRIVMSG .*\x02/) ?? []
        if (label === undefined) return undefined
        client.send(`@label=${label} :s 404 cto #breakroom :Can't send colors to channel (+c is set)`)
        return true
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)

    expect((await net.network.post(roomLine('1', '**one** `of` two'))).how).toBe('confirmed')
    const { lines } = await server.client('cto')
    expect(lines.filter((line) => line.includes('PRIVMSG')).map((line) => line.replace(/^@\S+ /, ''))).toEqual([
      'PRIVMSG #breakroom :\x02one\x02 `of` two',
      'PRIVMSG #breakroom :one `of` two',
    ])
  })

  it('hears the same on a network without any capability, and marks each absence as a gap', async () => {
    await using server = await startScriptedIrc({ caps: [] })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    const ear = await server.client('breakroom')
    ear.send(':alice!u@h PRIVMSG #breakroom :one')
    await net.network.post(roomLine('1', 'ours'))
    ear.drop()
    await until('it is back', () => net.states.filter(({ voice, up }) => voice.kind === 'ear' && up).length === 2)
    const again = await server.client('breakroom')
    await until('it is in the room', () => again.lines.some((line) => line.startsWith('JOIN')))
    again.send(':alice!u@h PRIVMSG #breakroom :two')

    await until('the second line is heard', () => net.texts().includes('two'))
    expect(net.texts()).toEqual(['one', 'two'])
    expect(net.gaps).toHaveLength(1)
  })

  it('I5: comes back after a KICK and after a refused JOIN, and loses no line meanwhile', async () => {
    let refuse = 2
    await using server = await startScriptedIrc({
      script(line, client) {
        if (!line.startsWith('JOIN') || client.nick !== 'cto' || refuse-- <= 0) return undefined
        client.send(`:s 471 cto #breakroom :Cannot join channel (+l)`)
        return true
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await expect(net.network.ready(20)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cto'),
    })
    await net.network.ready(5_000)
    refuse = 1
    const cto = await server.client('cto')
    cto.send(':op!u@h KICK #breakroom cto :out')
    await until('it has noticed', () => cto.lines.filter((line) => line.startsWith('JOIN')).length > 3)

    expect((await net.network.post(roomLine('1', 'back'))).how).toBe('confirmed')
  })

  it('I5: asks for many rooms in lines that no server cuts', async () => {
    await using server = await startScriptedIrc()
    const rooms = new Map(Array.from({ length: 60 }, (_, n) => [`room${n}`, `#${'a-long-name-of-a-room'}-${n}`]))
    await using net = startIrcNetwork({ port: server.port, ...onlyEar, rooms })
    await net.network.ready(5_000)
    const joins = (await server.client('breakroom')).lines.filter((line) => line.startsWith('JOIN'))
    expect(joins.length).toBeGreaterThan(2)
    for (const join of joins) expect(join.length).toBeLessThanOrEqual(410)
  })

  it('F42: stays away longer only when the server has banned it', async () => {
    await using server = await startScriptedIrc({
      connected: (client) => client.drop('ERROR :Closing Link: K-Lined: spam'),
    })
    await using net = startIrcNetwork({
      port: server.port,
      ...onlyEar,
      timing: { retryBase: 20, retryCap: 300, bannedCap: 10_000 },
    })
    await until('it was turned away', () => net.states.length > 0)
    const began = performance.now()
    await until('it tried again', () => server.clients.length > 1)
    expect(performance.now() - began).toBeGreaterThan(100)
  })

  it('S15: answers harmless CTCP requests once in ten seconds, DCC never, and no NOTICE at all', async () => {
    await using server = await startScriptedIrc()
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    const cto = await server.client('cto')
    cto.send(':a!u@h PRIVMSG cto :\x01DCC SEND x 1 2 3\x01')
    cto.send(':a!u@h NOTICE cto :answer me')
    for (let n = 0; n < 20; n++) cto.send(':a!u@h PRIVMSG cto :\x01VERSION\x01')
    cto.send(':a!u@h PRIVMSG cto :the end')

    await until('the end is heard', () => net.lines.length > 0)
    expect(net.lines.map(({ text }) => text)).toEqual(['the end'])
    await net.network.post({ ...roomLine('1', 'x') })
    expect(cto.lines.filter((line) => /NOTICE|DCC/.test(line))).toEqual(['NOTICE a :\x01VERSION Breakroom\x01'])
  })

  it('keeps lines that the server refuses apart from those it wants later', async () => {
    let busy = true
    await using server = await startScriptedIrc({
      script(line, client) {
        const label = /label=([^; ]+)/.exec(line)?.[1]
        if (line.includes(':never')) client.send(`@label=${label} :s 404 cto #breakroom :Cannot send to channel`)
        else if (line.includes(':later') && busy)
          client.send(`@label=${label} :s 439 cto #breakroom :Message target change too fast`)
        else return undefined
        busy = false
        return true
      },
    })
    await using net = startIrcNetwork({ port: server.port, ...onlyCto })
    await net.network.ready(5_000)
    const later = net.network.post(roomLine('later', 'later'))
    await until('it was put off', () => !busy)
    await expect(net.network.post(roomLine('never', 'never'))).rejects.toMatchObject({ code: 'voiceless' })
    expect((await later).how).toBe('confirmed')
  })
})
