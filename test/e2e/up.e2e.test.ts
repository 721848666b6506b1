import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { isRunning } from '../../adapters/servers/process-mark.ts'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, fleetServers, type TestFleet } from '../support/fleet.ts'
import { until } from '../support/process.ts'

const roles = ['ceo', 'cto', 'cso']

describe('breakroom up', () => {
  const open: (TestFleet | Server)[] = []

  function newFleet(): TestFleet {
    const fleet = createTestFleet({ roles })
    open.push(fleet)
    return fleet
  }

  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
  })

  /** Somebody else's program on a port. */
  async function busyPort(): Promise<number> {
    const server = createServer()
    open.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return (server.address() as { port: number }).port
  }

  test('killed, it leaves its servers running; the next one adopts them and nothing is lost', async () => {
    const fleet = newFleet()
    await fleet.start('up')
    const alice = await fleet.person('alice')
    await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
    const before = fleetServers.map((name) => fleet.server(name))

    await fleet.kill('up')
    expect(before.every((server) => server !== null && isRunning(server))).toBe(true)
    const heard = alice.heard.length
    alice.say(fleetRoom, 'cto: is anybody left?')
    await alice.settled()

    await fleet.start('up')
    expect(fleetServers.map((name) => fleet.server(name))).toEqual(before)
    expect(Object.values(fleet.ready.pids)).toEqual(expect.arrayContaining(before.map((server) => server?.pid)))
    await hears(alice, /^alice: kept as/, heard, 20_000)
    const lines = await fleet.lines()
    expect(lines.filter(({ data }) => data.text === 'cto: is anybody left?')).toHaveLength(1)
    expect(lines.filter(({ data }) => data.text === 'cto: ping')).toHaveLength(1)
  })

  test('Ctrl-C ends within ten seconds all that it started and keeps what was said', async () => {
    const fleet = newFleet()
    await fleet.start('up')
    const alice = await fleet.person('alice')
    await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
    const servers = fleetServers.map((name) => fleet.server(name))

    const asked = performance.now()
    expect(await fleet.stop('up', 'SIGINT')).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(servers.some((server) => server !== null && isRunning(server))).toBe(false)
    expect(() => fleet.ready).toThrow('not up')

    await fleet.start('up')
    const again = await fleet.person('alice')
    await ask(again, fleetRoom, 'cto: ping', /^alice: pong$/)
    expect((await fleet.lines()).filter(({ data }) => data.text === 'alice: pong')).toHaveLength(2)
  })

  test('a second "up" in the same home is refused and does not disturb the first', async () => {
    const fleet = newFleet()
    await fleet.start('up')
    const second = await fleet.command(['up'], { BREAKROOM_IRC_PORT: '0', BREAKROOM_HTTP_PORT: '0' })
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^breakroom: Breakroom is running in \S+ already \(pid \d+\)\. .*\n$/)
    const alice = await fleet.person('alice')
    await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
  })

  test.each([
    ['BREAKROOM_IRC_PORT', { BREAKROOM_HTTP_PORT: '0' }],
    ['BREAKROOM_HTTP_PORT', { BREAKROOM_IRC_PORT: '0' }],
  ])('a busy %s is one sentence with the fix, exit code 1, and nothing is left running', async (variable, other) => {
    const fleet = newFleet()
    const port = await busyPort()
    const ended = await fleet.command(['up'], { ...other, [variable]: String(port) })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(
      new RegExp(`^breakroom: Port ${port} on 127\\.0\\.0\\.1 is taken[^\\n]*${variable}=[^\\n]*\\n$`),
    )
    expect(fleetServers.flatMap((name) => fleet.server(name) ?? []).filter(isRunning)).toEqual([])
    expect(() => fleet.ready).toThrow('not up')
  })

  test('a broken role file is named with line and column, and nothing is started', async () => {
    const fleet = newFleet()
    writeFileSync(join(fleet.folder, 'roles/cto.yaml'), 'name: cto\nnick: cto\nmisson: typo\n')
    const ended = await fleet.command(['up'], { BREAKROOM_IRC_PORT: '0', BREAKROOM_HTTP_PORT: '0' })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(/^breakroom: roles\/cto\.yaml:\d+:\d+: /)
    expect(fleetServers.map((name) => fleet.server(name))).toEqual([null, null, null])
  })

  test('a server that is killed is started again, and the room works again', async () => {
    const fleet = newFleet()
    await fleet.start('up')
    const alice = await fleet.person('alice')

    const nats = fleet.ready.pids.nats
    await fleet.killServer('nats')
    await until('ready.json names the NATS that was started again', () => fleet.ready.pids.nats !== nats)
    expect(fleet.ready.pids.nats).toBe(fleet.server('nats')?.pid)
    await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/, 15_000)

    const ergo = fleet.ready.pids.irc
    await fleet.killServer('ergo')
    await until('ready.json names the Ergo that was started again', () => fleet.ready.pids.irc !== ergo)
    const carol = await fleet.person('carol')
    await ask(carol, fleetRoom, 'cto: ping', /^carol: pong$/, 15_000)
  })

  test('a Redis that stays away is said in the room, and !agents still answers; its return is said too', async () => {
    const fleet = newFleet()
    await fleet.startParts()
    const alice = await fleet.person('alice')
    const before = alice.heard.length
    // Whoever watches the servers would start it again at once.
    await fleet.kill('servers')
    await fleet.killServer('redis')
    await hears(alice, /^Redis is away: who is here comes from heartbeats alone/, before, 15_000)
    await ask(alice, fleetRoom, '!agents', /^Here \(3\): ceo, cso, cto\.$/)
    await ask(alice, fleetRoom, '!status', /degraded: .*redis is away/i)
    await fleet.start('servers')
    await hears(alice, /^Redis is back/, before, 15_000)
    // The parts see it one after another.
    await until(
      'all is well',
      async () => /all is well/.test((await ask(alice, fleetRoom, '!status', /^breakroom: /)).text),
      30_000,
    )
  })
})
