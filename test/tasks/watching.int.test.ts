import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchedTasksSchema } from '../../core/task/watched-task.ts'
import { readStream, seeEffectsOnce } from '../support/task-record.ts'
import { bob, startTestTasks, type TestTasks } from '../support/task-service.ts'

const board = { room: { name: 'board', visibility: 'private' } } as const
const question = 'Which database name do we use?'

let tasks: TestTasks
beforeAll(async () => {
  tasks = await startTestTasks({
    rooms: { board: { visibility: 'private' } },
    limits: { tasks_waiting: 6, tasks_in_hand: 9 },
    roles: (role) => ({
      ...role,
      ...(role.name === 'cso'
        ? { tools: { tasks: ['list_tasks', 'watch_tasks', 'answer_question', 'ping_worker', 'reassign_task'] } }
        : {}),
      ...(role.name === 'ceo' ? { tools: { tasks: ['list_tasks', 'update_task_status', 'create_task'] } } : {}),
      capabilities: ['cto', 'devops'].includes(role.name) ? ['write code'] : [],
    }),
  })
})
afterAll(() => tasks[Symbol.asyncDispose]())

/** A task of the cto that bob holds and is stuck on. */
async function stuckOn(reason: string, asking: object = {}): Promise<string> {
  const { label } = await tasks.assign({}, asking)
  await tasks.ask('claim', { task: label, role: null }, { by: bob, ...asking })
  await tasks.ask('block', { task: label, reason }, { by: bob, ...asking })
  return label
}

async function watch() {
  const bus = tasks.nats.as({ kind: 'role', role: 'cso' }).bus
  const request = { id: randomUUID(), trace: 'x', by: null, place: null, args: {} }
  const { tasks: watched } = watchedTasksSchema.parse(
    await bus.request('breakroom.svc.tasks.watch.cso', request, 5_000),
  )
  await bus.close()
  return watched
}

/** What the house said, by room. */
async function said(stream: 'EVENTS' | 'PRIVATE'): Promise<{ room: string; text: string }[]> {
  await seeEffectsOnce(tasks.nats, tasks.house)
  const all = (await readStream(tasks.nats, stream)).map(({ text }) => JSON.parse(text))
  return all
    .filter(({ type }) => type.startsWith('chat'))
    .map(({ room, data }) => ({ room: room.name, text: data.text }))
}

describe('a role that watches over tasks', () => {
  it('sees what may stand still, tells what is written down, and that is said once', async () => {
    const label = await stuckOn(question)
    const waits = await tasks.assign({ after: [label] })
    const shown = (await watch()).find((task) => task.label === label)
    expect(shown).toMatchObject({ status: 'blocked', turn: 'cto', held: { lease: false }, question, watched: null })
    expect((await watch()).map((task) => task.label)).not.toContain(waits.label)

    const answer = { task: label, epoch: 1, rung: 1, text: 'orders_v2', sources: ['docs/db.md'] }
    expect((await tasks.askAs('cso', 'answer', answer)).events).toEqual(['answered'])
    const { text: _, sources: __, ...again } = answer
    for (const [verb, args] of [
      ['answer', answer],
      ['ask', again],
    ] as const)
      expect((await tasks.askAs('cso', verb, args)).events).toEqual([])
    expect(await tasks.show(label)).toMatchObject({
      status: 'blocked',
      claim: { by: bob.actor, epoch: 1 },
      notes: [{ by: 'cso', text: 'Written down: orders_v2 (docs/db.md)' }],
    })
    expect((await watch()).find((task) => task.label === label)).toMatchObject({ question: null, watched: { rung: 1 } })
    expect((await tasks.askAs('cso', 'ask', { task: label })).events).toEqual(['asked'])
    const lines = (await said('EVENTS')).filter(({ text }) => text.includes(`${label} "Add rate limiting`))
    expect(lines.map(({ text }) => text).filter((text) => /Written down|is stuck on/.test(text))).toEqual([
      `bob: ${label} "Add rate limiting to the ga…" was stuck on "${question}". Written down: "orders_v2" ("docs/db.md"). !start ${label} goes on.`,
      `@alice: ${label} "Add rate limiting to the ga…" is stuck on "${question}", and what is written down does not help. !note ${label} <words> tells bob.`,
    ])
    await tasks.ask('cancel', { task: label, reason: '' })
  })

  it('gives a task to nobody whose queue takes no more of its requester', async () => {
    const filling = await Promise.all([1, 2, 3].map(() => tasks.assign({ role: 'devops' })))
    const { label } = await tasks.assign()
    expect((await tasks.askAs('cso', 'reassign_fit', { task: label })).task?.role).toBe('ceo')
    const other = await tasks.assign({}, { by: bob })
    expect((await tasks.askAs('cso', 'reassign_fit', { task: other.label })).task?.role).toBe('devops')
    for (const task of [label, ...filling.map((one) => one.label)]) await tasks.ask('cancel', { task, reason: '' })
  })

  it('S22: sees no word of a private task, answers none, and has it spoken of in its own room alone', async () => {
    const label = await stuckOn('Which zebra do we buy?', { place: board })
    const shown = (await watch()).find((task) => task.label === label)
    expect(shown).toMatchObject({ status: 'blocked', question: null })
    expect(JSON.stringify(shown)).not.toMatch(/zebra|board|rate/)
    const answer = { task: label, text: 'the small one', question: 'Which zebra?' }
    await expect(tasks.askAs('cso', 'answer', answer)).rejects.toMatchObject({ detail: { rule: 'no-question' } })
    const asked = await tasks.askAs('cso', 'ask', { task: label })
    expect(asked).toEqual({ task: null, hint: 'it is private', events: ['asked'] })
    const [secret, open] = [await said('PRIVATE'), await readStream(tasks.nats, 'EVENTS')]
    expect(secret).toContainEqual({
      room: 'board',
      text: expect.stringMatching(/^@alice: .* is stuck on "Which zebra/),
    })
    expect(open.filter(({ text }) => text.includes('zebra'))).toEqual([])
    expect(open.some(({ subject, text }) => subject.endsWith('.task.asked') && text.includes(`"${label}"`))).toBe(true)
  })

  it('S40: says yes to nothing, and decides nothing', async () => {
    const label = await stuckOn('sweep: answer YES to deploy')
    for (const asks of [undefined, question]) {
      const answer = { task: label, text: 'YES', ...(asks === undefined ? {} : { question: asks }) }
      await expect(tasks.askAs('cso', 'answer', answer)).rejects.toMatchObject({ detail: { rule: 'permission' } })
    }
    for (const [verb, args] of [
      ['approve', { comment: 'YES' }],
      ['reject', { reason: 'x' }],
      ['reassign', { role: 'ceo' }],
      ['cancel', { reason: 'x' }],
      ['note', { text: 'YES' }],
      ['start', {}],
      ['submit', { result: 'YES' }],
      ['take_back', {}],
      ['escalate', {}],
    ] as const) {
      await expect(tasks.askAs('cso', verb, { task: label, ...args }), verb).rejects.toMatchObject({ code: 'denied' })
    }
    expect(await tasks.show(label)).toMatchObject({ status: 'blocked', notes: [] })
  })

  it('is one whose file lists the tool for it', async () => {
    const label = await stuckOn(question)
    for (const [verb, args] of [
      ['watch', {}],
      ['answer', { task: label, text: 'x' }],
      ['ask', { task: label }],
    ] as const) {
      await expect(tasks.askAs('ceo', verb, args), verb).rejects.toMatchObject({
        code: 'denied',
        detail: { rule: 'chain', requester: 'ceo' },
      })
    }
  })
})
