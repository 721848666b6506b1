import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFirestoreDatabase, type FirestoreDatabase, type Reader } from '../../adapters/firestore/database.ts'
import { createKnowledgeDocuments } from '../../adapters/firestore/knowledge.ts'
import { firestoreLayout } from '../../adapters/firestore/layout.ts'
import { createRecordDocuments } from '../../adapters/firestore/records.ts'
import { createTaskDocuments } from '../../adapters/firestore/tasks.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import { system } from '../../core/task/world.ts'
import type { TaskChange } from '../../ports/store.ts'
import { all } from '../support/collect.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../support/firestore-emulator.ts'
import { quietLog } from '../support/quiet.ts'
import { dayRecord, knowledgeRecord } from '../support/state.ts'
import { asked, ran, ring, type Story, seat, start, submit } from '../support/task-story.ts'

const missing = firestoreMissing()
const layout = firestoreLayout('breakroom')

const plain = asked().and(
  [ring('bell'), seat('cto')],
  [start, seat('cto', 1)],
  [submit, seat('cto', 1)],
  [ran(), system],
)

describe('what docs/state.md says that keeping costs, counted at the adapter', () => {
  let emulator: FirestoreEmulator
  let counted: ReturnType<typeof counting>

  beforeAll(async () => {
    if (missing === null) emulator = await firestoreEmulator()
  }, 90_000)
  beforeEach(({ skip }) => {
    skip(missing !== null, missing ?? '')
    const target = { project: emulator.project, database: '(default)', keyFile: null, emulator: emulator.host }
    const database = createFirestoreDatabase({ target, deadlineMs: 10_000, emulatorToken: 'owner', log: quietLog })
    counted = counting(database)
  })
  afterEach(async () => {
    await counted?.database.close()
    await emulator?.clear()
  })
  afterAll(() => emulator?.stop())

  it('is two writes a commit and no read for a task that is kept commit by commit', async () => {
    const tasks = createTaskDocuments({ database: counted.database, layout })
    for (const change of oneByOne(plain)) await tasks.keepTasks([change])
    expect(counted.spent()).toEqual({ writes: 2 * 5, reads: 0 })
  })

  it('is one write more than there are commits when they are kept together', async () => {
    const tasks = createTaskDocuments({ database: counted.database, layout })
    await tasks.keepTasks([together(plain)])
    expect(counted.spent()).toEqual({ writes: 5 + 1, reads: 0 })
  })

  it('is a read more for a task that is in hand at a start', async () => {
    const [first, ...more] = oneByOne(plain)
    if (first === undefined) throw new Error('nothing was asked for')
    await createTaskDocuments({ database: counted.database, layout }).keepTasks([first])
    counted.spent()
    const tasks = createTaskDocuments({ database: counted.database, layout })
    for (const change of more) await tasks.keepTasks([change])
    expect(counted.spent()).toEqual({ writes: 2 * 4, reads: 1 })
  })

  it('is a read and a write for a record, and a read more for knowledge', async () => {
    const { database } = counted
    const pathOf = (id: string) => layout.record('metrics', id)
    const figures = { database, root: layout.root, folder: 'metrics', pathOf, fieldsOf: layout.metricsFields }
    const roles = Array.from({ length: 12 }, (_, index) => dayRecord(`role-${index}`, '2026-11-22'))
    await createRecordDocuments(figures).keep(roles)
    expect(counted.spent()).toEqual({ writes: 12, reads: 12 })

    await createKnowledgeDocuments({ database, layout }).keep([knowledgeRecord('decision-1')])
    expect(counted.spent()).toEqual({ writes: 1, reads: 2 })
  })

  it('is a read for each document when everything is read', async () => {
    const tasks = createTaskDocuments({ database: counted.database, layout })
    await tasks.keepTasks([together(plain)])
    counted.spent()
    expect([await all(tasks.history(0)), await all(tasks.tasks())]).toMatchObject([{ length: 5 }, { length: 1 }])
    expect(counted.spent()).toEqual({ writes: 0, reads: 5 + 1 })
  })
})

/** Each commit with the task as it stood after it. */
function oneByOne({ commits }: Story): TaskChange[] {
  let task: Task | null = null
  return commits.map((commit, index) => {
    task = evolve(task, commit)
    return { task, commits: [{ place: index + 1, commit }] }
  })
}

function together({ task, commits }: Story): TaskChange {
  return { task, commits: commits.map((commit, index) => ({ place: index + 1, commit })) }
}

/** Counts as Firestore bills: a read for each document that is asked for or found, at least one for a question, a write for each document. */
function counting(database: FirestoreDatabase): {
  database: FirestoreDatabase
  /** Since it was last asked. */
  spent(): { writes: number; reads: number }
} {
  let count = { writes: 0, reads: 0 }

  const reader = (inner: Reader): Reader => ({
    read(paths, select) {
      count.reads += paths.length
      return inner.read(paths, select)
    },
    async ask(question) {
      const found = await inner.ask(question)
      count.reads += Math.max(1, found.length)
      return found
    },
  })
  return {
    database: {
      ...database,
      ...reader(database),
      write(writes) {
        count.writes += writes.length
        return database.write(writes)
      },
      transact: (work) =>
        database.transact(async (inner) => {
          const writes = await work(reader(inner))
          count.writes += writes.length
          return writes
        }),
    },
    spent() {
      const sum = count
      count = { writes: 0, reads: 0 }
      return sum
    },
  }
}
