import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Task } from '../../core/task/task.ts'
import { until } from '../support/process.ts'
import { readStream, type StoredMessage, seeEffectsOnce } from '../support/task-record.ts'
import { alice, bob, founder, publicPlace, startTestTasks, type TestTasks } from '../support/task-service.ts'

const board = { room: { name: 'board', visibility: 'private' } } as const
const dm = {
  room: { name: 'dm-human-alice-cto', visibility: 'private' },
  voice: 'cto',
  to: { network: 'own', nick: 'alice', account: 'alice' },
} as const
const bobsDm = { ...dm, room: { name: 'dm-human-bob-cto', visibility: 'private' } } as const

const words = [
  'acquisition',
  'Zebra',
  'diligence',
  'confidential',
  'human-alice',
  'board',
  'dm-human-alice',
  'wolpertinger',
]
const secretDraft = {
  title: 'Prepare the acquisition of Zebra',
  description: 'due diligence, confidential',
  acceptance_criteria: ['the wolpertinger is signed'],
  context: ['Zebra has 12 people'],
  verification: [],
  on_complete: [
    {
      publish_to: 'cso',
      payload_template: {
        title: 'Review the acquisition {task_id}',
        description: '{result}',
        acceptance_criteria: ['Zebra is safe'],
        verification: [],
        on_complete: [],
      },
    },
  ],
}

let tasks: TestTasks
beforeAll(async () => {
  tasks = await startTestTasks({ rooms: { board: { visibility: 'private' } } })
})
afterAll(() => tasks[Symbol.asyncDispose]())

/** A task from that place through everything that can happen to it. */
async function wholeStory(place: typeof board | typeof dm): Promise<string[]> {
  const { label } = await tasks.assign({ ...secretDraft, priority: 'urgent' } as object, { place })
  const waits = await tasks.assign({ ...secretDraft, after: [label] } as object, { place })
  const other = await tasks.assign(secretDraft as object, { place })
  const say = async (verb: Parameters<typeof tasks.askAs>[1], args: object, role = 'cto') =>
    (await tasks.askAs(role, verb, args)).task
  const epoch = (await say('claim', { task: null, role: null, doorbell: `bell ${label}` }))?.epoch ?? 0
  const task = label
  await say('start', { task, epoch })
  await say('note', { task, epoch, text: 'Zebra wants more' })
  await say('block', { task, epoch, reason: 'the wolpertinger is late' })
  await say('submit', { task, epoch, result: 'Zebra is ours' })
  await tasks.ask('reject', { task, reason: 'the wolpertinger is not signed' }, { place })
  const next = await say('claim', { task: null, role: null, doorbell: `second bell ${label}` })
  await say('submit', { task, epoch: next?.epoch ?? 0, result: 'Zebra is signed' })
  await tasks.ask('approve', { task, comment: 'confidential thanks' }, { place })
  await tasks.ask('reassign', { task: other.label, role: 'devops' }, { place })
  await tasks.ask('cancel', { task: other.label, reason: 'no acquisition' }, { place })
  await until('it is followed', async () => {
    const { task: seen } = await tasks.ask('show', { task }, { place })
    return seen?.followed.length === 1
  })
  return [label, waits.label, other.label]
}

const saysSomething = ({ text }: StoredMessage) => words.filter((word) => text.includes(word))

describe.each([
  ['a private room', board],
  ['a conversation between two', dm],
])('S22: a task from %s', (_, place) => {
  it('is on the public record with its id and what happened, and nothing else', async () => {
    const labels = await wholeStory(place)
    await seeEffectsOnce(tasks.nats, tasks.house)
    const events = await readStream(tasks.nats, 'EVENTS')
    for (const label of labels) expect(events.some(({ text }) => text.includes(`"${label}"`))).toBe(true)
    for (const stream of ['EVENTS', 'WORK', 'DEADLETTER'])
      for (const message of await readStream(tasks.nats, stream))
        expect({ subject: message.subject, says: saysSomething(message) }).toEqual({
          subject: message.subject,
          says: [],
        })
    for (const { text } of events) {
      const { room, data } = JSON.parse(text)
      expect({ room, data }).toEqual({ room: undefined, data: { task: expect.stringMatching(/^t-\d+$/) } })
    }
  })

  it('is spoken of where it was asked for', async () => {
    const lines = (await readStream(tasks.nats, 'PRIVATE')).filter(({ subject }) => subject.includes(place.room.name))
    const texts = lines.map(({ text }) => JSON.parse(text))
    expect(texts.some(({ data }) => data.text.includes('is done'))).toBe(true)
    for (const { room, data } of texts) {
      expect(room).toEqual(place.room)
      expect({ voice: data.voice, to: data.to }).toEqual('voice' in place ? { voice: place.voice, to: place.to } : {})
    }
  })
})

describe('S22: who is not in it', () => {
  let hidden: Task
  beforeAll(async () => {
    hidden = await tasks.assign({ title: 'Zebra again', priority: 'urgent', verification: [] }, { place: dm })
  })

  it.each([
    ['in the public room, even who asked for it', { by: alice, place: publicPlace }],
    ['another person', { by: bob, place: publicPlace }],
    ['another person alone', { by: bob, place: bobsDm }],
    ['a founder', { by: founder, place: publicPlace }],
    [
      'a founder alone',
      { by: founder, place: { ...bobsDm, room: { name: 'dm-human-founder-cto', visibility: 'private' as const } } },
    ],
  ])('hears the same as of a task that there is not: %s', async (_, asking) => {
    const nowhere = 't-9999'
    const refusalOf = (verb: Parameters<typeof tasks.ask>[0], args: object) =>
      tasks.ask(verb, args, asking as object).then(
        () => 'it was done',
        ({ code, message, detail }) => JSON.stringify({ code, message, detail }).replaceAll(/t-\d+/g, 't-N'),
      )
    const asked = (task: string) =>
      ({
        show: { task },
        why: { task },
        claim: { task, role: null },
        acknowledge: { task },
        start: { task },
        note: { task, text: 'x' },
        block: { task, reason: 'x' },
        submit: { task, result: 'x' },
        approve: { task, comment: 'x' },
        reject: { task, reason: 'x' },
        reassign: { task, role: 'cso' },
        cancel: { task, reason: 'x' },
        assign: { draft: tasks.draft({ after: [task] }) },
      }) as const
    const [hiddenOnes, nothings] = [asked(hidden.label), asked(nowhere)]
    for (const verb of Object.keys(nothings) as (keyof typeof nothings)[]) {
      const [of, ofNothing] = [await refusalOf(verb, hiddenOnes[verb]), await refusalOf(verb, nothings[verb])]
      expect(of, verb).toBe(ofNothing)
      expect(of, verb).not.toContain('it was done')
    }
    const { tasks: listed } = (await tasks.askRaw('list', { role: null, all: true }, asking as object)) as {
      tasks: Task[]
    }
    expect(listed.map(({ label }) => label)).not.toContain(hidden.label)
  })

  it.each([
    ['who asked for it, alone', { by: alice, place: dm }],
    ['who asked for it, at the command line', { by: alice, place: null }],
  ])('sees it, though: %s', async (_, asking) => {
    // The desk says where; the command line has no place.
    const place = asking.place ?? { ...dm, room: { name: 'elsewhere', visibility: 'private' as const } }
    const { task } = await tasks.ask('show', { task: hidden.label }, { by: alice, place })
    expect(task?.title).toBe('Zebra again')
  })

  it.each([alice, founder])('is the knowledge proxy, for whomever it says that it asks: %o', async (by) => {
    const { bus } = tasks.nats.as({ kind: 'knowledge' })
    const show = (task: string, place: object | null) =>
      bus.request(
        'breakroom.svc.tasks.show.knowledge-proxy',
        { id: task, trace: 'x', by, place, args: { task } },
        5_000,
      )
    const { label } = await tasks.assign({ title: 'for everybody to read' })
    await expect(show(label, null)).resolves.toMatchObject({ task: { title: 'for everybody to read' } })
    for (const place of [null, dm])
      await expect(show(hidden.label, place)).rejects.toMatchObject({ detail: { rule: 'unknown-task' } })
  })

  it('sees it as the role that does it or reviews it, and as no other role', async () => {
    expect((await tasks.askAs('cto', 'show', { task: hidden.label })).task?.title).toBe('Zebra again')
    expect((await tasks.askAs('ceo', 'show', { task: hidden.label })).task?.title).toBe('Zebra again')
    for (const role of ['cso', 'devops'])
      await expect(tasks.askAs(role, 'show', { task: hidden.label })).rejects.toMatchObject({
        detail: { rule: 'unknown-task' },
      })
  })

  it('is given what there is to do as if it were not there', async () => {
    const urgent = await tasks.assign({ role: 'devops', title: 'Zebra first', priority: 'urgent' }, { place: dm })
    const nothing = await tasks.ask('next', { role: 'devops' }, { by: bob })
    expect(nothing).toMatchObject({ task: null, hint: 'there is nothing to do' })
    const open = await tasks.assign({ role: 'devops', title: 'for everybody', priority: 'low' })
    expect((await tasks.ask('next', { role: 'devops' }, { by: bob })).task?.label).toBe(open.label)
    expect((await tasks.ask('claim', { task: null, role: 'devops' }, { by: bob })).task?.label).toBe(open.label)
    // And "the one I hold" is the one that may be told of here.
    await tasks.ask('claim', { task: urgent.label, role: null }, { place: dm })
    await expect(tasks.ask('note', { task: null, text: 'x' }, { place: publicPlace })).rejects.toThrow(
      'You hold no task',
    )
  })

  it('hears no word of it in what an agent asks for on its behalf', async () => {
    const { task } = await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: 'bell of the hidden' })
    expect(task?.label).toBe(hidden.label)
    const { task: asked } = await tasks.askAs('cto', 'assign', {
      draft: tasks.draft({ role: 'devops', title: 'Zebra for devops' }),
      on_behalf_of: { task: hidden.label, epoch: task?.epoch },
    })
    expect(asked?.place).toEqual(dm)
    await seeEffectsOnce(tasks.nats, tasks.house)
    for (const message of await readStream(tasks.nats, 'EVENTS')) expect(message.text).not.toContain('Zebra')
  })
})
