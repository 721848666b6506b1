import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LetterList, type LetterReply, letterListSchema, letterReplySchema } from '../../core/dead-letter/view.ts'
import { asChatLine, type ChatEnvelope, type Envelope } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { LetterVerb, TaskDraft, TaskRequest } from '../../core/task/request.ts'
import type { FollowUp, Task } from '../../core/task/task.ts'
import { type Given, giveUp, itemFor } from '../support/dead-letters.ts'
import { envelopeOf } from '../support/envelope.ts'
import { until } from '../support/process.ts'
import { expireLead, runTaskProcess } from '../support/task-process.ts'
import { readStream } from '../support/task-record.ts'
import { alice, bob, founder, publicPlace, startTestTasks, type TestTasks } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const passes: TaskDraft['verification'] = [{ kind: 'check', check: 'true' }]
const people = {
  alice: { name: 'alice', tier: 'member' as const },
  bob: { name: 'bob', tier: 'member' as const },
  founder: { name: 'Founder', tier: 'founder' as const },
}

let tasks: TestTasks
beforeEach(async () => {
  tasks = await startTestTasks({ serving: false, rooms: { board: { visibility: 'private' } } })
})
afterEach(() => tasks[Symbol.asyncDispose]())

/** The service, with people who are known. */
function serve(changes: Record<string, unknown> = {}, known: object = people): Promise<void> {
  return tasks.start({ fleet: { ...tasks.house.fleet, people: known } as typeof tasks.house.fleet, ...changes })
}

interface Asking {
  by?: TaskRequest['by']
  place?: TaskRequest['place']
  timeoutMs?: number
}

async function about(verb: Exclude<LetterVerb, 'letters'>, args: object, asking: Asking = {}): Promise<LetterReply> {
  return letterReplySchema.parse(await tasks.askRaw(verb, args, asking))
}

async function list(asking: Asking = {}, all = false): Promise<LetterList> {
  return letterListSchema.parse(await tasks.askRaw('letters', { all }, asking))
}

const messages = async (stream: string) =>
  (await readStream(tasks.nats, stream)).map(({ text, subject }) => ({
    ...(JSON.parse(text) as Envelope),
    on: subject,
  }))

/** What the house has said of letters. */
async function told(): Promise<ChatEnvelope[]> {
  const lines = (await messages('EVENTS')).flatMap((envelope) => asChatLine(envelope) ?? [])
  return lines.filter(({ id }) => /^letters?:/.test(id))
}

const toldOnce = (what: string, many = 1) =>
  until(what, async () => {
    const lines = await told()
    return lines.length >= many && lines
  })

const inInbox = async (role: string) => (await messages('WORK')).filter(({ on }) => on === subjects.inbox(role))

/** A letter that waits, by its number. */
const waiting = (number: number) =>
  until(`d-${number} waits`, async () =>
    (await list({ by: founder })).letters.find(({ label }) => label === `d-${number}`),
  )

describe('a dead letter', () => {
  it('F26: is said once in the room that it came from, with its class, its reason and the way back, also after a restart', async () => {
    await serve()
    await giveUp(tasks.nats, { id: 'line-1', class: 'transient', reason: 'The host does not answer.' })
    const began = performance.now()
    const [line] = await toldOnce('it is said')
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(line?.room).toEqual({ name: 'breakroom', visibility: 'public' })
    expect(line?.data.text).toBe(
      'd-1: cto gave something up (transient): "The host does not answer." !dlq retry d-1 tries it again, !dlq drop d-1 <why> ends it.',
    )
    expect(line?.data.actions).toEqual([{ label: 'Retry', command: 'dlq retry d-1' }])
    await tasks.stop()
    // As after a crash before the cursor was stored.
    await tasks.nats.as({ kind: 'tasks' }).keyed<number>('cursors').put('tasks letters', 0)
    await giveUp(tasks.nats, { id: 'line-2' })
    await serve()
    expect((await toldOnce('the next is said', 2)).map(({ data }) => data.text.slice(0, 4))).toEqual(['d-1:', 'd-2:'])
    expect((await list()).letters.map(({ label }) => label)).toEqual(['d-2', 'd-1'])
  })

  it('S22: from a private conversation is said in the home room without a word of it, and read alone by who asked', async () => {
    await giveUp(tasks.nats, {
      id: 'line-1',
      text: 'the password is swordfish',
      alone: true,
      reason: 'swordfish broke it',
    })
    await serve()
    const [line] = await toldOnce('it is said')
    expect(line?.room.name).toBe('breakroom')
    expect(JSON.stringify(line)).not.toMatch(/swordfish|alice/)
    expect(line?.trace).not.toBe(itemFor({ id: 'line-1', alone: true }).trace)
    const inPrivate = { room: { name: 'dm-human-alice-cto', visibility: 'private' as const }, voice: 'cto' }
    const to = { network: 'local', nick: 'alice', account: null }
    const others: Asking[] = [
      { by: alice },
      { by: bob },
      { by: founder },
      { by: bob, place: { ...publicPlace, voice: 'cto', to } },
    ]
    for (const asking of others) {
      const { letter } = await about('letter', { letter: 'd-1' }, asking)
      expect(letter).toMatchObject({ label: 'd-1', class: 'logic', seat: 'cto', content: null })
      expect(JSON.stringify([letter, await list(asking)])).not.toContain('swordfish')
    }
    const { letter } = await about('letter', { letter: 'd-1' }, { by: alice, place: { ...inPrivate, to } })
    expect(letter.content).toMatchObject({ said: { name: 'alice', text: 'the password is swordfish' } })
    await expect(
      about('edit_letter', { letter: 'd-1', changes: { text: 'hello' } }, { by: founder }),
    ).rejects.toMatchObject({ detail: { rule: 'not-yours' } })
  })

  it('of a thousand at once has one line with all the others, and a label of its own', async () => {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => raw(letterBytes({ id: `line-${index}` }))))
    const began = performance.now()
    await serve()
    await until('all wait', async () => (await list()).waiting === 1_000, 30_000)
    const lines = await toldOnce('they are said')
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.data.text).toMatch(/^1000 things were given up: 1000 logic \(d-1 to d-1000\)\./)
    const { letters, more } = await list()
    expect([letters.length + more, letters[0]?.label]).toEqual([1_000, 'd-1000'])
  }, 60_000)

  it('that cannot be read is one too: said, listed, and only to be dropped', async () => {
    await serve()
    await raw(new TextEncoder().encode('{"no": "envelope"}'))
    await toldOnce('it is said')
    expect((await waiting(1)).class).toBe('validation')
    await expect(about('retry_letter', { letter: 'd-1' })).rejects.toMatchObject({ detail: { rule: 'unreadable' } })
    const { letter, did } = await about('drop_letter', { letter: 'd-1', reason: 'garbage' })
    expect([letter.state, did, (await list()).waiting]).toEqual(['dropped', true, 0])
    expect((await about('drop_letter', { letter: 'd-1', reason: 'again' }, { by: bob })).did).toBe(false)
    const record = await tasks.nats.as({ kind: 'tasks' }).keyed<{ standing: object }>('letters').get('d-1')
    expect(record?.standing).toMatchObject({ state: 'dropped', by: 'human-alice', name: 'alice', reason: 'garbage' })
  })
})

describe('trying again', () => {
  it('puts the item back as it came, once, also when several ask at the same time', async () => {
    await serve()
    await giveUp(tasks.nats, { id: 'line-1' })
    await waiting(1)
    const replies = await Promise.all(
      [alice, bob, founder, alice].map((by) => about('retry_letter', { letter: 'd-1' }, { by })),
    )
    expect(replies.filter(({ did }) => did)).toHaveLength(1)
    expect((await inInbox('cto')).map(({ id }) => id)).toEqual(['line-1>cto'])
    expect((await list()).waiting).toBe(0)
    expect(await about('letter', { letter: 'd-1' })).toMatchObject({ letter: { state: 'retried' } })
  })

  it('that fails again is a new letter that names the old one', async () => {
    await serve()
    await giveUp(tasks.nats, { id: 'line-1' })
    await waiting(1)
    await about('retry_letter', { letter: 'd-1' })
    // The seat takes it and fails as before.
    const { bus } = tasks.nats.as({ kind: 'role', role: 'cto' })
    const taking = new AbortController()
    for await (const item of bus.take('cto', taking.signal)) {
      await giveUp(tasks.nats, { id: 'line-1', ...(item.retryOf === undefined ? {} : { retryOf: item.retryOf }) })
      await item.ack()
      break
    }
    taking.abort()
    expect(await waiting(2)).toMatchObject({ after: 'd-1', state: 'waiting' })
    expect((await toldOnce('it is said', 2)).at(-1)?.data.text).toContain('It is d-1, tried again.')
    await about('retry_letter', { letter: 'd-2' })
    expect(await inInbox('cto')).toHaveLength(1)
  })

  it.each([
    ['a guest', { ...alice, tier: 'guest' as const }, 'tier'],
    ['somebody whom we do not know', { ...alice, actor: 'human-eve-via-local' }, 'unlinked'],
  ])('S9: is not for %s', async (_, by, rule) => {
    await serve()
    await giveUp(tasks.nats, { id: 'line-1' })
    await waiting(1)
    for (const verb of ['retry_letter', 'drop_letter', 'edit_letter'] as const) {
      const args = {
        letter: 'd-1',
        ...(verb === 'drop_letter' ? { reason: 'x' } : {}),
        ...(verb === 'edit_letter' ? { changes: { text: 'x' } } : {}),
      }
      await expect(about(verb, args, { by })).rejects.toMatchObject({ code: 'denied', detail: { rule } })
    }
    expect(await inInbox('cto')).toEqual([])
  })

  it('S4: does not bring back rights that were lost', async () => {
    const { founder: grace, ...others } = people
    await serve({}, { ...others, founder: { ...grace, tier: 'member' } })
    await giveUp(tasks.nats, {
      id: 'line-1',
      actor: 'human-founder',
      tier: 'founder',
      seat: 'breakroom',
      kind: 'command',
      text: '!resume',
    })
    await waiting(1)
    await expect(about('retry_letter', { letter: 'd-1' })).rejects.toMatchObject({ detail: { rule: 'rights-lost' } })
    expect(await inInbox('breakroom')).toEqual([])
    expect((await waiting(1)).state).toBe('waiting')
  })

  it('S4: never speaks for somebody whose words a hijacked role only made up', async () => {
    await serve()
    const forged: Given = {
      id: 'forged',
      actor: 'human-founder',
      tier: 'founder',
      seat: 'breakroom',
      kind: 'command',
      text: '!resume',
    }
    // Where older writers wrote, and as itself: nobody proves that the desk gave it up.
    await raw(letterBytes(forged))
    const cto = tasks.nats.as({ kind: 'role', role: 'cto' }).bus
    await cto.publish(subjects.deadletterOf('cto'), {
      ...(JSON.parse(Buffer.from(letterBytes(forged)).toString()) as Envelope),
      id: 'forged-2',
    })
    for (const number of [1, 2]) {
      await waiting(number)
      await expect(about('retry_letter', { letter: `d-${number}` })).rejects.toMatchObject({
        detail: { rule: 'unproved' },
      })
    }
    expect(await inInbox('breakroom')).toEqual([])
  })

  it('S4: in the name of another is said as its writer, and does not take the place of the letter that it pretends to be', async () => {
    await serve()
    const forged = { id: 'line-1', seat: 'ceo', text: 'I quit' }
    // Without the header that would have the server take the next one for the same message.
    const cto = await tasks.nats.raw({ kind: 'role', role: 'cto' })
    cto.publish(subjects.deadletterOf('cto'), letterBytes(forged))
    await waiting(1)
    const ceo = tasks.nats.as({ kind: 'role', role: 'ceo' }).bus
    await ceo.publish(subjects.deadletterOf('ceo'), JSON.parse(Buffer.from(letterBytes(forged)).toString()) as Envelope)
    await waiting(2)
    const { letters } = await list({ by: founder })
    expect(letters.map(({ label, seat }) => [label, seat])).toEqual([
      ['d-2', 'ceo'],
      ['d-1', 'cto'],
    ])
  })
})

describe('an edit', () => {
  it("S4: by a member of a founder's words goes out with the member's name and rights", async () => {
    await serve()
    await giveUp(tasks.nats, {
      id: 'line-1',
      actor: 'human-founder',
      tier: 'founder',
      seat: 'breakroom',
      kind: 'command',
      text: '!status',
    })
    await waiting(1)
    // What a member may not do in their own name they cannot do in the founder's either.
    await expect(
      about('edit_letter', { letter: 'd-1', changes: { text: '!resume' } }, { by: bob }),
    ).rejects.toMatchObject({ detail: { rule: 'rights-lost' } })
    expect((await about('edit_letter', { letter: 'd-1', changes: { text: '!stop cto' } }, { by: bob })).did).toBe(true)
    const [item] = await inInbox('breakroom')
    expect(item).toMatchObject({
      actor: 'human-bob',
      authority: { requester: 'human-bob', chain: [] },
      data: {
        tier: 'member',
        line: { actor: 'human-bob', data: { text: '!stop cto', speaker: 'bob', tier: 'member' } },
      },
    })
    expect(await inInbox('breakroom')).toHaveLength(1)
  })

  it('of a follow-up makes it a task of who edited it', async () => {
    const label = await lost()
    const changes = { title: 'Ship {task_id}', role: 'cso', accept: 'it runs', about: 'with care' }
    const { letter } = await about('edit_letter', { letter: 'd-1', changes }, { by: bob })
    expect(letter).toMatchObject({ state: 'retried', content: { outcome: { name: 'bob' } } })
    expect(await came(label)).toMatchObject({
      role: 'cso',
      title: `Ship ${label}`,
      acceptance_criteria: ['it runs'],
      description: 'with care',
      authority: { requester: 'human-bob', tier: 'member', name: 'bob', chain: [] },
    })
  })

  it('that cannot be is refused and changes nothing', async () => {
    await lost()
    const refused = (changes: object) => about('edit_letter', { letter: 'd-1', changes }, { by: bob })
    await expect(refused({ authority: 'human-founder' })).rejects.toMatchObject({ detail: { rule: 'edit-field' } })
    await expect(refused({ role: 'nobody' })).rejects.toMatchObject({ detail: { rule: 'unknown-role' } })
    await expect(refused({ title: 'Ship {task}' })).rejects.toMatchObject({ detail: { rule: 'unknown-placeholder' } })
    expect(await waiting(1)).toMatchObject({
      state: 'waiting',
      content: { reason: expect.stringContaining('no role devops') },
    })
  })
})

describe('what was to follow a task', () => {
  it('F53: comes once when it is tried again, and the task that it follows was done all the time', async () => {
    const label = await lost()
    expect((await tasks.show(label)).status).toBe('done')
    const refused = await about('retry_letter', { letter: 'd-1' }).catch((error) => error)
    expect(refused).toMatchObject({ detail: { rule: 'unknown-role' } })
    expect(await waiting(1)).toMatchObject({ state: 'waiting', class: 'validation', kind: 'follow-up' })
    const [line] = await toldOnce('it is said')
    expect(line?.data.text).toMatch(new RegExp(`^d-1: what was to follow ${label} did not come \\(validation\\)`))

    await tasks.stop()
    await serve()
    const replies = await Promise.all([1, 2, 3].map(() => about('retry_letter', { letter: 'd-1' })))
    expect(replies.filter(({ did }) => did)).toHaveLength(1)
    const next = await came(label)
    expect(next).toMatchObject({ role: 'devops', title: `Deploy ${label}`, authority: { requester: 'human-alice' } })
    expect(replies[0]?.letter.content?.outcome?.task).toBe(next.label)
    expect((await tasks.commits()).filter(({ version }) => version === 1)).toHaveLength(2)
    expect((await tasks.show(label)).followed).toEqual([{ index: 0, label: next.label, reason: null }])
  })

  it('F53: that found no room waits with its letter, says so, and comes once when there is room', async () => {
    const limits = { ...tasks.house.fleet.limits, tasks_waiting: 1 }
    await tasks.start({ fleet: { ...tasks.house.fleet, people, limits } as unknown as typeof tasks.house.fleet })
    const before = await tasks.assign({ role: 'devops' })
    const { label } = await tasks.assign({ verification: [], on_complete: [followUp('devops', 'Deploy {task_id}')] })
    await tasks.ask('submit', { task: label, result: 'merged' }, { by: bob })
    await tasks.ask('approve', { task: label, comment: '' })
    expect(await waiting(1)).toMatchObject({ class: 'transient', content: { task: label } })
    const again = () => about('retry_letter', { letter: 'd-1' })
    await expect(again()).rejects.toMatchObject({ detail: { rule: 'queue-full' } })
    expect(await waiting(1)).toMatchObject({ state: 'waiting' })
    await tasks.ask('cancel', { task: before.label, reason: 'not needed' })
    expect((await Promise.all([again(), again()])).map(({ did }) => did).toSorted()).toEqual([false, true])
    expect((await came(label)).title).toBe(`Deploy ${label}`)
    expect((await tasks.show(label)).status).toBe('done')
  })

  it.each(['letter-retrying', 'created', 'letter-put_back'])(
    'F53: comes once when the service is killed at "%s" in the middle of it',
    async (moment) => {
      const label = await lost()
      await tasks.stop()
      const house = { ...tasks.house, fleet: { ...tasks.house.fleet, people } as unknown as typeof tasks.house.fleet }
      await using first = await runTaskProcess(house, `SIGKILL:${moment}`)
      // Whoever asked one that was killed is not answered by it, and asks again.
      const asked = about('retry_letter', { letter: 'd-1' }, { timeoutMs: 1_000 })
      await first.exited
      expect(first.output).toContain(`at ${moment}`)
      await expireLead(tasks.nats)
      await using _second = await runTaskProcess(house)
      expect((await asked).letter.state).toBe('retried')
      const next = await came(label)
      expect(next.authority.requester).toBe('human-alice')
      expect((await tasks.commits()).filter(({ version }) => version === 1)).toHaveLength(2)
      expect(await about('retry_letter', { letter: 'd-1' }, { by: bob })).toMatchObject({ did: false })
    },
    30_000,
  )

  it('is not needed any more when it came by itself', async () => {
    await serve()
    const first = await failed([followUp('cso', 'after the failure')])
    await waiting(1)
    await expect(about('retry_letter', { letter: 'd-1' })).rejects.toMatchObject({ detail: { rule: 'not-done' } })
    await tasks.ask('reassign', { task: first, role: 'devops' })
    await tasks.ask('submit', { task: first, result: 'this is it' }, { by: bob })
    await tasks.ask('approve', { task: first, comment: '' })
    await came(first)
    await until('nothing waits', async () => (await list()).letters.length === 0)
    expect((await list({}, true)).letters[0]).toMatchObject({ label: 'd-1', state: 'done' })
  })

  it('when it failed comes once, and says why it failed', async () => {
    await serve()
    const first = await failed([], [followUp('cso', 'Look why {task_id} failed: {reason}')])
    const next = await until('it comes', async () => (await tasks.show(first)).followed[0])
    expect(next).toMatchObject({ index: 0, failed: true })
    expect((await tasks.show(next.label ?? '')).title).toBe(`Look why ${first} failed: that is not it`)
    await tasks.stop()
    await tasks.nats.as({ kind: 'tasks' }).keyed<number>('cursors').put('tasks effects', 0)
    await serve()
    await tasks.assign()
    expect((await tasks.commits()).filter(({ version }) => version === 1)).toHaveLength(3)
  })
})

it('a task that failed because its doorbell broke its seat gets another try, once', async () => {
  await serve()
  const { label, key } = await tasks.assign()
  const cto = tasks.nats.as({ kind: 'role', role: 'cto' }).bus
  const taking = new AbortController()
  for await (const item of cto.take('cto', taking.signal, 'tasks')) {
    const envelope = item.envelope as Envelope
    await tasks.askAs('cto', 'give_up', { doorbell: envelope.id, task: label, reason: 'it breaks' })
    const data = {
      seat: 'cto',
      reason: 'it breaks',
      class: 'logic',
      subject: subjects.tasks('cto'),
      bytes: Buffer.from(item.bytes).toString('base64'),
      cut: false,
    }
    await cto.publish(subjects.deadletterOf('cto'), {
      ...envelopeOf(`dead:cto:${envelope.id}`),
      type: 'deadletter.item',
      actor: 'cto',
      data,
    })
    await item.ack()
    break
  }
  taking.abort()
  expect((await tasks.when(label, 'failed')).reason).toBe('it breaks')
  expect(await waiting(1)).toMatchObject({ content: { task: label } })
  await expect(about('retry_letter', { letter: 'd-1' }, { by: bob })).rejects.toMatchObject({
    detail: { rule: 'not-yours' },
  })
  const replies = await Promise.all([alice, founder].map((by) => about('retry_letter', { letter: 'd-1' }, { by })))
  expect(replies.filter(({ did }) => did)).toHaveLength(1)
  expect((await tasks.show(label)).status).toBe('open')
  expect(
    (await tasks.commits()).filter((commit) => commit.key === key && commit.events[0]?.type === 'reassigned'),
  ).toHaveLength(1)
})

function followUp(publish_to: string, title: string): FollowUp {
  const payload_template = {
    title,
    description: '',
    acceptance_criteria: ['it is seen'],
    verification: passes,
    on_complete: [],
  }
  return { publish_to, payload_template }
}

/** A task that is done, whose follow-up could not come because there is no devops; its label. The letter is d-1. */
async function lost(): Promise<string> {
  await serve()
  const { label } = await tasks.assign({ verification: [], on_complete: [followUp('devops', 'Deploy {task_id}')] })
  await tasks.ask('submit', { task: label, result: 'merged' }, { by: bob })
  await tasks.stop()
  await serve({ roles: tasks.house.roles.filter(({ name }) => name !== 'devops') })
  await tasks.ask('approve', { task: label, comment: '' })
  await waiting(1)
  return label
}

/** A task that has failed for good; its label. */
async function failed(on_complete: FollowUp[], on_fail: FollowUp[] = []): Promise<string> {
  const { label } = await tasks.assign({ verification: [], budget: { attempts: 1 }, on_complete, on_fail })
  await tasks.ask('submit', { task: label, result: 'no' }, { by: bob })
  await tasks.ask('reject', { task: label, reason: 'that is not it' })
  await tasks.when(label, 'failed')
  return label
}

async function came(label: string): Promise<Task> {
  const next = await until(`${label} is followed`, async () => (await tasks.show(label)).followed[0]?.label)
  return tasks.show(next)
}

/** What a seat would write of this item. */
function letterBytes(given: Given): Uint8Array {
  const { seat = 'cto' } = given
  const item = Buffer.from(JSON.stringify(itemFor(given))).toString('base64')
  const data = {
    seat,
    reason: 'It was tried 4 times without success.',
    subject: subjects.inbox(seat),
    bytes: item,
    cut: false,
  }
  return Buffer.from(
    JSON.stringify({ ...envelopeOf(`dead:${seat}:${given.id}`), type: 'deadletter.item', actor: seat, data }),
  )
}

/** Writes bytes to the dead letters where older writers did. */
async function raw(bytes: Uint8Array): Promise<void> {
  connection ??= tasks.nats.raw({ kind: 'admin' })
  const nc = await connection
  nc.publish(subjects.deadletter, bytes)
  await nc.flush()
}

let connection: ReturnType<TestTasks['nats']['raw']> | null = null
afterEach(() => {
  connection = null
})
