import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, hears } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import { createGitRepository } from '../support/git-repository.ts'
import type { IrcPerson } from '../support/irc-person.ts'

// What the builder's program does: its first commit has a mistake, the next one puts it right.
const build = `
cat > .git/order.json
limit=1000; test "$(git rev-list --count HEAD)" = 1 || limit=100
echo "export const limit = $limit" > gateway.mjs
git add -A && git commit -qm "$BREAKROOM_TASK"
echo "limit is $limit"
`
const tests = "import { test } from 'node:test'\ntest('has a limit', () => {})\ntest('counts', () => {})\n"

describe('the whole way of a task through four roles', () => {
  let fleet: TestFleet
  let alice: IrcPerson
  let pat: IrcPerson
  let tess: IrcPerson
  let rex: IrcPerson
  /** Only listens in the room, and asks the house alone. */
  let olga: IrcPerson

  beforeAll(async () => {
    const member = (name: string) => ({ name, tier: 'member' as const })
    fleet = createTestFleet({
      roles: ['ceo', 'cto', 'cso', 'architect', 'backend', 'fullstack'],
      checks: { build: ['sh', '-c', build], 'node --test': ['node', '--test', '--test-reporter=tap'] },
      changes: { backend: { brain: { kind: 'command', command: 'build', minutes: 1 }, on_complete: [] } },
      people: { alice: member('Alice'), pat: member('Pat'), tess: member('Tess'), rex: member('Rex') },
    })
    const repository = createGitRepository(join(fleet.home, 'workspaces/backend'))
    repository.write('gateway.mjs', 'export const limit = 0\n')
    repository.write('gateway.test.mjs', tests)
    repository.commit()
    await fleet.start('up')
    alice = await fleet.person('alice')
    pat = await fleet.person('pat')
    tess = await fleet.person('tess')
    rex = await fleet.person('rex')
    olga = await fleet.person('olga')
  }, 60_000)

  afterAll(() => fleet?.[Symbol.asyncDispose]())

  /** What the house and the roles said in the room since then: to somebody by name, or to all. */
  function said(before: number, whom: 'to all' | 'by name'): string[] {
    const persons = [alice, pat, tess, rex].map(({ nick }) => nick)
    return olga.heard
      .slice(before)
      .filter(({ nick, target }) => target === fleetRoom && !persons.includes(nick))
      .filter(({ text }) => persons.some((nick) => text.startsWith(`${nick}: `)) === (whom === 'by name'))
      .map(({ nick, text }) => `<${nick}> ${text}`)
  }

  /** All lines of an answer that the house gives alone, without how long ago things were. */
  async function told(command: string, last: RegExp): Promise<string[]> {
    const before = olga.heard.length
    await ask(olga, 'breakroom', command, last)
    return olga.heard
      .slice(before)
      .filter(({ target }) => target === 'olga')
      .map(({ text }) => text.replace(/\b\d+ s (ago|old)/g, '<n> s $1'))
  }

  test('everybody reads once what stage it is at; each gate is refused to whoever had a part in the work', async () => {
    await ask(
      alice,
      fleetRoom,
      '!assign backend "Limit the gateway" accept: 429 after 100 a minute; prep: architect; verify: `node --test`; qa: fullstack; review: cto; then: cso "Review {task_id}: {title}"',
      /t-1 is with/,
    )
    await hears(olga, /^t-1 is here/, 0)
    expect(await told('!tasks', /^t-1 /)).toEqual([
      't-1 architect: "Limit the gateway", to be planned for backend, <n> s old.',
    ])
    await ask(pat, fleetRoom, '!claim t-1', /^pat: t-1/)
    await ask(pat, fleetRoom, '!done count per address, answer 429 beyond 100', /^pat: t-1 .* has your plan/)
    await hears(olga, /^t-1 .* waits for a test by fullstack.*1000/, 0, 20_000)

    // S9: whoever planned it, and later whoever tried it.
    await ask(pat, fleetRoom, '!approve t-1', /^pat: You cannot judge t-1/)
    const rebuilt = hears(olga, /^t-1 .* waits for a test by fullstack.*"limit is 100"/, 0, 30_000)
    await ask(tess, fleetRoom, '!reject t-1 defect: it lets 1000 through', /^tess: t-1/)
    await rebuilt
    await ask(tess, fleetRoom, '!approve t-1 429 at the 101st', /^tess: t-1/)
    await ask(tess, fleetRoom, '!approve t-1', /^tess: You cannot judge t-1/)
    await ask(pat, fleetRoom, '!approve t-1', /^pat: You cannot judge t-1/)
    await ask(rex, fleetRoom, '!approve t-1 reads well', /^rex: t-1/)
    await hears(olga, /^t-2 is here/, 0, 20_000)

    expect(said(0, 'to all')).toEqual([
      '<architect> t-1 is here: "Limit the gateway". Nobody works at this seat by itself: !claim t-1',
      '<breakroom> t-1 "Limit the gateway" has a plan by pat; backend builds it.',
      '<backend> t-1 is here: "Limit the gateway".',
      '<breakroom> t-1 "Limit the gateway" waits for a test by fullstack: !approve t-1, or !reject t-1 <reason>. Result: "limit is 1000"',
      '<breakroom> t-1 "Limit the gateway" waits for a test by fullstack: !approve t-1, or !reject t-1 <reason>. Result: "limit is 100"',
      '<breakroom> t-1 "Limit the gateway" waits for a review by cto: !approve t-1, or !reject t-1 <reason>. Result: "limit is 100"',
      '<breakroom> t-1 "Limit the gateway" is done (`node --test` passed, approved by tess and rex). Result: "limit is 100"',
      '<cso> t-2 is here: "Review t-1: Limit the gateway". Nobody works at this seat by itself: !claim t-2',
    ])
    expect(said(0, 'by name')).toEqual([
      '<breakroom> alice: t-1 is with architect, to be planned for backend: "Limit the gateway". Done when `node --test` passes, fullstack could not break it and cto approves.',
      '<breakroom> pat: t-1 "Limit the gateway" is yours to plan for backend: !done t-1 <plan>.',
      '<breakroom> pat: t-1 "Limit the gateway" has your plan.',
      '<breakroom> pat: You cannot judge t-1: whoever planned it cannot also judge it.',
      '<breakroom> tess: t-1 "Limit the gateway" has your no (defect) and is back with backend.',
      '<breakroom> tess: t-1 "Limit the gateway" has your yes. Now it waits for a review by cto.',
      '<breakroom> tess: You cannot judge t-1: whoever tried it cannot also review it.',
      '<breakroom> pat: You cannot judge t-1: whoever planned it cannot also judge it.',
      '<breakroom> rex: t-1 "Limit the gateway" has your yes and is done.',
    ])
  })

  test('"!task" and "breakroom why" tell its way, and the builder was given plan and reason', async () => {
    expect(await told('!task t-1', /^then: /)).toEqual([
      't-1 "Limit the gateway" is with backend: done.',
      'accept: "429 after 100 a minute"',
      'verify: `node --test` (passed), a test by fullstack (passed by tess), a review by cto (passed by rex).',
      'asked by alice <n> s ago, try 2 of 5.',
      'plan: "count per address, answer 429 beyond 100", by pat',
      'result: "limit is 100", by backend',
      'then: cso "Review {task_id}: {title}", which is t-2',
    ])
    const { stdout } = await fleet.command(['why', 't-1'])
    const check = '`node --test` (exit code 0, <n> s, output <hash>) said yes'
    expect(
      stdout
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.replace(/^\S+ /, '').replace(/, [\d.]+ s, output \w+/, ', <n> s, output <hash>')),
    ).toEqual([
      'alice: asked backend for it, planned by architect first',
      'architect: acknowledged it',
      'pat: claimed it, epoch 1',
      'pat: planned it: "count per address, answer 429 beyond 100"',
      'backend: claimed it, epoch 2',
      'backend: began',
      'backend: handed it in: "limit is 1000"',
      `breakroom: ${check}`,
      'tess: said no: "it lets 1000 through"; back to its role (defect)',
      'backend: claimed it, epoch 3',
      'backend: began',
      'backend: handed it in: "limit is 100"',
      `breakroom: ${check}`,
      'tess: said yes: "429 at the 101st"',
      'rex: said yes: "reads well"; done',
      'breakroom: t-2 follows',
    ])
    const order = JSON.parse(readFileSync(join(fleet.home, 'workspaces/backend/.git/order.json'), 'utf8'))
    expect(order).toMatchObject({
      task: 't-1',
      plan: 'count per address, answer 429 beyond 100',
      reason: 'it lets 1000 through',
      epoch: 3,
    })
  })

  test('S9: whoever asked for it and did it judges it at no gate', async () => {
    const before = olga.heard.length
    await ask(
      alice,
      fleetRoom,
      '!assign cto "Write it down" accept: a page; qa: fullstack; review: architect',
      /t-3 is with cto/,
    )
    await ask(alice, fleetRoom, '!claim t-3', /^alice: t-3/)
    await ask(alice, fleetRoom, '!done on the wiki', /^alice: t-3 .*waits for a test by fullstack/)
    await ask(alice, fleetRoom, '!approve t-3', /^alice: You cannot judge t-3: whoever did the work/)
    await ask(tess, fleetRoom, '!approve t-3', /^tess: t-3 .*waits for a review by architect/)
    await ask(alice, fleetRoom, '!approve t-3', /^alice: You cannot judge t-3: whoever did the work/)
    await ask(pat, fleetRoom, '!approve t-3', /^pat: t-3 .* is done/)
    expect(said(before, 'to all')).toContain(
      '<breakroom> t-3 "Write it down" is done (approved by tess and pat). Result: "on the wiki"',
    )
  })

  test('what nobody acknowledges in time is said one step up, once, and stands on the record', async () => {
    const before = olga.heard.length
    await ask(alice, fleetRoom, '!stop cto', /^cto is stopped/)
    await ask(alice, fleetRoom, '!assign cto "Look at the log" accept: read; ack: 1s', /t-4 is with cto/)
    await hears(olga, /^ceo: t-4/, before, 20_000)
    expect(await told('!tasks cto', /^t-4 /)).toEqual([
      't-4 cto: "Look at the log", open, not acknowledged in time, ceo was told, <n> s old.',
    ])
    await ask(rex, fleetRoom, '!note t-4 I look at it tomorrow', /noted on t-4/)
    expect(await told('!tasks cto', /^t-4 /)).toEqual([
      't-4 cto: "Look at the log", open, not acknowledged in time, <n> s old.',
    ])
    await ask(alice, fleetRoom, '!resume cto', /cto/)
    await hears(olga, /^t-4 is here/, before, 20_000)
    const unasked = said(before, 'to all').filter((line) => /t-4/.test(line))
    expect(unasked).toEqual([
      '<breakroom> ceo: t-4 "Look at the log" needs you: "cto did not acknowledge it within 1 s". It is open, with cto. Answer with !note, !reassign or !cancel t-4.',
      '<cto> t-4 is here: "Look at the log". Nobody works at this seat by itself: !claim t-4',
    ])
    const verbs = (await fleet.record('events')).flatMap(({ subject, envelope }) =>
      'data' in envelope && envelope.data.task === 't-4' && subject.includes('.task.') ? [subject.split('.')[3]] : [],
    )
    expect(verbs).toEqual(['created', 'breached', 'escalated', 'noted', 'acknowledged'])
  })
})
