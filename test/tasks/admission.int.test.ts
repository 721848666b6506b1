import { resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Role } from '../../core/role.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { TaskDraft } from '../../core/task/request.ts'
import type { Task } from '../../core/task/task.ts'
import { type Running, run, temporaryFolder, until } from '../support/process.ts'
import { readStream } from '../support/task-record.ts'
import { alice, bob, startTestTasks, type TestTasks, type TestTasksOptions } from '../support/task-service.ts'

let tasks: TestTasks
const running: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one[Symbol.asyncDispose]()
})

async function begin(options: TestTasksOptions = {}): Promise<void> {
  tasks = await startTestTasks(options)
  running.unshift(tasks)
}

/** A cto that is a program, and may have so many tasks in hand. */
const program = (wip: number) => ({
  roles: (role: Role): Role =>
    role.name === 'cto' ? { ...role, wip, brain: { kind: 'command', command: 'true', minutes: 1 } } : role,
})
const untested: Partial<TaskDraft> = { verification: [{ kind: 'check', check: 'true' }] }

/** Asks for a task; with the label, or with the refusal. */
async function ask(by: typeof alice | typeof bob, draft: Partial<TaskDraft> = {}, id?: string) {
  try {
    const { task, hint } = await tasks.ask(
      'assign',
      { draft: tasks.draft({ ...untested, ...draft }) },
      { by, ...(id === undefined ? {} : { id }) },
    )
    return { label: task?.label ?? '', hint, refused: null }
  } catch (error) {
    expect(error).toMatchObject({ code: 'refused', detail: { rule: 'queue-full' } })
    return { label: '', hint: null, refused: (error as Error).message }
  }
}

const claim = (doorbell: string) => tasks.askAs('cto', 'claim', { task: null, role: null, doorbell })
const live = async () => ((await tasks.askRaw('list', { role: 'cto' })) as { tasks: Task[] }).tasks

/** Works at the doorbells of the cto in a process of its own. */
async function replica(script: string): Promise<void> {
  const folder = temporaryFolder()
  const seed = String(tasks.nats.options({ kind: 'role', role: 'cto' }).seed)
  const fixture = resolve(import.meta.dirname, '../fixtures/worker.ts')
  const started: Running = run(process.execPath, [fixture, tasks.nats.url, seed, '40000', folder.path, script])
  running.unshift({
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  })
  await until('it is at work', () => started.output.includes('at work'))
}

/** What the ledger tells, one commit after another: the tasks as they were then. */
async function* histories(): AsyncIterable<{
  commit: Awaited<ReturnType<TestTasks['commits']>>[number]
  tasks: Task[]
}> {
  const then = new Map<string, Task>()
  for (const commit of await tasks.commits()) {
    then.set(commit.key, evolve(then.get(commit.key) ?? null, commit))
    yield { commit, tasks: [...then.values()] }
  }
}

describe('F55: 500 tasks in a second from one person', () => {
  it('are taken up to half of the places; the others are refused with a sentence, and nothing is lost', async () => {
    await begin()
    const answers = await Promise.all(Array.from({ length: 500 }, () => ask(alice)))
    const accepted = answers.flatMap(({ label, refused }) => (refused === null ? label : []))
    expect(new Set(accepted).size).toBe(100)
    expect(new Set(answers.flatMap(({ refused }) => refused ?? []))).toEqual(
      new Set([
        '100 of the 100 tasks that wait for cto are yours, and nobody may have more than 100, so that others have a place. Try again when some are done, cancel what is not needed any more (!tasks cto shows them), or ask another role.',
      ]),
    )
    expect((await live()).map(({ label }) => label).sort()).toEqual(accepted.sort())
    expect(await tasks.commits()).toHaveLength(100)
    expect(tasks.counted('breakroom_task_refused_total', { rule: 'queue-full' })).toBe(400)
    // Of another role nobody has had anything yet.
    expect((await ask(alice, { role: 'devops' })).refused).toBeNull()
  })

  it("do not keep others' tasks waiting: theirs is the next but one", async () => {
    await begin(program(10))
    await replica('true')
    const burst = Promise.all(Array.from({ length: 500 }, () => ask(alice)))
    const theirs: string[] = []
    for (let turn = 0; turn < 3; turn++) {
      const { label } = await ask(bob)
      theirs.push(label)
      await tasks.when(label, 'done')
    }
    await burst
    let [waited, most] = [0, 0]
    for await (const { commit, tasks: then } of histories()) {
      const open = then.some(({ status, label }) => theirs.includes(label) && status === 'open')
      if (!open) waited = 0
      else if (commit.events.some(({ type }) => type === 'claimed')) waited += 1
      most = Math.max(most, waited)
    }
    expect(theirs).toHaveLength(3)
    // One that was being claimed at that moment, and one whose turn it was.
    expect(most).toBeLessThanOrEqual(2)
  })

  it('are all refused when the role has as many as it may, whoever asks', async () => {
    await begin({ limits: { tasks_waiting: 4 } })
    for (const by of [alice, bob]) await Promise.all(Array.from({ length: 10 }, () => ask(by)))
    expect(await live()).toHaveLength(4)
    const third = { actor: 'human-eve', tier: 'member', name: 'eve' } as unknown as typeof bob
    expect((await ask(third)).refused).toMatch(/^cto has 4 tasks waiting, 0 of them yours, and takes no more\. /)
  })
})

it('a creation that is repeated is the same task, however many wait by then', async () => {
  await begin({ limits: { tasks_waiting: 2 } })
  const [first] = await Promise.all([ask(alice, {}, 'line-1'), ask(bob, {}, 'line-2')])
  expect((await ask(alice)).refused).not.toBeNull()
  expect(await ask(alice, {}, 'line-1')).toMatchObject({ label: first.label, refused: null })
})

it('what follows a task has a place while the role has one, and is a dead letter with the reason when it has none', async () => {
  await begin({ limits: { tasks_waiting: 2 } })
  const follow = { publish_to: 'cto', payload_template: { title: 'Look at it', acceptance_criteria: ['seen'] } }
  const twice = { role: 'devops', on_complete: [follow, follow] } as unknown as Partial<TaskDraft>
  await ask(bob)
  const { label } = await ask(alice, twice)
  await tasks.ask('claim', { task: label, role: null })
  await tasks.ask('submit', { task: label, result: 'done' })
  const followed = await until('both are noted', async () => {
    const { followed } = await tasks.show(label)
    return followed.length === 2 && followed
  })
  expect(followed.filter((one) => one.label !== null)).toHaveLength(1)
  expect(followed.find((one) => one.label === null)?.reason).toContain("cto has 2 tasks waiting, 1 of them alice's")
})

it('a person cannot make room by giving what waits to another role that is full', async () => {
  await begin({ limits: { tasks_waiting: 2 } })
  const { label } = await ask(alice)
  await ask(alice, { role: 'devops' })
  await expect(tasks.ask('reassign', { task: label, role: 'devops' })).rejects.toMatchObject({
    detail: { rule: 'queue-full', role: 'devops' },
  })
  expect((await tasks.show(label)).role).toBe('cto')
  expect((await ask(alice)).refused).not.toBeNull()
})

describe('whoever asks while others are ahead', () => {
  it('is told the place, and when it begins as soon as the pace of the role is known', async () => {
    await begin()
    const hints = []
    for (const by of [alice, alice, bob]) hints.push((await ask(by)).hint)
    expect(hints).toEqual([
      null,
      'It is number 2 in line for cto.',
      // It is the second one's turn after the first.
      'It is number 2 in line for cto.',
    ])
    const { task } = await tasks.ask('claim', { task: null, role: 'cto' })
    await tasks.ask('submit', { task: task?.label ?? null, result: 'merged' })
    await tasks.when(task?.label ?? '', 'done')
    // The store is a moment behind.
    const hint = await until('the pace is known', async () => {
      const { hint, label } = await ask(alice)
      await tasks.ask('cancel', { task: label, reason: 'enough' })
      return hint?.includes('pace') && hint
    })
    expect(hint).toMatch(/^It is number 3 in line for cto; at the pace of the last ones it begins in about \d+ s\.$/)
  })
})

describe('a role has no more in hand than it may', () => {
  it('whoever claims, at the same time too; who is turned away is told why', async () => {
    await begin(program(2))
    for (let number = 0; number < 5; number++) await ask(alice)
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map(claim))
    const full = 'cto has 2 tasks in hand, and no more than 2 at the same time'
    expect(replies.filter(({ task }) => task !== null)).toHaveLength(2)
    for (const { task, hint } of replies) if (task === null) expect(hint).toContain(full)
    await expect(tasks.ask('claim', { task: null, role: 'cto' }, { by: bob })).rejects.toMatchObject({
      code: 'refused',
      detail: { rule: 'wip', role: 'cto', in_hand: 2, limit: 2 },
    })
    // What begins without a claim is one.
    const open = (await live()).find(({ status }) => status === 'open')
    await expect(tasks.ask('start', { task: open?.label ?? '', epoch: null }, { by: bob })).rejects.toThrow(full)
    // The same doorbell again is the same place.
    const held = replies.find(({ task }) => task !== null)?.task?.claim?.doorbell ?? ''
    expect((await claim(held)).task?.claim).toMatchObject({ doorbell: held, epoch: 2 })
  })

  it('with people at its seat, and has a place again when one hands in, lets go or cancels', async () => {
    await begin({ limits: { tasks_in_hand: 1 } })
    for (let number = 0; number < 4; number++) await ask(alice)
    const letGo = ['submit', 'reassign', 'cancel'] as const
    for (const verb of letGo) {
      const { task } = await tasks.ask('claim', { task: null, role: 'cto' })
      await expect(tasks.ask('claim', { task: null, role: 'cto' }, { by: bob })).rejects.toThrow('has 1 task in hand')
      const args = { task: task?.label, result: 'merged', role: 'devops', reason: 'no' }
      const { submit, reassign, cancel } = {
        submit: { task: args.task, result: args.result },
        reassign: { task: args.task, role: args.role },
        cancel: { task: args.task, reason: args.reason },
      }
      await tasks.ask(verb, { submit, reassign, cancel }[verb])
    }
    expect((await tasks.ask('claim', { task: null, role: 'cto' }, { by: bob })).task?.status).toBe('claimed')
  })

  it('with several processes of it, which in the end have done all of it', async () => {
    await begin(program(2))
    for (let number = 0; number < 3; number++) await replica('sleep 0.1')
    const labels = (await Promise.all(Array.from({ length: 12 }, () => ask(alice)))).map(({ label }) => label)
    for (const label of labels) await tasks.when(label, 'done')
    let most = 0
    for await (const { tasks: then } of histories()) {
      most = Math.max(most, then.filter(({ status }) => ['claimed', 'working', 'blocked'].includes(status)).length)
    }
    expect(most).toBe(2)
    expect(tasks.counted('breakroom_task_refused_total', { rule: 'wip' })).toBeGreaterThan(0)
  })
})

describe('a doorbell that came when no place was free', () => {
  const doorbells = async () =>
    (await readStream(tasks.nats, 'WORK')).map(({ text }) => (JSON.parse(text) as { id: string }).id)
  const freed = async () => (await doorbells()).filter((id) => id.endsWith(':free'))

  it('rings again once for each place that gets free, while something is open', async () => {
    await begin(program(1))
    for (let number = 0; number < 3; number++) await ask(alice)
    const { task } = await claim('a')
    for (const bell of ['b', 'c']) expect((await claim(bell)).task).toBeNull()
    expect(await freed()).toEqual([])
    await tasks.askAs('cto', 'submit', { task: task?.label ?? '', result: 'merged', epoch: 1 })
    const [bell] = await until('it rings', async () => (await freed()).length > 0 && freed())
    const second = (await claim(bell ?? '')).task
    await tasks.askAs('cto', 'hand_back', { task: second?.label ?? '', epoch: 1, reason: 'stopped', counted: false })
    await until('it rings again', async () => (await freed()).length === 2)
    // Both are rung for: nobody is owed anything.
    const last = (await claim('d')).task
    await tasks.askAs('cto', 'submit', { task: last?.label ?? '', result: 'merged', epoch: last?.epoch ?? 0 })
    await tasks.when(last?.label ?? '', 'done')
    expect(await freed()).toHaveLength(2)
  })

  it('is not forgotten by the service that comes after', async () => {
    await begin(program(1))
    for (let number = 0; number < 2; number++) await ask(alice)
    const { task } = await claim('a')
    expect((await claim('b')).task).toBeNull()
    await tasks.stop()
    await tasks.start()
    await tasks.askAs('cto', 'submit', { task: task?.label ?? '', result: 'merged', epoch: 1 })
    await until('it rings', async () => (await freed()).length === 1)
  })
})

it('F55: what follows the tasks of one requester leaves places for others', async () => {
  await begin({ limits: { tasks_waiting: 6 } })
  const follows = (title: string) => ({
    publish_to: 'cso',
    payload_template: { title, description: '', acceptance_criteria: ['ok'], verification: [], on_complete: [] },
  })
  for (const round of ['a', 'b']) {
    const on_complete = [1, 2, 3, 4].map((number) => follows(`${round}${number}`))
    const { label } = await tasks.assign({ ...untested, on_complete })
    await tasks.ask('submit', { task: label, result: 'ok' }, { by: bob })
    await until('all that follows came, or did not', async () => (await tasks.show(label)).followed.length === 4)
  }
  const waiting = ((await tasks.askRaw('list', { role: 'cso' })) as { tasks: Task[] }).tasks
  expect(waiting).toHaveLength(3)
  // What found no place is kept.
  expect(tasks.counted('breakroom_deadletters_total')).toBe(5)
  expect((await ask(bob, { role: 'cso' })).refused).toBeNull()
})
