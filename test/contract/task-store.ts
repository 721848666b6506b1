import { describe, expect, it } from 'vitest'
import { taskCommitSchema } from '../../core/task/commit.ts'
import { type Task, taskSchema, taskStatuses } from '../../core/task/task.ts'
import type { Applied, TaskStorage, TaskStore } from '../../ports/task-store.ts'
import { all } from '../support/collect.ts'
import { appliedAt, keyOf, taskAt, taskCommit } from '../support/tasks.ts'

/** What every task store promises. `create` gives a storage with nothing in it. */
export function taskStoreContract(name: string, create: () => TaskStorage): void {
  async function opened(...saves: Applied[][]): Promise<TaskStore> {
    const store = await create().open()
    for (const applied of saves) await store.save(applied)
    return store
  }

  describe(`task store in ${name}`, () => {
    it('has nothing in it at first', async () => {
      const store = await opened()
      expect(await store.task(keyOf(1))).toBeNull()
      expect(await store.byLabel('t-1')).toBeNull()
      expect(await store.list({ limit: 10 })).toEqual([])
      expect(await store.commits(keyOf(1))).toEqual([])
      expect(await all(store.live())).toEqual([])
      expect(await all(store.history())).toEqual([])
      expect(await store.commitAt(1)).toBeNull()
      expect(await store.counts()).toEqual([])
      expect([await store.lastSeq(), await store.highestLabel()]).toEqual([0, 0])
    })

    it('gives back tasks and commits as they were saved, whatever is in their texts', async () => {
      const texts = [
        'line\nbreak\r\n',
        '\u0000\u001b[31m',
        '🎉 ünïcode \u2028',
        `"quotes" \\ 'x' --;`,
        'x'.repeat(4_000),
      ]
      const changes = texts.map((text, index) =>
        appliedAt(index + 1, index + 1, 1, {
          title: 'Say it',
          description: text,
          notes: [{ by: 'cto', at: taskAt(1, 1).created_at, text }],
        }),
      )
      const store = await opened(changes)

      for (const { seq, commit, task } of changes) {
        expect(await store.task(task.key)).toEqual(task)
        expect(taskSchema.parse(await store.task(task.key))).toEqual(task)
        expect(await store.commits(task.key)).toEqual([commit])
        expect(taskCommitSchema.parse(await store.commitAt(seq))).toEqual(commit)
      }
    })

    it('has the task as it stands after its newest commit, and all its commits oldest first', async () => {
      const changes = [appliedAt(1, 1), appliedAt(4, 1, 2, { status: 'claimed' }), appliedAt(9, 1, 3, { role: 'cso' })]
      const store = await opened(...changes.map((change) => [change]))

      expect(await store.task(keyOf(1))).toEqual(changes[2]?.task)
      expect(await store.byLabel('t-1')).toEqual(changes[2]?.task)
      expect(await store.list({ limit: 10 })).toEqual([changes[2]?.task])
      expect(await store.commits(keyOf(1))).toEqual(changes.map(({ commit }) => commit))
    })

    it('keeps several commits of one task that come in one call', async () => {
      const changes = [appliedAt(1, 1), appliedAt(2, 2), appliedAt(3, 1, 2), appliedAt(4, 1, 3, { status: 'done' })]
      const store = await opened(changes)

      expect(await store.task(keyOf(1))).toEqual(changes[3]?.task)
      expect(await store.commits(keyOf(1))).toHaveLength(3)
      expect(labels(await store.list({ limit: 10 }))).toEqual(['t-2', 't-1'])
    })

    it('is the same after everything is saved a second time', async () => {
      const changes = [appliedAt(1, 1), appliedAt(2, 2), appliedAt(3, 1, 2, { status: 'done' })]
      const store = await opened(changes)
      const before = await contentOf(store)

      await store.save(changes)
      for (const change of changes) await store.save([change])
      await store.save([])

      expect(await contentOf(store)).toEqual(before)
    })

    it('keeps the later state of a task when an earlier commit is saved again', async () => {
      const [first, second] = [appliedAt(1, 1), appliedAt(2, 1, 2, { status: 'done', role: 'cso' })]
      const store = await opened([first], [second])

      await store.save([first])

      expect(await store.task(keyOf(1))).toEqual(second.task)
      expect(labels(await store.list({ role: 'cso', statuses: ['done'], limit: 9 }))).toEqual(['t-1'])
      expect(await store.list({ role: 'cto', limit: 9 })).toEqual([])
    })

    it('keeps the first one of two commits with the same version of a task', async () => {
      const first = appliedAt(1, 1)
      const store = await opened([first])

      await store.save([{ ...first, seq: 7, commit: taskCommit(first.task, { id: 'another' }) }])

      expect(await store.commits(keyOf(1))).toEqual([first.commit])
      expect(await store.commitAt(7)).toEqual(first.commit)
    })

    it('keeps nothing of a call of which one part cannot be kept', async () => {
      const store = await opened([appliedAt(1, 1)])
      const before = await contentOf(store)
      const broken = {
        ...appliedAt(4, 3),
        get task(): Task {
          throw new Error('no such task')
        },
      }

      await expect(store.save([appliedAt(2, 1, 2), appliedAt(3, 2), broken])).rejects.toThrow('no such task')

      expect(await contentOf(store)).toEqual(before)
      await store.save([appliedAt(2, 1, 2), appliedAt(3, 2)])
      expect(await store.lastSeq()).toBe(3)
    })

    it('finds a task by its label only as people write it', async () => {
      const store = await opened([appliedAt(1, 13)])
      expect(await store.byLabel('t-13')).toEqual(taskAt(13, 1))
      for (const label of [
        't-1',
        't-013',
        't-13 ',
        'T-13',
        '13',
        't-',
        't-NaN',
        't-1e1',
        't--13',
        't-9999999999999999',
      ]) {
        expect(await store.byLabel(label), label).toBeNull()
      }
    })

    it('goes on when a label was given twice: it is that of the older task', async () => {
      const store = await opened([appliedAt(1, 1), appliedAt(2, 2, 1, { label: 't-1' })])
      expect((await store.byLabel('t-1'))?.key).toBe(keyOf(1))
      expect((await store.task(keyOf(2)))?.label).toBe('t-1')
    })

    it('takes the task that was created first for the older one, wherever it came to stand', async () => {
      const store = await opened([appliedAt(1, 2, 1, { label: 't-1' }), appliedAt(2, 1)])
      expect((await store.byLabel('t-1'))?.key).toBe(keyOf(1))
    })

    it('counts labels as numbers to find the highest', async () => {
      const store = await opened([appliedAt(1, 9), appliedAt(2, 100), appliedAt(3, 20)])
      expect(await store.highestLabel()).toBe(100)
    })

    it('lists the newest first, by role, by statuses, by both, and never more than was asked for', async () => {
      const store = await opened(
        ['cto', 'cso', 'cto', 'cto', 'cso', 'cto'].map((role, index) => {
          const status = taskStatuses[[1, 1, 6, 3, 6, 1][index] ?? 0] ?? 'open'
          return appliedAt(index + 1, index + 1, 1, { role, status })
        }),
      )
      const list = async (filter: Parameters<TaskStore['list']>[0]) => labels(await store.list(filter))

      expect(await list({ limit: 100 })).toEqual(['t-6', 't-5', 't-4', 't-3', 't-2', 't-1'])
      expect(await list({ limit: Number.POSITIVE_INFINITY })).toHaveLength(6)
      expect(await list({ limit: 2 })).toEqual(['t-6', 't-5'])
      expect(await list({ role: 'cto', limit: 100 })).toEqual(['t-6', 't-4', 't-3', 't-1'])
      expect(await list({ role: 'cto', limit: 3 })).toEqual(['t-6', 't-4', 't-3'])
      expect(await list({ statuses: ['done', 'working'], limit: 2 })).toEqual(['t-5', 't-4'])
      expect(await list({ statuses: ['open', 'open'], limit: 100 })).toEqual(['t-6', 't-2', 't-1'])
      expect(await list({ role: 'cto', statuses: ['open', 'done'], limit: 100 })).toEqual(['t-6', 't-3', 't-1'])
      expect(await list({ role: 'nobody', limit: 100 })).toEqual([])
      expect(await list({ statuses: [], limit: 100 })).toEqual([])
      expect(await list({ limit: 0 })).toEqual([])
      expect(await list({ limit: -1 })).toEqual([])
    })

    it('orders tasks by when they first came, whatever their labels are and whatever changed since', async () => {
      const store = await opened([appliedAt(1, 20), appliedAt(2, 3), appliedAt(3, 11)], [appliedAt(4, 20, 2)])
      expect(labels(await store.list({ limit: 10 }))).toEqual(['t-11', 't-3', 't-20'])
      expect(labels(await all(store.live()))).toEqual(['t-20', 't-3', 't-11'])
    })

    it('shows of live tasks those that are not over, also one that failed and was handed on', async () => {
      const store = await opened(
        taskStatuses.map((status, index) => appliedAt(index + 1, index + 1, 1, { status })),
        [appliedAt(50, 8, 2, { status: 'open', role: 'cso' })],
      )
      const live = await all(store.live())
      expect(live.map(({ status }) => status)).toEqual([
        'waiting',
        'open',
        'claimed',
        'working',
        'blocked',
        'verifying',
        'open',
      ])
      expect(live.at(-1)).toEqual(taskAt(8, 2, { status: 'open', role: 'cso' }))
    })

    it('counts the live tasks of each role in each status', async () => {
      const store = await opened(
        [appliedAt(1, 1), appliedAt(2, 2), appliedAt(3, 3, 1, { role: 'cso' }), appliedAt(4, 4, 1, { status: 'done' })],
        [appliedAt(5, 2, 2, { status: 'working' }), appliedAt(6, 3, 2, { role: 'cso', status: 'cancelled' })],
      )
      expect((await store.counts()).toSorted((a, b) => a.status.localeCompare(b.status))).toEqual([
        { role: 'cto', status: 'open', count: 1 },
        { role: 'cto', status: 'working', count: 1 },
      ])
    })

    it('shows each live task once while others are saved, end and begin', async () => {
      const numbers = Array.from({ length: 1_500 }, (_, index) => index + 1)
      const store = await opened(numbers.map((number) => appliedAt(number, number)))
      const seen: string[] = []
      let seq = numbers.length
      for await (const task of store.live()) {
        seen.push(task.label)
        const number = Number(task.label.slice(2))
        if (number % 2 === 0 || number > 1_400) continue
        // What was shown ends, what was shown before is worked on, and something new begins.
        await store.save([
          appliedAt(++seq, number, 2, { status: 'done' }),
          appliedAt(++seq, number + 1, 2, { status: 'working' }),
          ...(number < 20 ? [appliedAt(++seq, 5_000 + number)] : []),
        ])
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.slice(0, 1_500)).toEqual(numbers.map((number) => `t-${number}`))
    })

    it('tells history in the order of the ledger, across tasks and calls', async () => {
      const changes = Array.from({ length: 1_200 }, (_, index) =>
        appliedAt(index * 3 + 1, (index % 7) + 1, Math.floor(index / 7) + 1),
      )
      const store = await opened(changes.slice(0, 500), changes.slice(500, 501), changes.slice(501))

      const expected = changes.map(({ seq, commit }) => ({ seq, commit }))
      expect(await all(store.history())).toEqual(expected)
      expect(await store.lastSeq()).toBe(3_598)
      expect(await store.commitAt(1_801)).toEqual(changes[600]?.commit)
      expect(await store.commitAt(1_802)).toBeNull()
    })

    it('takes the sequences of a ledger that is refilled from its history, page by page', async () => {
      const changes = Array.from({ length: 1_000 }, (_, index) =>
        appliedAt(index * 5 + 40, (index % 50) + 1, Math.floor(index / 50) + 1),
      )
      const store = await opened(changes)
      const tasks = new Map(changes.map(({ task }) => [task.key, task]))

      let seq = 0
      for await (const { commit } of store.history()) {
        const task = tasks.get(commit.key) as Task
        await store.save([{ seq: ++seq, commit, task }])
      }

      expect(seq).toBe(1_000)
      expect(await all(store.history())).toEqual(changes.map(({ commit }, index) => ({ seq: index + 1, commit })))
      expect(await store.lastSeq()).toBe(1_000)
      expect(await store.commitAt(1)).toEqual(changes[0]?.commit)
      expect(await store.commitAt(4_035)).toBeNull()
      expect(await store.task(keyOf(50))).toEqual(tasks.get(keyOf(50)))
    })

    it('knows the newer one of two commits under one sequence, as after a ledger that began anew', async () => {
      const store = await opened([appliedAt(1, 1), appliedAt(2, 2)], [appliedAt(1, 3)])
      expect((await store.commitAt(1))?.key).toBe(keyOf(3))
      expect(await store.lastSeq()).toBe(2)
    })

    it('has everything in it when it is opened again', async () => {
      const storage = create()
      const store = await storage.open()
      await store.save([appliedAt(1, 1), appliedAt(2, 2, 1, { status: 'done' })])
      await store.save([appliedAt(3, 1, 2, { status: 'working' })])
      const before = await contentOf(store)
      await store.close()

      const again = await storage.open()
      expect(await contentOf(again)).toEqual(before)
      await again.save([appliedAt(4, 1, 3)])
      expect(await again.lastSeq()).toBe(4)
      await again.close()
    })

    it('refuses everything after it was closed, also what was begun before', async () => {
      const store = await opened(Array.from({ length: 600 }, (_, index) => appliedAt(index + 1, index + 1)))
      const begun = store.live()[Symbol.asyncIterator]()
      await begun.next()
      await Promise.all([store.close(), store.close()])

      const closed = { code: 'closed' }
      await expect(store.save([appliedAt(1, 1)])).rejects.toMatchObject(closed)
      await expect(store.task(keyOf(1))).rejects.toMatchObject(closed)
      await expect(store.byLabel('x')).rejects.toMatchObject(closed)
      await expect(store.list({ limit: 1 })).rejects.toMatchObject(closed)
      await expect(store.counts()).rejects.toMatchObject(closed)
      await expect(all(store.history())).rejects.toMatchObject(closed)
      await expect(all({ [Symbol.asyncIterator]: () => begun })).rejects.toMatchObject(closed)
    })

    it('builds a new store beside the old one, which takes its place when it is adopted', async () => {
      const storage = create()
      const old = await storage.open()
      await old.save([appliedAt(1, 1)])
      const { store, adopt } = await storage.openFresh()
      expect(await store.lastSeq()).toBe(0)
      await store.save([appliedAt(8, 2), appliedAt(9, 3)])
      await old.save([appliedAt(2, 1, 2)])
      const fresh = await contentOf(store)
      await Promise.all([old.close(), store.close()])
      await adopt()

      const again = await storage.open()
      expect(await contentOf(again)).toEqual(fresh)
      await again.close()
    })

    it('keeps the old store when the new one is discarded, and begins the next one empty', async () => {
      const storage = create()
      const old = await storage.open()
      await old.save([appliedAt(1, 1)])
      const given = await storage.openFresh()
      await given.store.save([appliedAt(8, 2)])
      await given.store.close()
      await given.discard()
      expect(await old.lastSeq()).toBe(1)
      await old.close()

      const again = await storage.open()
      expect(await again.lastSeq()).toBe(1)
      const { store, discard } = await storage.openFresh()
      expect(await store.lastSeq()).toBe(0)
      await Promise.all([again.close(), store.close()])
      await discard()
    })
  })
}

function labels(tasks: Task[]): string[] {
  return tasks.map(({ label }) => label)
}

/** Everything that a store has to say. */
export async function contentOf(store: TaskStore) {
  return {
    tasks: await store.list({ limit: 1_000_000 }),
    live: await all(store.live()),
    history: await all(store.history()),
    counts: await store.counts(),
    lastSeq: await store.lastSeq(),
    highestLabel: await store.highestLabel(),
  }
}
