import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PendingCommand } from '../../bots/desk/pending-commands.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { type DeskOptions, deskOn, recordOf, type SayOptions, type TestDesk } from '../support/desk.ts'
import { cloneFolder, type Running, run, until } from '../support/process.ts'
import { runTaskProcess } from '../support/task-process.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
let desk: TestDesk
const desks: TestDesk[] = []

const subjects = orgSubjects('breakroom')
const bob = { actor: 'human-bob' } as const
const kept = 'alice: the task service does not answer; I keep that and do it when it is back.'
const assignment = (title: string) => `!assign cto "${title}" accept: it is done; verify: approval`

beforeEach(async () => {
  tasks = await startTestTasks({ serving: false })
  desk = newDesk()
})
afterEach(async () => {
  for (const one of desks.splice(0)) await one.kill()
  await tasks[Symbol.asyncDispose]()
})

function newDesk(options: DeskOptions = {}): TestDesk {
  const roles = ['ceo', 'cto', 'cso', 'devops']
  const made = deskOn(tasks.nats, { roles, checks: ['true'], patience: { first: 300, further: 100 }, ...options })
  desks.push(made)
  return made
}

/** Says it and waits until the desk has dealt with the item, as its queue does. */
async function say(text: string, options?: SayOptions): Promise<InboxEnvelope> {
  const item = desk.item(text, options)
  await desk.handle(item)
  return item
}

const pending = () => tasks.nats.as({ kind: 'desk' }).keyed<PendingCommand>('pending')
const nothingWaits = () => until('nothing waits', async () => (await pending().entries()).size === 0)
const filed = async () => (await tasks.commits()).filter(({ version }) => version === 1)
/** What was said to these items, in the order of the record. */
async function answersTo(items: InboxEnvelope[]): Promise<string[]> {
  const lines = new Set(items.map(({ data }) => data.line.id))
  const said = await recordOf(tasks.nats, 'events')
  return said.filter(({ data }) => lines.has(data.in_reply_to ?? '')).map(({ data }) => data.text)
}

describe('while the task service is away, a command', () => {
  it('is kept, said to be so once, and done when it is back: in order, once', async () => {
    const texts = [assignment('One'), '!claim t-1', '!note it is slow', '!done merged', '!tasks']
    const items: InboxEnvelope[] = []
    for (const text of texts) items.push(await say(text))
    expect(await answersTo(items)).toEqual(texts.map(() => kept))
    await tasks.start()
    await nothingWaits()
    expect((await answersTo(items)).slice(texts.length)).toEqual([
      'alice: t-1 is with cto: "One". Done when a person approves.',
      'alice: t-1 "One" is yours. Done when "it is done"; then !done t-1 <result>.',
      'alice: noted on t-1 "One".',
      'alice: t-1 "One" is handed in. Now it waits for a person\'s yes.',
      expect.stringMatching(/^alice: t-1 cto: "One", /),
    ])
    const story = (await tasks.commits()).flatMap(({ events }) => events.map(({ type }) => type))
    expect(story).toEqual(['created', 'claimed', 'noted', 'submitted'])
  })

  it('holds up who asks next for a moment, and those behind them hardly at all', async () => {
    const begun = performance.now()
    await say(assignment('One'))
    const first = performance.now() - begun
    await say('!tasks', bob)
    await say('!note more')
    expect(first).toBeLessThan(1_000)
    expect(performance.now() - begun - first).toBeLessThan(1_000)
  })

  it('is kept and done once when its item is delivered again, before and after', async () => {
    const item = await say(assignment('One'))
    await desk.handle(item)
    await tasks.start()
    await nothingWaits()
    await desk.handle(item)
    expect(await answersTo([item])).toEqual([kept, expect.stringContaining('t-1 is with cto')])
    expect(await filed()).toHaveLength(1)
  })

  it('is kept where it was said: what was said alone stays so', async () => {
    const item = await say(`!assign cto "Secret" accept: x; verify: true`, { alone: true })
    expect(await desk.answersTo(item)).toEqual([
      'The task service does not answer; I keep that and do it when it is back.',
    ])
    await tasks.start()
    await nothingWaits()
    expect((await desk.answersTo(item))[1]).toMatch(/^t-1 is with cto: "Secret"/)
    expect(JSON.stringify(await recordOf(tasks.nats, 'events'))).not.toContain('Secret')
  })

  it('is counted by !status', async () => {
    desk.troubles = ['the task service does not answer']
    await say(assignment('One'))
    expect(await desk.says('!status')).toContain('the task service does not answer; 1 command waits for it; ')
    await say('!tasks', bob)
    expect(await desk.says('!status')).toContain('the task service does not answer; 2 commands wait for it; ')
    desk.troubles = []
    expect(await desk.says('!status')).toContain('degraded: 2 commands wait for the task service; ')
  })

  it('is refused when the same person has twenty waiting, and says so', async () => {
    for (let i = 0; i < 20; i++) await say(`!note t-1 ${i}`)
    expect(await desk.says('!note t-1 more')).toBe(
      'alice: 20 commands of yours wait for the task service already, so this one is not kept. Say it again later.',
    )
    expect(await desk.says('!tasks', bob)).toContain('I keep that')
    expect((await pending().entries()).size).toBe(21)
  })
})

describe('what waits', () => {
  it('F6: is done by the next desk when this one was killed, in order, once', async () => {
    const texts = [assignment('One'), '!claim t-1', '!note first', '!note second']
    const items: InboxEnvelope[] = []
    for (const text of texts) items.push(await say(text))
    await desk.kill()
    desk = newDesk()
    const last = await say('!tasks')
    items.push(last)
    await until('the last is said to be kept', async () => (await desk.answersTo(last)).length === 1)
    await tasks.start()
    await nothingWaits()
    const answers = await answersTo(items)
    expect(answers.filter((text) => text === kept)).toHaveLength(5)
    expect(answers.filter((text) => text !== kept)).toEqual([
      expect.stringContaining('t-1 is with cto'),
      expect.stringContaining('is yours'),
      expect.stringContaining('noted on'),
      expect.stringContaining('noted on'),
      expect.stringContaining('t-1 cto: "One"'),
    ])
    const notes = (await tasks.commits()).flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'noted' ? [event.text] : [])),
    )
    expect(notes).toEqual(['first', 'second'])
  })

  it('is done by a desk that ran already when another ended in the middle of its last item', async () => {
    const other = newDesk()
    await other.says('!tasks', bob)
    const item = await say(assignment('One'))
    await desk.kill()
    await tasks.start()
    await nothingWaits()
    expect(await other.answersTo(item)).toEqual([kept, expect.stringContaining('t-1 is with cto')])
  })

  it('outlives the bus', async () => {
    const item = await say(assignment('One'))
    await tasks.nats.kill()
    await tasks.nats.start()
    await tasks.start()
    await nothingWaits()
    expect(await answersTo([item])).toEqual([kept, expect.stringContaining('t-1 is with cto')])
    expect(await filed()).toHaveLength(1)
  })

  it('is given up when its time is over, truthfully, and is not done later', async () => {
    await desk.kill()
    desk = newDesk({ giveUpAfterMs: 600 })
    const change = await say(assignment('One'))
    const look = await say('!tasks', bob)
    await nothingWaits()
    expect(await answersTo([change])).toEqual([
      kept,
      'alice: I could not reach the task service in time, so I do not know whether that counted; !tasks shows it when it is back.',
    ])
    expect((await answersTo([look]))[1]).toBe(
      'bob: The task service does not answer; nothing is lost. Try again in a moment.',
    )
    await tasks.start()
    await say('!tasks', bob)
    await nothingWaits()
    expect(await answersTo([change])).toHaveLength(2)
    expect(await filed()).toEqual([])
  })

  it('is tried once more by a desk that starts after its time was over', async () => {
    const item = await say(assignment('One'))
    await desk.kill()
    await tasks.start()
    desk = newDesk({ now: () => new Date(Date.now() + 11 * 60_000) })
    await nothingWaits()
    expect(await answersTo([item])).toEqual([kept, expect.stringContaining('t-1 is with cto')])
  })

  it('holds up nobody else, however long it takes, and its own person no longer than its time', async () => {
    await tasks.start()
    const broken = desk.item('!tasks')
    const data = { ...broken.data, line: { ...broken.data.line, data: { speaker: 'alice' } } }
    const item = { ...broken, data } as unknown as InboxEnvelope
    await desk.kill()
    await pending().put(item.id, { item, at: new Date().toISOString() })
    desk = newDesk({ giveUpAfterMs: 2_000 })
    const behind = await say('!tasks')
    expect(await desk.says('!tasks', bob)).toContain('bob: No task is open.')
    expect(await answersTo([behind])).toEqual([])
    await nothingWaits()
    expect(await answersTo([behind])).toEqual([expect.stringContaining('alice: No task is open.')])
  })
})

describe('a conversation about an assignment', () => {
  it('goes on where it was, files one task, and takes nothing else for an answer', async () => {
    expect(await desk.says('!assign cto "One"')).toContain('What must be true')
    const answer = await say('breakroom: it is done; verify: true')
    const more = await say('breakroom: thank you')
    expect(await answersTo([answer, more])).toEqual([kept, kept])
    await tasks.start()
    await nothingWaits()
    expect((await answersTo([answer]))[1]).toContain('t-1 is with cto: "One".')
    expect((await answersTo([more]))[1]).toContain('!assign')
    expect(await filed()).toHaveLength(1)
    expect((await tasks.show('t-1')).acceptance_criteria).toEqual(['it is done'])
  })

  it('is begun again behind what waits, and every one is filed', async () => {
    await say(assignment('One'))
    const begun = await say('!assign cto "Two"')
    expect(await answersTo([begun])).toEqual([kept])
    await tasks.start()
    await nothingWaits()
    expect((await answersTo([begun]))[1]).toContain('What must be true when "Two" is done?')
    expect(await desk.says('breakroom: it is done; verify: true')).toContain('t-2 is with cto: "Two".')
    expect(await filed()).toHaveLength(2)
  })

  it('can be mended when the service refuses it after all', async () => {
    const item = await say('!assign cto "One" accept: x; verify: true; after: t-9')
    await tasks.start()
    await nothingWaits()
    expect((await answersTo([item]))[1]).toContain('There is no task t-9 to wait for. Nothing is filed yet')
    expect(await desk.says('!assign cto "Zero" accept: x; verify: true')).toContain('t-1 is with cto')
    await desk.says('!assign cto "One" accept: x; verify: true; after: t-9')
    expect(await desk.says('!assign after: t-1')).toContain('t-2 is with cto: "One". It waits for t-1.')
  })

  it('goes by when its answer was said, not by when it could be filed', async () => {
    let late = 0
    const now = () => new Date(Date.now() + late * 60_000)
    await desk.kill()
    desk = newDesk({ now })
    await desk.says('!assign cto "One"')
    late = 55
    const item = await say('breakroom: it is done; verify: true')
    late = 64
    await tasks.start()
    await nothingWaits()
    expect((await answersTo([item]))[1]).toContain('t-1 is with cto: "One".')
  })

  it('keeps no command waiting that needs no tasks', async () => {
    await desk.says('!assign cto "One"')
    await say('breakroom: it is done; verify: true')
    expect(await desk.says('breakroom: stop cto')).toContain('cto is stopped.')
    expect(await desk.says('!agents')).toContain('Offline')
  })
})

describe('a desk as it runs', () => {
  const stopped = async () => (await tasks.nats.as({ kind: 'desk' }).keyed<Stop>('control').get('cto')) !== null

  function runDesk(): Running {
    const file = join(tasks.house.folder, `desk-${randomUUID()}.json`)
    writeFileSync(file, JSON.stringify(tasks.house))
    return run(process.execPath, [join(cloneFolder, 'test/fixtures/run-desk.ts'), file])
  }

  async function send(text: string, options?: SayOptions): Promise<InboxEnvelope> {
    const item = desk.item(text, options)
    await tasks.nats.as({ kind: 'router' }).bus.publish(subjects.inbox('breakroom'), item)
    return item
  }

  /** Waits until the desk that runs has said this much to an item. */
  const heard = (item: InboxEnvelope, count: number) =>
    until(`${count} answers`, async () => {
      const answers = await desk.answersTo(item)
      return answers.length >= count && answers
    })

  it('stops a role within two seconds, whatever waits before that: a service that is not there, or hangs', async () => {
    await using _running = runDesk()
    await heard(await send('!whoami'), 1)
    const items = [await send(assignment('One')), await send('!tasks'), await send('!tasks', bob)]
    const begun = performance.now()
    await send('!stop cto')
    await until('cto is stopped', stopped)
    expect(performance.now() - begun).toBeLessThan(2_000)
    await heard(await send('!resume cto'), 1)

    await using service = await runTaskProcess(tasks.house)
    for (const item of items) await heard(item, 2)
    service.signal('SIGSTOP')
    const hanging = [await send('!note t-1 x'), await send('!tasks'), await send('!tasks', bob)]
    const again = performance.now()
    await send('!stop cto')
    await until('cto is stopped', stopped)
    expect(performance.now() - again).toBeLessThan(2_000)
    service.signal('SIGCONT')
    for (const item of hanging) await heard(item, 2)
    expect(await filed()).toHaveLength(1)
  })

  it('F6: kept before kill -9 is done after it, once', async () => {
    const items: InboxEnvelope[] = []
    {
      await using _killed = runDesk()
      for (const text of [assignment('One'), '!claim t-1', '!done merged']) items.push(await send(text))
      for (const item of items) await heard(item, 1)
    }
    await using _next = runDesk()
    await tasks.start()
    for (const item of items) await heard(item, 2)
    await nothingWaits()
    // A try whose answer was lost has "already" in the next one.
    expect((await answersTo(items)).slice(3)).toEqual([
      expect.stringContaining('t-1 is with cto: "One".'),
      expect.stringContaining('t-1 "One" is yours'),
      expect.stringMatching(/t-1 "One" is (handed in|.* already)/),
    ])
    const story = (await tasks.commits()).flatMap(({ events }) => events.map(({ type }) => type))
    expect(story).toEqual(['created', 'claimed', 'submitted'])
  })
})
