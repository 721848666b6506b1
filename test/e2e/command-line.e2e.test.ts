import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

describe('the command line beside a fleet that runs', () => {
  let fleet: TestFleet
  let alice: IrcPerson

  beforeAll(async () => {
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
    await fleet.startParts()
    alice = await fleet.person('alice')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
  })

  const json = async (...args: string[]) => {
    const { stdout, stderr, code } = await fleet.command([...args, '--json'])
    expect(stderr).toBe('')
    return { code, answer: JSON.parse(stdout) as Record<string, unknown> }
  }

  test.each([
    [['statsu'], 'There is no command "statsu". Did you mean status?'],
    [['run', 'brigde'], 'There is no part "brigde". Did you mean bridge?'],
    [['run', 'bots', '--role', 'cot'], 'There is no role cot. Roles: ceo, cso, cto.'],
    [['status', '--jsno'], "Unknown option '--jsno'"],
    [['stop', 'cto', 'cso'], 'stop takes one role at most; "cso" is one too many.'],
    [['tail', '-n', 'many'], '-n takes a number of lines, not "many".'],
  ])('breakroom %j ends with 2 and says what was probably meant', async (args, sentence) => {
    const { code, stdout, stderr } = await fleet.command(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^breakroom: [^\n]+\n$/)
    expect(stderr).toContain(sentence)
  })

  test('a broken environment is one sentence and exit code 2', async () => {
    const { code, stderr } = await fleet.command(['status'], { BREAKROOM_NATS_URL: 'http://x' })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'breakroom: BREAKROOM_NATS_URL must be an address that begins with nats:// or tls://.\n',
    })
  })

  test('status ends with 0 while all is well, in words and in JSON', async () => {
    const words = await fleet.command(['status'])
    expect(words).toEqual({ code: 0, stdout: 'breakroom: all is well.\nHere (3): ceo, cso, cto\n', stderr: '' })
    const { code, answer } = await json('status')
    expect(code).toBe(0)
    const seat = { state: 'here', since: expect.any(String) }
    expect(answer).toEqual({
      org: 'breakroom',
      roles: ['ceo', 'cso', 'cto'].map((role) => ({ role, ...seat })),
      troubles: [],
    })
  })

  test.each([
    ['bridge', 'the bridge does not answer'],
    ['router', 'the router does not answer'],
  ] as const)('status ends with 3 and names the %s while it is down', async (part, trouble) => {
    await fleet.kill(part)
    const { code, answer } = await json('status')
    expect(code).toBe(3)
    expect(answer.troubles).toContain(trouble)
    const words = await fleet.command(['status'])
    expect(words.code).toBe(3)
    expect(words.stdout).toContain(`breakroom: degraded.\n  - ${trouble}\n`)
    await fleet.start(part)
  })

  test('status ends with 3 when the bots have left, and with 1 and a sentence when the desk is down', async () => {
    expect(await fleet.stop('bots')).toBe(0)
    await until(
      'the roles are missed',
      async () => (await json('status')).answer.troubles?.toString().includes('offline'),
      25_000,
    )
    expect((await fleet.command(['status'])).code).toBe(3)
    await fleet.start('bots')
    await fleet.kill('desk')
    const { code, stdout, stderr } = await fleet.command(['status'])
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'breakroom: The desk does not answer. See "breakroom doctor".\n',
    })
    await fleet.start('desk')
  })

  test('stop and resume work from the command line, for one role and for everybody', async () => {
    const stopped = await json('stop', 'cto')
    expect(stopped).toEqual({ code: 0, answer: { stop: 'cto', text: expect.stringMatching(/^cto is stopped\./) } })
    await ask(alice, fleetRoom, 'cto: hello', /^alice: cto is stopped; kept/)
    const before = alice.heard.length
    expect((await fleet.command(['resume', 'cto'])).stdout).toBe('cto goes on.\n')
    await hears(alice, /^alice: I am cto/, before)
    expect((await json('stop')).answer).toMatchObject({ stop: 'everybody' })
    expect((await json('status')).answer.roles).toMatchObject([
      { state: 'stopped' },
      { state: 'stopped' },
      { state: 'stopped' },
    ])
    expect((await fleet.command(['resume'])).stdout).toBe('All roles go on.\n')
    const unknown = await fleet.command(['stop', 'nobody'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toMatch(/There is no role nobody\. Roles: ceo, cso, cto/)
  })

  test('doctor, roles check and people answer in JSON of a known shape', async () => {
    const doctor = await json('doctor')
    expect([0, 3]).toContain(doctor.code)
    expect(doctor.answer).toMatchObject({ failures: 0, warnings: expect.any(Number) })
    for (const finding of doctor.answer.findings as unknown[]) {
      expect(finding).toMatchObject({
        check: expect.any(String),
        state: expect.stringMatching(/^(ok|warning)$/),
        found: expect.any(String),
      })
    }
    const roles = await json('roles', 'check')
    expect(roles).toMatchObject({
      code: 0,
      answer: { ok: true, roles: [{ name: 'ceo' }, { name: 'cso' }, { name: 'cto' }] },
    })
    const people = await json('people')
    expect(people).toMatchObject({ code: 0, answer: { people: { founder: { name: 'Founder', tier: 'founder' } } } })
  })

  test('tail --json prints the record as it is written, one document a line', async () => {
    const text = `tail me ${'x'.repeat(300)}`
    await using program = fleet.open(['tail', '--json', '-n', '5'])
    await until('the past is printed', () => program.output.split('\n').length > 5)
    alice.say(fleetRoom, text)
    await until('the new line is printed', () => program.output.includes(text) && program.output.endsWith('\n'))
    const documents = program.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(documents.find(({ data }) => data?.text === text)).toMatchObject({
      seq: expect.any(Number),
      subject: 'events.human-alice-via-local.chat.breakroom',
      type: 'chat.line',
      actor: 'human-alice-via-local',
      room: { name: 'breakroom', visibility: 'public' },
    })
    await program.kill('SIGINT')
    expect(await program.exited).toBe(0)
  })

  test('without a fleet the commands that need one say so and how to start it', async () => {
    await using nothing = createTestFleet({ roles: ['ceo'] })
    for (const args of [['status'], ['tail'], ['stop', 'ceo']]) {
      const { code, stderr } = await nothing.command(args)
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `breakroom: No fleet runs in ${nothing.home}. Start it with "npm start".\n`,
      })
    }
  })
})
