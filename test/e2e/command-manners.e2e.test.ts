import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { cloneFolder, until } from '../support/process.ts'

const anyPort = { BREAKROOM_IRC_PORT: '0', BREAKROOM_HTTP_PORT: '0' }

describe('a start that fails', () => {
  const open: (TestFleet | Server)[] = []

  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
  })

  function newFleet(): TestFleet {
    const fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
    open.push(fleet)
    return fleet
  }

  async function busyPort(): Promise<string> {
    const server = createServer()
    open.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return String((server.address() as { port: number }).port)
  }

  test.each(['BREAKROOM_IRC_PORT', 'BREAKROOM_HTTP_PORT'])(
    "for a busy %s does not use up the founder's word",
    async (variable) => {
      const fleet = newFleet()
      const failed = await fleet.command(['up'], { ...anyPort, [variable]: await busyPort() })
      expect(failed).toMatchObject({ code: 1, stdout: '' })
      await fleet.start('up')
      const word = /Founder +\/msg breakroom !login (\S+)/.exec(fleet.outputOf('up'))?.[1] ?? ''
      const alice = await fleet.person('alice')
      await ask(alice, 'breakroom', `!login ${word}`, /founder here/)
    },
  )

  test.each(['BREAKROOM_IRC_PORT', 'BREAKROOM_HTTP_PORT'])(
    'for a busy %s between a clean stop and the next start leaves no gap in the record',
    async (variable) => {
      const fleet = newFleet()
      await fleet.start('up')
      const alice = await fleet.person('alice')
      await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
      await fleet.stop('up', 'SIGINT')
      const failed = await fleet.command(['up'], { ...anyPort, [variable]: await busyPort() })
      expect(failed.code).toBe(1)
      await fleet.start('up')
      const again = await fleet.person('alice')
      await ask(again, fleetRoom, 'cto: ping', /^alice: pong$/)
      const subjects = (await fleet.record('events')).map(({ subject }) => subject)
      expect(subjects.filter((subject) => subject.includes('.gap.'))).toEqual([])
    },
  )
})

describe('beside a fleet that runs', () => {
  let fleet: TestFleet
  let alice: IrcPerson

  beforeAll(async () => {
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
    await fleet.start('up')
    alice = await fleet.person('alice')
  })

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
  })

  test('tail ends quietly when nobody reads it any more', async () => {
    const program = spawn(process.execPath, [join(cloneFolder, 'cli/breakroom.ts'), 'tail'], {
      cwd: fleet.folder,
      env: { PATH: process.env.PATH, BREAKROOM_HOME: fleet.home },
    })
    let complaints = ''
    program.stderr.on('data', (chunk) => {
      complaints += chunk
    })
    const ended = new Promise((done) => program.once('exit', (code) => done(code)))
    await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
    await new Promise((done) => program.stdout.once('data', done))
    program.stdout.destroy()
    // The end of a pipe is noticed at the next write.
    await until('it ended', async () => {
      await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
      return program.exitCode !== null
    })
    expect({ code: await ended, complaints }).toEqual({ code: 0, complaints: '' })
  })

  test('one role is not resumed while everybody is stopped, and that is a failure', async () => {
    await fleet.command(['stop'])
    const words = await fleet.command(['resume', 'cto'])
    expect(words).toMatchObject({ code: 1, stdout: '' })
    expect(words.stderr).toMatch(/^breakroom: The whole fleet is stopped, by [^\n]+\n$/)
    const json = await fleet.command(['resume', 'cto', '--json'])
    expect({ code: json.code, answer: JSON.parse(json.stdout) }).toEqual({
      code: 1,
      answer: { resume: 'cto', resumed: false, text: expect.stringMatching(/^The whole fleet is stopped/) },
    })
    expect((await fleet.command(['status'])).stdout).toContain('Stopped (3)')
    const all = await fleet.command(['resume', '--json'])
    expect({ code: all.code, answer: JSON.parse(all.stdout) }).toMatchObject({ code: 0, answer: { resumed: true } })
    expect((await fleet.command(['resume', 'cto'])).code).toBe(0)
  })

  test('a home whose key the bus does not know is denied, with 4', async () => {
    const elsewhere = { BREAKROOM_HOME: `${fleet.home}-of-somebody-else`, BREAKROOM_NATS_URL: fleet.ready.nats }
    const commands = [['status'], ['tail'], ['stop', '--json']]
    const [status, tail, stop] = await Promise.all(commands.map((args) => fleet.command(args, elsewhere)))
    for (const ended of [status, tail]) {
      expect(ended).toMatchObject({ code: 4, stdout: '' })
      expect(ended?.stderr).toMatch(/^breakroom: The bus at nats:\S+ does not take the key of \S+-else\. [^\n]+\n$/)
    }
    expect({ code: stop?.code, answer: JSON.parse(stop?.stdout ?? '') }).toMatchObject({
      code: 4,
      answer: { error: { code: 'denied' } },
    })
    expect((await fleet.command(['status'])).stdout).toContain('Here (3)')
  })

  test('an address at which nothing answers is named', async () => {
    const nowhere = { BREAKROOM_NATS_URL: 'nats://somebody:secret@127.0.0.1:1' }
    const commands = [['status'], ['tail'], ['doctor']]
    const [status, tail, doctor] = await Promise.all(commands.map((args) => fleet.command(args, nowhere)))
    for (const ended of [status, tail]) {
      expect(ended).toEqual({
        code: 1,
        stdout: '',
        stderr: 'breakroom: Nothing answers at nats://127.0.0.1:1.\n',
      })
    }
    expect(doctor?.code).toBe(1)
    expect(doctor?.stdout).toContain('failure fleet: Nothing answers at nats://127.0.0.1:1.\n')
  })

  test('a role file that is broken meanwhile does not stand in the way of status, stop and resume', async () => {
    const file = join(fleet.folder, 'roles/cso.yaml')
    const before = readFileSync(file)
    writeFileSync(file, 'name: cso\nmisson: typo\n')
    for (const args of [['status'], ['stop', 'cto'], ['resume', 'cto'], ['people']]) {
      expect(await fleet.command(args)).toMatchObject({ code: 0, stderr: '' })
    }
    writeFileSync(file, before)
  })

  test('a new login word ends what was opened with the old one', async () => {
    const login = async () => {
      const { code, stdout } = await fleet.command(['people', 'login', '--json'])
      expect(code).toBe(0)
      const { founder_word, logins_ended } = JSON.parse(stdout)
      expect(logins_ended).toBe(true)
      return founder_word as string
    }
    const old = await login()
    await ask(alice, 'breakroom', `!login ${old}`, /founder here/)
    await ask(alice, fleetRoom, '!whoami', /a founder/)
    const word = await login()
    await ask(alice, fleetRoom, '!whoami', /a member/)
    await ask(alice, 'breakroom', `!login ${old}`, /^That word is not right/)
    await ask(alice, 'breakroom', `!login ${word}`, /founder here/)
  })

  test.each([
    ['bridge', /^breakroom: Breakroom runs here already \(pid \d+\), with its bridge\. [^\n]+\n$/],
    ['bots', /^breakroom: Breakroom runs here already \(pid \d+\), with its bots\. [^\n]+\n$/],
  ])('"run %s" in its home is refused', async (part, sentence) => {
    const { code, stderr } = await fleet.command(['run', part])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(sentence) })
  })

  test('doctor ends with 0 beside a fleet that is well, on the Redis of a stable distribution too', async () => {
    const { code, stdout } = await fleet.command(['doctor'])
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/3 roles, 1 platform\n[\s\S]*checks, 0 failures, 0 warnings\.\n$/),
    })
  })
})

test('doctor says that the desk and the state store do not run, and how to start them', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
  await fleet.start('servers')
  const { code, stdout } = await fleet.command(['doctor'])
  expect(code).toBe(1)
  expect(stdout).toContain('failure fleet: the desk does not run\n        fix: breakroom run desk, or npm start\n')
  expect(stdout).toMatch(
    /failure state: the state store does not run[^\n]*\n {8}fix: breakroom run state, or npm start\n/,
  )
  expect(stdout).toMatch(/checks, 2 failures, 0 warnings\.\n$/)
})

test('a new login word is made without a fleet too', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
  const { code, stdout } = await fleet.command(['people', 'login'])
  expect(code).toBe(0)
  const word = /shown this once: (\S+)\n/.exec(stdout)?.[1]
  await fleet.start('up')
  const alice = await fleet.person('alice')
  await ask(alice, 'breakroom', `!login ${word}`, /founder here/)
})

test('"run router" is refused while another process is the router of this home', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
  await fleet.start('servers')
  await fleet.start('router')
  const { code, stderr } = await fleet.command(['run', 'router'])
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^breakroom: The router of \S+ runs already \(pid \d+\)\. Stop it, or [^\n]+\n$/),
  })
  await fleet.kill('router')
  await fleet.start('router')
})

test('"up" says who stands still from before, and how to end that', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
  await fleet.start('up')
  expect(fleet.outputOf('up')).not.toContain('Stopped')
  const alice = await fleet.person('alice')
  await ask(alice, 'breakroom', '!stop', /^All roles are stopped/)
  await fleet.stop('up', 'SIGINT')
  await fleet.start('up')
  expect(fleet.outputOf('up')).toMatch(/Stopped +all roles, by alice; npx breakroom resume\n/)
})
