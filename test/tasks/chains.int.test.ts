import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Envelope } from '../../core/envelope.ts'
import type { TaskDraft } from '../../core/task/request.ts'
import type { FollowUp, Task } from '../../core/task/task.ts'
import { until } from '../support/process.ts'
import { readStream, seeAgreement, seeEffectsOnce } from '../support/task-record.ts'
import { bob, startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
beforeAll(async () => {
  tasks = await startTestTasks()
})
afterAll(() => tasks[Symbol.asyncDispose]())

const passes: TaskDraft['verification'] = [{ kind: 'check', check: 'true' }]

function followUp(publish_to: string, title: string, more: Partial<FollowUp['payload_template']> = {}): FollowUp {
  const payload_template = {
    title,
    description: '',
    acceptance_criteria: ['it is seen'],
    verification: passes,
    on_complete: [],
  }
  return { publish_to, payload_template: { ...payload_template, ...more } }
}

/** Bob does it, and the system sees it. */
async function done(label: string, result = 'merged as 4f2a'): Promise<Task> {
  await tasks.ask('submit', { task: label, result }, { by: bob })
  return tasks.when(label, 'done')
}

/** The task that came after another, when it is there. */
async function following(label: string, index = 0): Promise<Task> {
  const next = await until(`${label} was followed`, async () => {
    const { followed } = await tasks.show(label)
    return followed.find((one) => one.index === index)
  })
  return tasks.show(next.label ?? `${next.reason}`)
}

const messages = async (stream: string) =>
  (await readStream(tasks.nats, stream)).map(({ text }) => JSON.parse(text) as Envelope)
const linesOf = async (label: string) =>
  (await messages('EVENTS'))
    .filter(({ type, data }) => type === 'chat.line' && String(data.text).includes(label))
    .map(({ data }) => String(data.text))

describe('what follows a task', () => {
  it('is published when it is done, filled in, with the rights of who asked and in the same place', async () => {
    const next = followUp('cso', 'Review {task_id} of {role}', {
      description: '{requester} asked {role} for "{title}"; the result is {result}.',
      acceptance_criteria: ['{task_id} is secure'],
      priority: 'high',
    })
    const first = await tasks.assign({ verification: passes, on_complete: [next] })
    await done(first.label)
    expect(await following(first.label)).toMatchObject({
      role: 'cso',
      title: `Review ${first.label} of cto`,
      description: 'alice asked cto for "Add rate limiting to the gateway"; the result is merged as 4f2a.',
      acceptance_criteria: [`${first.label} is secure`],
      priority: 'high',
      status: 'open',
      place: first.place,
      authority: first.authority,
      lineage: [first.label],
      parent: { key: first.key, label: first.label },
    })
  })

  it('takes braces in data as data', async () => {
    const first = await tasks.assign({
      title: 'braces {result}',
      verification: passes,
      on_complete: [followUp('cso', '{title} and {result}')],
    })
    await done(first.label, '{requester} {{title}} {constructor}')
    const { title } = await following(first.label)
    expect(title).toBe('braces {result} and {requester} {{title}} {constructor}')
  })

  it('may have what follows it', async () => {
    const last = followUp('devops', 'Deploy what {task_id} reviewed')
    const first = await tasks.assign({
      verification: passes,
      on_complete: [followUp('cso', 'Review {task_id}', { on_complete: [last] }), followUp('ceo', 'Tell of {task_id}')],
    })
    await done(first.label)
    const review = await following(first.label, 0)
    const telling = await following(first.label, 1)
    expect(telling).toMatchObject({ role: 'ceo', title: `Tell of ${first.label}` })
    await done(review.label)
    expect(await following(review.label)).toMatchObject({
      role: 'devops',
      title: `Deploy what ${review.label} reviewed`,
      lineage: [first.label, review.label],
    })
  })

  it('does not come twice when the service begins again and looks at it again', async () => {
    const first = await tasks.assign({ verification: passes, on_complete: [followUp('cso', 'once')] })
    await done(first.label)
    const next = await following(first.label)
    await tasks.stop()
    // As after a crash before anything was noted.
    await tasks.nats.as({ kind: 'tasks' }).keyed<number>('cursors').put('tasks effects', 0)
    await tasks.start()
    await tasks.assign()
    const made = (await tasks.commits()).filter(({ events }) =>
      events.some((event) => event.type === 'created' && event.parent?.key === first.key),
    )
    expect(made.map(({ key }) => key)).toEqual([next.key])
    await seeEffectsOnce(tasks.nats, tasks.house)
  })

  it('goes to the dead letters when the task fails, and comes after all when another try succeeds', async () => {
    const first = await tasks.assign({
      verification: [],
      budget: { attempts: 1 },
      on_complete: [followUp('cso', 'after the failure')],
    })
    await tasks.ask('submit', { task: first.label, result: 'no' }, { by: bob })
    await tasks.ask('reject', { task: first.label, reason: 'that is not it' })
    expect((await tasks.show(first.label)).status).toBe('failed')
    const letter = await until('it is with the dead letters', async () =>
      (await messages('DEADLETTER')).find(({ data }) => data.task === first.label),
    )
    expect(letter).toMatchObject({
      type: 'deadletter.follow-up',
      authority: { requester: 'human-alice', chain: [] },
      data: { index: 0, follow_up: { publish_to: 'cso' }, reason: expect.stringContaining('failed') },
    })
    await until('it is noted', async () => (await tasks.show(first.label)).followed.length === 1)

    await tasks.ask('reassign', { task: first.label, role: 'devops' })
    await tasks.ask('submit', { task: first.label, result: 'this is it' }, { by: bob })
    await tasks.ask('approve', { task: first.label, comment: '' })
    const next = await until('it is followed', async () => (await tasks.show(first.label)).followed[0]?.label)
    expect(await tasks.show(next)).toMatchObject({ title: 'after the failure', parent: { key: first.key } })
  })
})

describe('tasks that wait for others', () => {
  it('are released when the last one is done, once, and ring then', async () => {
    const [one, two] = [await tasks.assign({ verification: passes }), await tasks.assign({ verification: passes })]
    const third = await tasks.assign({ role: 'devops', after: [one.label, two.label] })
    expect(third).toMatchObject({ status: 'waiting', waits_for: [{ label: one.label }, { label: two.label }] })
    await done(one.label)
    const half = await until('it waits for one', async () => {
      const task = await tasks.show(third.label)
      return task.waits_for.length === 1 && task
    })
    expect(half).toMatchObject({ status: 'waiting', waits_for: [{ label: two.label }] })
    await done(two.label)
    const { version } = await tasks.when(third.label, 'open')
    await until('it rings', async () =>
      (await messages('WORK')).some(({ id }) => id === `doorbell:${third.key}:${version}:work`),
    )
    expect((await messages('WORK')).filter(({ id }) => id.includes(third.key))).toHaveLength(1)
  })

  it('are released once when what they wait for is done at the moment they are created', async () => {
    const first: Task[] = []
    for (let round = 0; round < 30; round++) first.push(await tasks.assign({ verification: [] }))
    for (const { label } of first) await tasks.ask('submit', { task: label, result: 'merged' }, { by: bob })
    const raced = await Promise.all(
      first.map(async ({ label }) => {
        const approved = tasks.ask('approve', { task: label, comment: '' })
        const created = await tasks.assign({ role: 'devops', after: [label] })
        await approved
        return created
      }),
    )
    for (const { label } of raced) await tasks.when(label, 'open')
    for (const { key } of raced) {
      const released = (await tasks.commits()).filter(
        (commit) => commit.key === key && commit.events.some(({ type }) => type === 'released'),
      )
      expect(released.length).toBeLessThan(2)
    }
    expect(new Set(raced.map(({ status }) => status))).toContain('waiting')
    await seeEffectsOnce(tasks.nats, tasks.house)
  })

  it('are cancelled with it, over three levels, and say because of what', async () => {
    const first = await tasks.assign()
    const second = await tasks.assign({ after: [first.label] })
    const third = await tasks.assign({ role: 'devops', after: [second.label] })
    const beside = await tasks.assign({ role: 'cso', after: [first.label, second.label] })
    await tasks.ask('cancel', { task: first.label, reason: 'not needed' })
    for (const { label } of [second, third, beside]) await tasks.when(label, 'cancelled')
    expect(await tasks.show(third.label)).toMatchObject({ reason: `${second.label} was cancelled` })
    const { commits } = (await tasks.askRaw('why', { task: third.label })) as { commits: { cause: string | null }[] }
    expect(commits.at(-1)?.cause).toBe(`${second.label} was cancelled`)
    await expect(tasks.assign({ after: [first.label] })).rejects.toMatchObject({
      detail: { rule: 'cancelled-dependency' },
    })
  })

  it('are cancelled when what they wait for is cancelled at the moment they are created', async () => {
    for (let round = 0; round < 15; round++) {
      const { label } = await tasks.assign()
      const [, created] = await Promise.allSettled([
        tasks.ask('cancel', { task: label, reason: '' }),
        tasks.assign({ after: [label] }),
      ])
      if (created.status === 'fulfilled') await tasks.when(created.value.label, 'cancelled')
      else expect(created.reason).toMatchObject({ detail: { rule: 'cancelled-dependency' } })
    }
  })
})

it('the first result wins: the same again changes nothing, another one is refused with both shown', async () => {
  const { label } = await tasks.assign({ verification: passes })
  await done(label, 'merged as 4f2a')
  const again = await tasks.ask('submit', { task: label, result: 'merged as 4f2a' }, { by: bob })
  expect(again.events).toEqual([])
  await expect(tasks.ask('submit', { task: label, result: 'merged as 0000' }, { by: bob })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/4f2a.*0000/),
    detail: { rule: 'result-exists', first: 'merged as 4f2a', second: 'merged as 0000' },
  })
})

it('F53: a task stays done when there is nobody to follow it: kept, noted, and said once in the room', async () => {
  const first = await tasks.assign({ verification: [], on_complete: [followUp('devops', 'Deploy {task_id}')] })
  await tasks.ask('submit', { task: first.label, result: 'merged' }, { by: bob })
  await tasks.stop()
  await tasks.start({ roles: tasks.house.roles.filter(({ name }) => name !== 'devops') })
  await tasks.ask('approve', { task: first.label, comment: '' })
  const { followed } = await until('it is noted', async () => {
    const task = await tasks.show(first.label)
    return task.followed.length > 0 && task
  })
  expect(followed).toEqual([{ index: 0, label: null, reason: expect.stringContaining('no role devops') }])
  expect((await tasks.show(first.label)).status).toBe('done')
  const letters = (await messages('DEADLETTER')).filter(({ data }) => data.task === first.label)
  expect(letters).toHaveLength(1)
  expect(letters[0]?.data).toMatchObject({ follow_up: { publish_to: 'devops' }, reason: followed[0]?.reason })
  await until('it is said', async () => (await linesOf(first.label)).some((line) => line.includes('did not come')))
  expect((await linesOf(first.label)).filter((line) => line.includes('did not come'))).toEqual([
    expect.stringMatching(/^d-\d+: what was to follow .* did not come \(validation\): /),
  ])
  expect(tasks.counted('breakroom_deadletters_total')).toBeGreaterThan(0)
  await tasks.stop()
  await tasks.start()
  await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
})
