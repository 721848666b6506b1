import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Draft } from '../../bots/desk/assigning.ts'
import { judgedResult } from '../../core/task/judged-result.ts'
import { deskOn, recordOf, type SayOptions, type TestDesk } from '../support/desk.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
let desk: TestDesk
let clock: Date

const house = { roles: ['ceo', 'cto', 'cso', 'devops'], checks: ['true', 'false', 'npm test'] }
const newDesk = () => deskOn(tasks.nats, { ...house, now: () => clock })

beforeEach(async () => {
  tasks = await startTestTasks()
  clock = new Date()
  desk = newDesk()
})
afterEach(async () => {
  await desk.kill()
  await tasks[Symbol.asyncDispose]()
})

const says = (text: string, options?: SayOptions) => desk.says(text, options)
const alone = (text: string, options: SayOptions = {}) => desk.says(text, { alone: true, ...options })
const filed = async () => (await tasks.commits()).filter(({ version }) => version === 1)
const story = 'cto "Add rate limiting" accept: 429 after 100 requests a minute; verify: approval'

describe('the story of a task', () => {
  it('is told in one sentence for each step, with the name of who asked', async () => {
    expect(await says(`!assign ${story}; priority: high; due: 60m; then: cso "Review {task_id}"`)).toBe(
      'alice: t-1 is with cto: "Add rate limiting". Done when a person approves. Due in 60 min.',
    )
    expect(await says('!tasks')).toBe('alice: t-1 cto: "Add rate limiting", open, high, due in 60 min.')
    expect(await says('!ack 1')).toBe('alice: t-1 "Add rate limiting" is acknowledged for cto; !claim t-1 takes it.')
    expect(await says('!claim cto')).toBe(
      'alice: t-1 "Add rate limiting" is yours. Done when "429 after 100 requests a minute"; then !done t-1 <result>.',
    )
    expect(await says('!start')).toBe('alice: t-1 "Add rate limiting" is being worked on.')
    expect(await says('!note it is slow')).toBe('alice: noted on t-1 "Add rate limiting".')
    expect(await says('!block waiting for ops')).toBe('alice: t-1 "Add rate limiting" is stuck; !start t-1 goes on.')
    expect(await says('!done merged it')).toBe(
      'alice: t-1 "Add rate limiting" is handed in. Now it waits for a person\'s yes.',
    )
    expect(await says('!reject 1 no test', { actor: 'human-bob' })).toBe(
      'bob: t-1 "Add rate limiting" has your no and is back with cto.',
    )
    expect(await says('!claim #1')).toContain('t-1 "Add rate limiting" is yours.')
    expect(await says('!done with a test')).toContain('t-1 "Add rate limiting" is handed in.')
    expect(await says('!approve t-1 well done', { actor: 'human-bob' })).toBe(
      'bob: t-1 "Add rate limiting" has your yes and is done.',
    )
    await tasks.when('t-2', 'open')
    expect(await says('!task t-2')).toContain('t-2 "Review t-1" is with cso: open.')
    expect(await says('!reassign t-2 devops')).toBe('alice: t-2 "Review t-1" is with devops now.')
    expect(await says('!cancel t-2 not needed')).toBe('alice: t-2 "Review t-1" is cancelled, and what waits for it.')
    expect(await says('!tasks')).toMatch(/^alice: No task is open\. /)
  })

  it('offers an undo for thirty seconds to who gave it aside, and not to who typed it', async () => {
    const receiptOf = async (text: string) =>
      (await recordOf(tasks.nats, 'private')).find(({ data }) => data.text.startsWith(text))
    await alone(`assign ${story}`, { aside: { room: 'breakroom', visibility: 'public' } })
    await alone(`assign ${story}`)
    const until = new Date(clock.getTime() + 30_000).toISOString()
    expect((await receiptOf('t-1 is with cto'))?.data.actions).toEqual([
      { label: 'Undo', command: 'cancel t-1 undone', until },
    ])
    expect((await receiptOf('t-2 is with cto'))?.data.actions).toBeUndefined()
  })

  it('is told alone to who works alone, without their name', async () => {
    expect(await alone(`assign ${story}`)).toMatch(/^t-1 is with cto: /)
    expect(await alone('claim t-1', { alone: 'cto' })).not.toContain('alice:')
  })

  it('means the role that is spoken to where none is named', async () => {
    expect(await says('!assign "Look" accept: x', { alone: 'cso' })).toContain('t-1 is with cso: "Look".')
    expect(await says('!claim', { alone: 'cso' })).toContain('t-1 "Look" is yours.')
  })
})

describe('a task with stages', () => {
  const staged = '!assign devops "Add it" accept: x; prep: cso; qa: cto; review: ceo; then: nothing'

  it('is planned, sent back to its planner by who builds it, built, and sent back by who tries it', async () => {
    expect(await says(staged)).toMatch(
      /^alice: t-1 is with cso, to be planned for \w+: "Add it"\. Done when cto .* and ceo approves\.$/,
    )
    await says('!claim t-1')
    await says('!done first a, then b')
    expect(await tasks.show('t-1')).toMatchObject({ stage: 'ready-for-dev', role: 'devops' })
    expect(await says('!reject t-1 which b?', { actor: 'human-bob' })).toMatch(/^bob: t-1 "Add it" .* cso/)
    expect(await tasks.show('t-1')).toMatchObject({ stage: 'ready-for-prep', role: 'cso', reason: 'which b?' })
    await says('!claim t-1')
    await says('!done first a, then the second b')
    await says('!done t-1 built', { actor: 'human-bob' })
    expect(await says('!reject t-1 Defect: it loses the last line', { actor: 'human-carol' })).toContain('your no')
    const { stage, evidence } = await tasks.show('t-1')
    expect(stage).toBe('ready-for-dev')
    expect(evidence.at(-1)).toMatchObject({ passed: false, category: 'defect', comment: 'it loses the last line' })
  })

  it('is mended by the key behind which it was said', async () => {
    expect(await says('!assign cto "Add it" accept: x; verify: true; qa: cto')).toMatch(
      /: "!assign qa: \.\.\." mends it/,
    )
    expect(await says('!assign qa: cso')).toContain('t-1 is with cto: "Add it".')
    expect((await tasks.show('t-1')).verification).toMatchObject([{ check: 'true' }, { by: 'cso' }, { by: null }])
  })

  it('reads what kind of a no it is behind what a button says it stands under', async () => {
    await says('!assign devops "Mend it" accept: x; review: cso')
    await says('!done t-1 mended')
    const about = judgedResult(await tasks.show('t-1'))
    await says(`reject t-1 ${about} security: a key is in it`, { actor: 'human-bob', alone: true })
    const [seen] = (await tasks.show('t-1')).evidence
    expect(seen).toMatchObject({ category: 'security', comment: 'a key is in it' })
  })
})

describe('a task that stands still', () => {
  beforeEach(async () => {
    await says('!assign devops "Mend it" accept: x')
  })

  it('is asked after, and told to the next one up, and to the next', async () => {
    expect(await says('!nudge t-1')).toContain('devops is asked where it stands')
    expect((await tasks.show('t-1')).watched).toMatchObject({ kind: 'ping' })
    expect(await says('!escalate t-1 since Monday')).toContain('devops-director is told')
    expect((await tasks.show('t-1')).escalation).toMatchObject({ to: 'devops-director', reason: 'since Monday' })
    await says('!escalate t-1')
    expect((await tasks.show('t-1')).escalation).toMatchObject({ to: 'founder' })
  })

  it('goes to the role that is named, and to whoever fits when none is', async () => {
    expect(await says('!reassign t-1 cso')).toBe('alice: t-1 "Mend it" is with cso now.')
    await says('!reassign t-1')
    // Nobody here can do what a cso can, so somebody has to decide.
    expect(await tasks.show('t-1')).toMatchObject({ role: 'cso', escalation: { to: 'founder' } })
  })

  it('S4: is no business of a guest', async () => {
    const guest = { tier: 'guest', actor: 'human-mallory' } as const
    for (const text of ['!nudge t-1', '!escalate t-1', '!reassign t-1', '!dlq'])
      expect(await says(text, guest)).toMatch(/^Only a member or a founder may .*\(rule: tier\)\.$/)
    expect(await tasks.show('t-1')).toMatchObject({ escalation: null, watched: null, role: 'devops' })
  })
})

describe('what is refused', () => {
  it('is said as a sentence, with what is there instead', async () => {
    expect(await says('!task t-9')).toBe('alice: There is no task t-9 that you can see.')
    expect(await says('!done')).toBe('alice: You hold no task; say which one, such as t-13.')
    expect(await says('!tasks ctoo')).toBe('alice: There is no role ctoo. Roles: ceo, cto, cso, devops.')
    expect(await says('!claim cto')).toBe('alice: Nothing to claim: there is nothing to do.')
    expect(await says('!task x')).toBe('x is no task; they look like t-13.')
    expect(await says(`!note t-1 ${'x'.repeat(1_001)}`)).toBe('alice: That is too long; 1000 characters are the most.')
  })

  it('S4: a guest has nobody work, not even word by word', async () => {
    const guest = { tier: 'guest', actor: 'human-mallory' } as const
    for (const text of ['!assign cto "x" accept: y', '!claim cto', '!cancel t-1', '!approve t-1'])
      expect(await says(text, guest)).toMatch(/^Only a member or a founder may .*\(rule: tier\)\.$/)
    expect(await says('!assign cto "x"')).toContain('What must be true')
    expect(await says('breakroom: y', guest)).toContain('!assign')
    expect(await filed()).toEqual([])
    expect(await says('!tasks', guest)).toContain('No task is open.')
  })

  it('S12: somebody who is known by a nick alone never approves, whatever their tier', async () => {
    await says(`!assign ${story}`)
    await says('!claim t-1')
    await says('!done')
    const stranger = { actor: 'human-alice-via-local', tier: 'founder' } as const
    expect(await says('!approve t-1', stranger)).toMatch(/^Only a person I know may approve .*\(rule: unlinked\)\.$/)
    expect((await tasks.show('t-1')).status).toBe('verifying')
  })

  it('S17: nothing that is filed ends the quotation marks it stands in, or begins a line', async () => {
    const title = 'x". t-2 is done.\nt-3 is approved by the founder'
    await says(`!assign cto ${title} accept: ok; verify: approval`)
    await says(`!claim t-1`)
    await says('!done x" by "founder\u2028t-4 is done (`npm test` passed).')
    const shown = `${await says('!task t-1')}\n${await says('!tasks')}`
    expect(shown).toContain('"x\'. t-2 is done."')
    expect(shown).toContain('"x\' by \'founder t-4 is done (`npm test` passed)."')
    for (const line of shown.split('\n')) {
      expect(line.replace(/"[^"]*"/g, '')).not.toMatch(/t-[234]|founder/)
    }
  })
})

describe('an assignment that lacks something', () => {
  it('files nothing, and asks for exactly what is missing until it is there', async () => {
    expect(await says('!assign')).toBe(
      'alice: Who is it for, what is to be done, and what must be true when it is done? For example: !assign ceo "Add rate limiting" accept: 429 after 100 requests a minute',
    )
    expect(await says('!assign cto')).toBe(
      'alice: What is cto to do, and what must be true when it is done? For example: breakroom: Add rate limiting accept: 429 after 100 requests a minute',
    )
    expect(await says('breakroom: Add a limit')).toBe(
      'alice: What must be true when "Add a limit" is done? For example: breakroom: 429 after 100 requests a minute',
    )
    expect(await filed()).toEqual([])
    expect(await says('breakroom: status 429 after 100 requests; verify: true; due: 60')).toBe(
      'alice: due: takes m, h or d; for example due: 60m. For example: breakroom: 60m',
    )
    expect(await says('@breakroom 2h')).toContain('t-1 is with cto: "Add a limit". Done when `true` passes.')
    expect(await tasks.show('t-1')).toMatchObject({
      acceptance_criteria: ['status 429 after 100 requests'],
      sla: { complete_within_minutes: 120 },
    })
    expect(await says('breakroom: and now?')).toContain('!assign')
    expect(await filed()).toHaveLength(1)
  })

  it('goes on alone with any text, and in a conversation with a role as a command', async () => {
    expect(await alone('!assign cto "Add a limit"')).toMatch(/For example: 429 after 100 requests a minute$/)
    expect(await alone('- 429 comes back\n- and is logged')).toContain('t-1 is with cto')
    expect(await alone('!task t-1')).toContain('accept: "429 comes back"\naccept: "and is logged"\n')
    expect(await says('!assign "Look"', { alone: 'cso' })).toMatch(/For example: !assign accept: 429 after/)
    expect(await says('!assign accept: looked', { alone: 'cso' })).toContain('t-2 is with cso: "Look".')
  })

  it('is one for each person and room', async () => {
    await says('!assign cto "One"')
    await alone('!assign cto "Two"')
    await says('!assign cso "Three"', { actor: 'human-bob' })
    expect(await says('breakroom: three is done', { actor: 'human-bob' })).toContain('"Three"')
    expect(await alone('two is done')).toContain('"Two"')
    expect(await says('breakroom: one is done')).toContain('"One"')
  })

  it('is dropped when that is said, and gives way to a new one, which is said too', async () => {
    await says('!assign cto "One"')
    expect(await says('breakroom: never mind')).toBe('alice: Dropped; nothing was filed.')
    expect(await says('!assign cancel')).toBe(
      'alice: There is nothing to drop: you have not begun to assign anything here.',
    )
    await says('!assign cto "Two"')
    expect(await says('!assign cso "Three"')).toMatch(/"Three" is done\?.* \(What you had begun before is dropped\.\)$/)
    expect(await says('!assign cso "Four" accept: x')).toMatch(
      /"Four"\. .* \(What you had begun before is dropped\.\)$/,
    )
    expect(await says('breakroom: x')).toContain('!assign')
    expect(await filed()).toHaveLength(1)
  })

  it('hears commands all the same, and takes nothing for a command that is an answer', async () => {
    await says('!assign cto "One"')
    expect(await says('breakroom: whoami')).toContain('you are human-alice')
    expect(await says('breakroom: task t-9')).toContain('There is no task t-9')
    expect(await says('!tasks')).toContain('No task is open.')
    expect(await says('breakroom: help says how')).toContain('t-1 is with cto')
    expect((await tasks.show('t-1')).acceptance_criteria).toEqual(['help says how'])
  })

  it('is forgotten after an hour', async () => {
    await says('!assign cto "One"')
    clock = new Date(clock.getTime() + 61 * 60_000)
    expect(await says('breakroom: 429 after 100 requests a minute')).toContain('Talk:')
  })

  it('is kept when the service refuses it, and can be mended', async () => {
    expect(await says('!assign cto "One" accept: x; verify: true; after: t-9')).toBe(
      'alice: There is no task t-9 to wait for. Nothing is filed yet: "!assign after: ..." mends it, "!assign cancel" drops it.',
    )
    expect(await says('!assign cto "Zero" accept: x; verify: true')).toContain(
      '(What you had begun before is dropped.)',
    )
    await says('!assign cto "One" accept: x; verify: true; after: t-9')
    expect(await says('breakroom: what now?')).toContain('Talk:')
    expect(await says('!assign after: t-1')).toBe(
      'alice: t-2 is with cto: "One". It waits for t-1. Done when `true` passes.',
    )
  })
})

describe('F6: a desk that is killed', () => {
  it('files one task when it dies between filing and answering, and answers when it is back', async () => {
    const item = desk.item(`!assign ${story}`)
    await tasks.ask('assign', { draft: tasks.draft() }, { id: item.id })
    desk = newDesk()
    await desk.handle(item)
    expect(await desk.answerTo(item)).toMatch(/^alice: t-1 is with cto: /)
    expect(await filed()).toHaveLength(1)
  })

  it('goes on with a conversation where it was, and repeats its last step without doing it twice', async () => {
    await says('!assign cto "One"')
    const item = desk.item('breakroom: accept: x; due: soon')
    await desk.handle(item)
    desk = newDesk()
    await desk.handle(item)
    const last = desk.item('breakroom: 5m')
    await desk.handle(last)
    desk = newDesk()
    await desk.handle(last)
    expect(await desk.answerTo(last)).toContain('t-1 is with cto: "One".')
    const [task, ...others] = await filed()
    expect(others).toEqual([])
    expect(task?.events[0]).toMatchObject({ spec: { acceptance_criteria: ['x'], sla: { complete_within_minutes: 5 } } })
  })

  it('answers a conversation that was filed but not answered with the task it became', async () => {
    await says('!assign cto "One"')
    const item = desk.item('breakroom: x')
    const { bus, keyed } = tasks.nats.as({ kind: 'desk' })
    await desk.handle(item)
    // As if the answer had not gone out: nothing but what is stored counts.
    const draft = await keyed<Draft>('drafts').get('breakroom human-alice')
    expect(draft).toMatchObject({ item: item.id, now: null, before: { role: 'cto' } })
    await bus.close()
    await newDesk().handle(item)
    expect(await filed()).toHaveLength(1)
  })
})

it('tells nobody elsewhere of a task that was asked for alone', async () => {
  await alone('!assign cto "Secret" accept: x; verify: true')
  expect(await says('!tasks')).toContain('No task is open.')
  expect(await says('!task t-1')).toBe('alice: There is no task t-1 that you can see.')
  expect(await alone('!tasks')).toContain('"Secret"')
  expect(await alone('!tasks', { actor: 'human-bob' })).toContain('No task is open.')
})
