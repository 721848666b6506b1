import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import { taskKey } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import { until } from '../support/process.ts'
import { readStream } from '../support/task-record.ts'
import { alice, bob, founder, startTestTasks, type TestTasks } from '../support/task-service.ts'

const guest = { actor: 'human-eve-via-own', tier: 'guest', name: 'eve' } as const
const stranger = { actor: 'human-mallory-at-own', tier: 'member', name: 'mallory' } as const
const carol = { actor: 'human-carol', tier: 'member', name: 'carol' } as const

let tasks: TestTasks
beforeAll(async () => {
  // A seat where a program works is not reviewed by just anybody; the seat of the cso is people's.
  tasks = await startTestTasks({
    roles: (role) =>
      role.name === 'ceo' || role.name === 'cto'
        ? { ...role, brain: { kind: 'command', command: 'true', minutes: 1 } }
        : role,
  })
})
afterAll(() => tasks[Symbol.asyncDispose]())

/** A task of the cto that waits for somebody's yes; the work was done by bob. */
async function handedIn(verification: Task['verification'] = []): Promise<string> {
  const { label } = await tasks.assign({ verification })
  await tasks.ask('submit', { task: label, result: 'merged' }, { by: bob })
  return label
}

/** The cto's task, claimed by its seat. */
async function claimed(draft: object = {}, asking = {}): Promise<{ label: string; epoch: number }> {
  const { label } = await tasks.assign({ priority: 'urgent', ...draft }, asking)
  const { task } = await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: `bell of ${label}` })
  expect(task?.label).toBe(label)
  return { label, epoch: task?.epoch ?? 0 }
}

const approve = (label: string, by: object) =>
  tasks.ask('approve', { task: label, comment: 'fine' }, { by: by as typeof alice })
const reject = (label: string, by: object) =>
  tasks.ask('reject', { task: label, reason: 'no tests' }, { by: by as typeof alice })

describe('a result without steps', () => {
  it.each([
    ['who asked for it', alice],
    ['a founder', founder],
  ])('is done when %s says yes', async (_, by) => {
    const label = await handedIn()
    expect((await approve(label, by)).task).toMatchObject({
      status: 'done',
      evidence: [{ passed: true, by: by.actor, comment: 'fine', epoch: 1 }],
    })
  })

  it('is done when the manager of the role says yes', async () => {
    const label = await handedIn()
    const { task } = await tasks.askAs('ceo', 'approve', { task: label, comment: 'fine' })
    expect(task).toMatchObject({ status: 'done', evidence: [{ by: 'ceo' }] })
  })

  it('is never approved by who did it, by its own seat, or by somebody it does not concern', async () => {
    const label = await handedIn()
    for (const by of [bob, carol])
      await expect(approve(label, by)).rejects.toMatchObject({ code: 'refused', detail: { rule: 'not-the-judge' } })
    for (const role of ['cto', 'cso']) {
      await expect(tasks.askAs(role, 'approve', { task: label, comment: '' })).rejects.toMatchObject({
        detail: { rule: 'not-the-judge' },
      })
    }
    expect((await tasks.show(label)).status).toBe('verifying')
  })

  it('is not approved by who asked for it when they did it themselves', async () => {
    const { label } = await tasks.assign({ verification: [] })
    await tasks.ask('submit', { task: label, result: 'merged' })
    await expect(approve(label, alice)).rejects.toMatchObject({ detail: { rule: 'not-the-judge' } })
    expect((await approve(label, founder)).task?.status).toBe('done')
  })

  it('goes back with the reason after a no, and the next yes is about the next result', async () => {
    const label = await handedIn()
    expect((await reject(label, alice)).task).toMatchObject({ status: 'open', reason: 'no tests', result: null })
    await expect(approve(label, alice)).rejects.toMatchObject({ detail: { rule: 'not-verifying' } })
    await tasks.ask('submit', { task: label, result: 'with tests' }, { by: bob })
    const { task } = await approve(label, alice)
    expect(task?.evidence.map(({ passed, epoch }) => [passed, epoch])).toEqual([
      [false, 1],
      [true, 2],
    ])
  })
})

describe('a step', () => {
  it('of a role is decided by that role, by people at its seat, or by a founder', async () => {
    const step = [{ kind: 'review', by: 'cso' }] as const
    const byRole = await handedIn([...step])
    await expect(tasks.askAs('ceo', 'approve', { task: byRole, comment: '' })).rejects.toThrow('that is for cso')
    expect((await tasks.askAs('cso', 'approve', { task: byRole, comment: '' })).task?.status).toBe('done')
    for (const by of [carol, founder]) {
      const label = await handedIn([...step])
      await expect(approve(label, bob)).rejects.toMatchObject({ detail: { rule: 'not-the-judge' } })
      expect((await approve(label, by)).task?.status).toBe('done')
    }
  })

  it('of a program seat is not decided by just any member', async () => {
    const { label } = await tasks.assign({ role: 'devops', verification: [{ kind: 'review', by: 'ceo' }] })
    await tasks.ask('submit', { task: label, result: 'shipped' }, { by: bob })
    await expect(approve(label, carol)).rejects.toMatchObject({ detail: { rule: 'not-the-judge' } })
  })

  it('of a person is not decided by a role', async () => {
    const label = await handedIn([{ kind: 'approval' }])
    await expect(tasks.askAs('ceo', 'approve', { task: label, comment: '' })).rejects.toThrow('a person has to say yes')
    await expect(approve(label, bob)).rejects.toMatchObject({ detail: { rule: 'not-the-judge' } })
    expect((await approve(label, carol)).task?.status).toBe('done')
  })

  it('S31: of a check is decided by nobody', async () => {
    const label = await handedIn([{ kind: 'check', check: 'hangs' }])
    await expect(approve(label, founder)).rejects.toMatchObject({ detail: { rule: 'check-pending' } })
    await tasks.ask('cancel', { task: label, reason: '' })
  })
})

describe('who is not known', () => {
  it('S12: never approves, whatever they may do otherwise', async () => {
    const label = await handedIn([{ kind: 'approval' }])
    for (const by of [stranger, guest]) {
      for (const judge of [approve, reject])
        await expect(judge(label, by)).rejects.toMatchObject({
          code: 'denied',
          message: expect.stringMatching(/rule: (unlinked|tier)/),
        })
    }
    expect((await tasks.show(label)).status).toBe('verifying')
  })

  it('S4: may look as a guest, and neither assign, work nor change anything', async () => {
    const { label } = await tasks.assign({}, { by: stranger })
    expect((await tasks.ask('show', { task: label }, { by: guest })).task?.label).toBe(label)
    const denied = {
      assign: { draft: tasks.draft() },
      claim: { task: label, role: null },
      acknowledge: { task: label },
      note: { task: label, text: 'x' },
      submit: { task: label, result: 'x' },
      reassign: { task: label, role: 'cso' },
      cancel: { task: label, reason: 'x' },
    } as const
    for (const [verb, args] of Object.entries(denied)) {
      await expect(tasks.ask(verb as keyof typeof denied, args, { by: guest }), verb).rejects.toMatchObject({
        code: 'denied',
        detail: { rule: 'tier', requester: guest.actor },
      })
    }
    expect(await tasks.show(label)).toMatchObject({ version: 1, status: 'open' })
  })
})

describe('what only who answers for a task may do', () => {
  it('is to cancel it or hand it on; a manager may hand it on', async () => {
    const { label } = await tasks.assign()
    for (const verb of ['cancel', 'reassign'] as const) {
      const args = verb === 'cancel' ? { task: label, reason: '' } : { task: label, role: 'cso' }
      await expect(tasks.ask(verb, args, { by: carol })).rejects.toMatchObject({ detail: { rule: 'not-yours' } })
      await expect(tasks.askAs('cso', verb, args)).rejects.toMatchObject({
        code: expect.stringMatching(/denied|refused/),
      })
    }
    expect((await tasks.ask('reassign', { task: label, role: 'devops' }, { by: founder })).task?.role).toBe('devops')
    expect((await tasks.ask('cancel', { task: label, reason: '' })).task?.status).toBe('cancelled')
  })
})

describe('an agent that asks for a task', () => {
  const draft = () => tasks.draft({ role: 'devops', title: 'deploy it' })

  it('S4: does so with the rights of who asked for its own, and comes after it in the chain', async () => {
    const { label, epoch } = await claimed({}, { by: bob })
    const { task } = await tasks.askAs('cto', 'assign', { draft: draft(), on_behalf_of: { task: label, epoch } })
    expect(task?.authority).toEqual({ requester: bob.actor, tier: 'member', name: 'bob', chain: ['cto'] })
    expect(task?.lineage).toEqual([label])
  })

  it('S4: is denied when a guest is behind it, through however many agents', async () => {
    const key = taskKey('planted')
    const created = {
      type: 'created',
      label: 't-900',
      spec: { ...draft(), role: 'cto', priority: 'urgent', blocked_by: [] },
      place: { room: { name: 'breakroom', visibility: 'public' } },
      authority: { requester: guest.actor, tier: 'guest', name: 'eve', chain: ['ceo'] },
      lineage: [],
      waits_for: [],
      parent: null,
    }
    const { after: _, ...spec } = created.spec as object as Record<string, unknown>
    const at = new Date().toISOString()
    await tasks.nats
      .as({ kind: 'tasks' })
      .ledger('breakroom')
      .append({
        id: 'planted',
        key,
        version: 1,
        by: guest.actor,
        at,
        trace: 'trace',
        cause: null,
        events: [{ ...created, spec } as never],
      })
    await until('it is there', () => tasks.show('t-900'))
    const { task } = await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: 'bell of t-900' })
    expect(task?.label).toBe('t-900')
    const on_behalf_of = { task: 't-900', epoch: 1 }
    await expect(tasks.askAs('cto', 'assign', { draft: draft(), on_behalf_of })).rejects.toMatchObject({
      code: 'denied',
      detail: { rule: 'tier', requester: guest.actor },
    })
  })

  it('is denied alone, under an old epoch, for a task that is not its own, and without the tool', async () => {
    const assign = (role: string, on_behalf_of?: object) =>
      tasks.askAs(role, 'assign', { draft: draft(), ...(on_behalf_of === undefined ? {} : { on_behalf_of }) })
    const { label, epoch } = await claimed()
    await expect(assign('cto')).rejects.toMatchObject({ detail: { rule: 'agent-alone' } })
    await expect(assign('cto', { task: label, epoch: epoch - 1 })).rejects.toMatchObject({
      detail: { rule: 'stale-epoch' },
    })
    await expect(assign('cso', { task: label, epoch })).rejects.toMatchObject({ detail: { rule: 'stale-epoch' } })
    await expect(assign('cto', { task: 't-99999', epoch })).rejects.toMatchObject({ detail: { rule: 'agent-alone' } })

    const shipped = await tasks.assign({ role: 'devops', priority: 'urgent' })
    const { task } = await tasks.askAs('devops', 'claim', { task: null, role: null, doorbell: 'bell of devops' })
    expect(task?.label).toBe(shipped.label)
    await expect(assign('devops', { task: shipped.label, epoch: 1 })).rejects.toMatchObject({
      code: 'denied',
      detail: { rule: 'chain', requester: alice.actor },
    })
  })

  it('S50: is itself, whoever it says it is', async () => {
    const { label, epoch } = await claimed()
    await tasks.askAs('cto', 'submit', { task: label, result: 'done by me', epoch }, { by: founder })
    const { result } = await tasks.when(label, 'done')
    expect(result?.by).toBe('cto')

    const waits = await handedIn([{ kind: 'approval' }])
    await expect(
      tasks.askAs('cto', 'approve', { task: waits, comment: '' }, { by: founder, place: null }),
    ).rejects.toMatchObject({ detail: { rule: 'not-the-judge' } })
    await expect(tasks.askAs('cto', 'cancel', { task: waits, reason: '' }, { by: alice })).rejects.toMatchObject({
      code: 'denied',
    })
    await expect(tasks.askAs('cto', 'assign', { draft: draft() }, { by: founder })).rejects.toMatchObject({
      detail: { rule: 'agent-alone' },
    })
  })

  it('S50: cannot ask as another, the bus does not carry it', async () => {
    const { bus } = tasks.nats.as({ kind: 'role', role: 'cto' })
    for (const caller of ['ceo', 'breakroom', 'cli']) {
      const subject = orgSubjects('breakroom').taskService('list', caller)
      const data = { id: 'x', trace: 'x', by: founder, place: null, args: { role: null } }
      await expect(bus.request(subject, data, 300)).rejects.toMatchObject({ code: 'denied' })
    }
  })
})

it('counts what was denied, by rule, and stores nothing of it', async () => {
  const stored = (await readStream(tasks.nats, 'LEDGER')).length
  const before = tasks.counted('breakroom_denied_total', { rule: 'tier' })
  await expect(tasks.assign({}, { by: guest })).rejects.toMatchObject({ code: 'denied' })
  expect(tasks.counted('breakroom_denied_total', { rule: 'tier' })).toBe(before + 1)
  expect((await readStream(tasks.nats, 'LEDGER')).length).toBe(stored)
})

describe('a role that watches over tasks', () => {
  const all = {
    ping: 'ping_worker',
    take_back: 'hand_back_task',
    reassign_fit: 'reassign_task',
    escalate: 'escalate_task',
  }

  it.each(Object.entries(all))('may %s through its own connection with that tool alone', async (verb, tool) => {
    await using watched = await startTestTasks({
      roles: (role) => (role.name === 'cso' ? { ...role, tools: { tasks: ['list_tasks', tool] } } : role),
    })
    const { label } = await watched.assign()
    await watched.ask('claim', { task: label, role: null }, { by: bob })
    for (const other of Object.keys(all) as (keyof typeof all)[]) {
      const asked = watched.askAs('cso', other, { task: label })
      if (other === verb) await expect(asked).resolves.toMatchObject({ task: { label } })
      else await expect(asked).rejects.toMatchObject({ code: 'denied', detail: { rule: 'chain' } })
    }
    for (const [work, args] of [
      ['note', { task: label, text: 'x' }],
      ['approve', { task: label, comment: '' }],
      ['reassign', { task: label, role: 'ceo' }],
      ['cancel', { task: label, reason: 'x' }],
    ] as const) {
      await expect(watched.askAs('cso', work, args)).rejects.toMatchObject({ code: 'denied' })
    }
  })
})
