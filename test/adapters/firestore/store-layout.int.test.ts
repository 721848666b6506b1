import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FirestoreDatabase } from '../../../adapters/firestore/database.ts'
import { foldersWithBody } from '../../../adapters/firestore/layout.ts'
import { subjectToken } from '../../../core/subject.ts'
import type { Task } from '../../../core/task/task.ts'
import type { OwnedStore } from '../../../ports/store.ts'
import { all } from '../../support/collect.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { type FirestoreOrg, firestoreOrg } from '../../support/firestore-org.ts'
import { contentOf, dayRecord, inPrivate, knowledgeRecord, startRecord, taskChange } from '../../support/state.ts'

const missing = firestoreMissing()

describe('the documents of a store in Firestore', { timeout: 60_000 }, () => {
  let emulator: FirestoreEmulator
  let house: FirestoreOrg
  let org: string
  let store: OwnedStore
  let documents: FirestoreDatabase

  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))
  beforeAll(async () => {
    if (missing === null) emulator = await firestoreEmulator()
  }, 90_000)
  beforeEach(() => {
    house = firestoreOrg(emulator)
    org = house.org
    store = house.opened()
    documents = house.documents()
  })
  afterEach(() => house?.[Symbol.asyncDispose]())
  afterAll(() => emulator?.stop())

  /** Every document of the organisation but the root, by its path below that. */
  async function everything(): Promise<Map<string, string>> {
    const found = await Promise.all(
      foldersWithBody.map((folder) => documents.ask({ folder, below: null, where: { org } })),
    )
    const above = `breakroom/${org}/`
    return new Map(found.flat().map(({ path, fields }) => [path.replace(above, ''), JSON.stringify(fields)]))
  }

  it('lie where those look who may read them', async () => {
    const odd = 'Vorstand & Beirat/*'
    await store.keepTasks([
      taskChange(1, 2),
      taskChange(2, 1, { task: inPrivate('board') }),
      taskChange(3, 1, { task: inPrivate(odd) }),
    ])
    await store.knowledge.keep([
      knowledgeRecord('for-all'),
      knowledgeRecord('for-one-room', 1, { access: [['board', 'board']] }),
      knowledgeRecord('for-two-rooms', 1, { access: [['board', 'lab']] }),
      knowledgeRecord('for-who-sits-in-both', 1, { access: [['board'], ['lab']] }),
      knowledgeRecord('for-nobody', 1, { access: [[]] }),
      knowledgeRecord('__odd__', 1),
    ])
    await store.configuration.keep([startRecord('start-1')])
    await store.metrics.keep([dayRecord('cto', '2026-11-22')])

    expect([...(await everything()).keys()].toSorted()).toEqual(
      [
        'tasks/task-1',
        'tasks/task-1/commits/00000001',
        'tasks/task-1/commits/00000002',
        'rooms/board/tasks/task-2',
        'rooms/board/tasks/task-2/commits/00000001',
        `rooms/${subjectToken(odd)}/tasks/task-3`,
        `rooms/${subjectToken(odd)}/tasks/task-3/commits/00000001`,
        'knowledge/for-all',
        'knowledge/r--__odd__',
        'rooms/board/knowledge/for-one-room',
        'restricted/for-two-rooms',
        'restricted/for-who-sits-in-both',
        'restricted/for-nobody',
        'configurations/start-1',
        'metrics/2026-11-22.cto',
      ].toSorted(),
    )
  })

  it('have no word of what is private where everybody looks, also after who may read it has changed', async () => {
    const secret = 'the merger with Umbrella'
    const place = inPrivate('board')
    const words: Partial<Task> = { ...place, title: secret, description: secret }
    await store.keepTasks([
      taskChange(1, 2, { task: words, commit: () => ({ events: [{ type: 'noted', text: secret }] }) }),
    ])
    const ofAll = knowledgeRecord('decision-1', 1, { title: secret, text: secret })
    await store.knowledge.keep([ofAll])
    await store.knowledge.keep([{ ...ofAll, revision: 2, access: [['board']] }])
    // Whoever was asleep meanwhile brings the older one again.
    await store.knowledge.keep([ofAll])
    await store.knowledge.keep([knowledgeRecord('decision-2', 1, { title: secret, access: [['board'], ['lab']] })])

    const where = [...(await everything())].flatMap(([path, fields]) => (fields.includes('merger') ? [path] : []))
    expect(where.toSorted()).toEqual([
      'restricted/decision-2',
      'rooms/board/knowledge/decision-1',
      'rooms/board/tasks/task-1',
      'rooms/board/tasks/task-1/commits/00000001',
      'rooms/board/tasks/task-1/commits/00000002',
    ])
  })

  it('have as fields what tasks are asked by', async () => {
    const { task } = taskChange(13, 2, { task: { status: 'done', role: 'cso' } })
    await store.keepTasks([taskChange(13, 2, { task: { status: 'done', role: 'cso' } })])
    const [path, commit] = [`breakroom/${org}/tasks/task-13`, `breakroom/${org}/tasks/task-13/commits/00000002`]
    const found = await documents.read([path, commit])
    expect(found.get(path)?.fields).toEqual({
      org,
      key: 'task-13',
      label: 't-13',
      number: 13,
      role: 'cso',
      status: 'done',
      live: false,
      version: 2,
      visibility: 'public',
      updated_at: new Date(task.updated_at),
      body: JSON.stringify(task),
    })
    expect(found.get(commit)?.fields).toMatchObject({ org, key: 'task-13', version: 2, place: 13_002 })
  })

  it('are told in pages without losing commits that share a place', async () => {
    // Two houses that gave places without knowing of each other.
    const changes = Array.from({ length: 21 }, (_, index) =>
      taskChange(index + 1, 60, { place: (version) => Math.ceil(version / 20) }),
    )
    await store.keepTasks(changes)
    const history = await all(store.history(0))
    expect(history).toHaveLength(21 * 60)
    expect(new Set(history.map(({ commit }) => `${commit.key} ${commit.version}`)).size).toBe(21 * 60)
    const places = history.map(({ place }) => place)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(await all(store.history(2))).toHaveLength(21 * 20)
  })

  it('come in several requests when they are too much for one', async () => {
    // Nine megabytes of one task.
    const text = 'x'.repeat(300_000)
    const change = taskChange(1, 30, {
      commit: (version) => (version === 1 ? {} : { events: [{ type: 'noted', text }] }),
    })
    await store.keepTasks([change])
    expect(await store.commits('task-1')).toEqual(change.commits)
    expect(await store.task('task-1')).toEqual(change.task)
    const before = await contentOf(store)
    await store.keepTasks([change])
    expect(await contentOf(store)).toEqual(before)
  })
})
