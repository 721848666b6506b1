import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import { taskArguments } from '../../core/task/request.ts'
import { until } from '../support/process.ts'
import { storeFile } from '../support/task-house.ts'
import { readStream, seeAgreement } from '../support/task-record.ts'
import { alice, bob, publicPlace, startTestTasks, type TestTasks } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const verbs = Object.keys(taskArguments) as (keyof typeof taskArguments)[]

let tasks: TestTasks
beforeAll(async () => {
  tasks = await startTestTasks()
  // It serves.
  await tasks.assign()
})
afterAll(() => tasks[Symbol.asyncDispose]())

/** The one sentence that an answer refuses with. */
async function refusal(answer: Promise<unknown>): Promise<{ code: string; message: string }> {
  const { code, message } = await answer.then(
    (value) => {
      throw new Error(`it was answered: ${JSON.stringify(value)}`)
    },
    (error) => error,
  )
  return { code, message }
}

/** Sends the desk's words as they are. */
const send = (verb: string, data: unknown) =>
  tasks.nats.as({ kind: 'desk' }).bus.request(subjects.taskService(verb, 'breakroom'), data, 2_000)

describe('bad input', () => {
  const good = { id: 'x', trace: 'x', by: alice, place: publicPlace, args: { task: 't-1' } }
  it.each([
    ['nothing', null],
    ['a word', 'show me'],
    ['a list', [good]],
    ['no id', { ...good, id: '' }],
    ['an id of 1,000 characters', { ...good, id: 'x'.repeat(1_000) }],
    ['an unknown key', { ...good, admin: true }],
    ['a tier that there is not', { ...good, by: { ...alice, tier: 'god' } }],
    ['a place that is no place', { ...good, place: { room: 'breakroom' } }],
    ['nobody who asks', { ...good, by: null }],
    ['no task', { ...good, args: {} }],
    ['a label that is none', { ...good, args: { task: '../../etc/passwd' } }],
    ['a label of 17 digits', { ...good, args: { task: 't-12345678901234567' } }],
    ['an unknown argument', { ...good, args: { task: 't-1', force: true } }],
    ['__proto__', JSON.parse('{"id":"x","trace":"x","by":null,"place":null,"args":{"__proto__":{"task":"t-1"}}}')],
  ])('gets one sentence: %s', async (_, data) => {
    const { code, message } = await refusal(send('show', data))
    expect(code).toBe('usage')
    expect(message).toMatch(/^[^\n]{5,200}\.$/)
  })

  it.each(verbs)('gets one sentence at every verb: %s', async (verb) => {
    for (const args of [null, 7, { task: 7 }, { draft: { title: 7 } }, { role: {} }]) {
      const { code, message } = await refusal(send(verb, { ...good, args }))
      expect({ code, args }).toEqual({ code: 'usage', args })
      expect(message).toMatch(new RegExp(`^${verb}: `))
    }
  })

  it('S35: of a megabyte gets one sentence, and holds nobody else up', async () => {
    const { label } = await tasks.assign()
    const long = 'x'.repeat(1_000_000)
    const began = performance.now()
    for (const [verb, args] of [
      ['note', { task: label, text: long }],
      ['submit', { task: label, result: long }],
      ['assign', { draft: { ...tasks.draft(), title: long } }],
      ['assign', { draft: { ...tasks.draft(), description: 'ab '.repeat(300_000) } }],
      ['assign', { draft: { ...tasks.draft(), acceptance_criteria: Array.from({ length: 200_000 }, () => 'x') } }],
    ] as const) {
      const { code, message } = await refusal(send(verb, { ...good, args }))
      expect({ verb, code }).toEqual({ verb, code: 'usage' })
      expect(message.length).toBeLessThan(300)
    }
    expect(performance.now() - began).toBeLessThan(5_000)
    expect((await tasks.show(label)).version).toBe(1)
  })

  it('S34: of any depth gets one sentence', async () => {
    const desk = await tasks.nats.raw({ kind: 'desk' })
    const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels)
    const next = '{"publish_to":"cso","payload_template":{"title":"x","acceptance_criteria":["y"],"on_complete":['
    const chain = (levels: number) => nested(levels, next, ']}}')
    const { on_complete: _, ...draft } = tasks.draft()
    for (const [inner, code] of [
      [chain(9), 'refused'],
      [chain(20), 'refused'],
      [chain(500), 'usage'],
      [chain(9_000), 'usage'],
      [nested(200_000, '[', ']'), 'usage'],
    ] as const) {
      const args = `{"draft":{${JSON.stringify(draft).slice(1, -1)},"on_complete":[${inner}]}}`
      const text = JSON.stringify({ ...good, args: 'ARGS' }).replace('"ARGS"', () => args)
      const reply = await desk.request(subjects.taskService('assign', 'breakroom'), text, { timeout: 2_000 })
      const { error } = reply.json<{ error: { code: string; message: string } }>()
      expect(error).toMatchObject({ code, message: expect.stringMatching(/^[^\n]{5,300}\.$/) })
    }
  })

  it('at a verb that there is not finds nobody', async () => {
    for (const verb of ['frobnicate', 'record_check', 'release', 'follow'])
      expect((await refusal(send(verb, good))).code).toBe('unavailable')
  })

  it('that is no JSON is answered, and the service stays up', async () => {
    const desk = await tasks.nats.raw({ kind: 'desk' })
    for (const bytes of ['', '{', '\u0000\u0001', 'null']) {
      const reply = await desk.request(subjects.taskService('show', 'breakroom'), bytes, { timeout: 2_000 })
      expect(reply.headers?.get('Nats-Service-Error')).toMatch(/^\w+: /)
    }
    expect((await tasks.assign()).status).toBe('open')
  })

  it('left nothing in the ledger', async () => {
    expect((await tasks.commits()).every(({ events }) => events[0]?.type === 'created')).toBe(true)
  })
})

describe('S20: secrets', () => {
  const secrets = [
    'xoxb-2736482910-8473629104-Hq8ZkP3mVw9LxT2bNcR7sYdA',
    'ghp_Zx81kQpL0vNw7RtYbC3mHs6JdF2aGe9UiO4q',
    'AKIAZQ3DR7NXW5KPB2LM',
    'postgres://admin:hunter2hunter2@db.internal/prod',
  ]
  const all = secrets.join(' and ')

  it('in what roles and the command line write never reach the ledger, the record, the doorbells or the store', async () => {
    const cli = tasks.nats.as({ kind: 'cli' }).bus
    const draft = tasks.draft({
      title: `Rotate ${secrets[0]}`,
      description: all,
      acceptance_criteria: [`${secrets[1]} is gone`],
      context: [`was ${secrets[2]}`],
      priority: 'urgent',
      verification: [],
      on_complete: [
        {
          publish_to: 'cso',
          payload_template: {
            title: `After ${secrets[2]}`,
            description: all,
            acceptance_criteria: [`no ${secrets[3]}`],
            verification: [],
            on_complete: [],
          },
        },
      ],
    })
    const data = { id: 'from the terminal', trace: 'x', by: alice, place: null, args: { draft } }
    const { task } = (await cli.request(subjects.taskService('assign', 'cli'), data, 2_000)) as {
      task: { label: string; title: string }
    }
    expect(task.title).toMatch(/^Rotate «redacted:slack-token:[0-9a-f]{4}»$/)
    const { label } = task
    const claimed = await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: 'bell' })
    expect(claimed.task?.label).toBe(label)
    await tasks.askAs('cto', 'note', { task: label, epoch: 1, text: `found ${all}` })
    await tasks.askAs('cto', 'block', { task: label, epoch: 1, reason: `needs ${all}` })
    await tasks.askAs('cto', 'submit', { task: label, epoch: 1, result: `rotated ${all}` })
    await tasks.ask('reject', { task: label, reason: `still ${all}` })
    await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: 'bell' })
    await tasks.askAs('cto', 'hand_back', { task: label, epoch: 2, reason: `not ${all}`, counted: false })
    await tasks.ask('submit', { task: label, result: `with ${all}` }, { by: bob })
    await tasks.ask('approve', { task: label, comment: `yes ${all}` })
    await until('it is followed', async () => (await tasks.show(label)).followed.length > 0)
    await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))

    const store = storeFile(tasks.house)
    const kept = [
      ...(
        await Promise.all(
          ['LEDGER', 'EVENTS', 'WORK', 'PRIVATE', 'DEADLETTER'].map((name) => readStream(tasks.nats, name)),
        )
      )
        .flat()
        .map(({ subject, text }) => subject + text),
      ...[store, `${store}-wal`].map((file) => readFileSync(file, 'latin1')),
    ]
    for (const secret of [...secrets, 'hunter2hunter2'])
      expect(kept.filter((text) => text.includes(secret)).map((text) => text.slice(0, 100))).toEqual([])
    expect(kept.some((text) => text.includes('«redacted:'))).toBe(true)
  })

  it('in what a check prints never reach anything', async () => {
    await tasks.stop()
    const { fleet } = tasks.context
    const checks = { ...fleet.checks, leaks: ['sh', '-c', `echo "token ${secrets[1]}"; echo "${secrets[0]}"; exit 3`] }
    await tasks.start({ fleet: { ...fleet, checks } })
    const { label } = await tasks.assign({ verification: [{ kind: 'check', check: 'leaks' }] })
    await tasks.ask('submit', { task: label, result: 'x' }, { by: bob })
    const { evidence } = await tasks.when(label, 'open')
    expect(evidence[0]?.run?.output_tail).toMatch(/^token «redacted:.*\n«redacted:/)
    for (const stream of ['LEDGER', 'EVENTS'])
      for (const { text } of await readStream(tasks.nats, stream)) {
        // What is run is configuration, not output.
        const { argv: _, ...rest } = JSON.parse(text).data?.evidence?.run ?? { argv: [] }
        expect(JSON.stringify(rest)).not.toContain(secrets[1])
      }
  })
})
