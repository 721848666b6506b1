import { afterEach, describe, expect, it } from 'vitest'
import { isBreakroomError } from '../../core/errors.ts'
import { fitTask, mostBytes } from '../../core/state/fit-task.ts'
import { type KeptKnowledge, keptKnowledgeSchema } from '../../core/state/kept-knowledge.ts'
import { taskCommitSchema } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import type { PlacedCommit, Store, TaskChange } from '../../ports/store.ts'
import { all, take } from '../support/collect.ts'
import { until } from '../support/process.ts'
import {
  contentOf,
  dayRecord,
  hardTexts,
  hugeEvidence,
  inPrivate,
  knowledgeRecord,
  startRecord,
  taskChange,
} from '../support/state.ts'
import { keyOf, taskAt } from '../support/tasks.ts'

/** What every store of the organisation's memory promises. `create` gives one with nothing in it; it is closed here. */
export function storeContract(
  name: string,
  create: () => Promise<Store>,
  { timeoutMs = 30_000 }: { timeoutMs?: number } = {},
): void {
  const open: Store[] = []

  async function opened(...calls: TaskChange[][]): Promise<Store> {
    const store = await create()
    open.push(store)
    for (const changes of calls) await store.keepTasks(changes)
    return store
  }

  describe(`store in ${name}`, { timeout: timeoutMs }, () => {
    afterEach(async () => {
      for (const store of open.splice(0)) await store.close()
    })

    it('has a name for people, and nothing in it at first', async () => {
      const store = await opened()
      expect(store.title).toMatch(/\S/)
      expect(await store.task(keyOf(1))).toBeNull()
      expect(await store.commits(keyOf(1))).toEqual([])
      for (const set of [store.knowledge, store.configuration, store.metrics]) expect(await set.get('x')).toBeNull()
      const nothing = { tasks: [], history: [], knowledge: [], configuration: [], metrics: [] }
      expect(await contentOf(store)).toEqual(nothing)

      await store.keepTasks([])
      await store.knowledge.keep([])
      expect(await contentOf(store)).toEqual(nothing)
    })

    describe('of tasks', () => {
      it('gives back tasks and commits as they were kept, whatever is in their texts', async () => {
        const changes = hardTexts.map((text, index) =>
          taskChange(index + 1, 1, {
            task: { description: text, notes: [{ by: 'cto', at: taskAt(1, 1).created_at, text }] },
            // Whoever gives a command gives its id; short texts are written in another way than long ones.
            commit: () => ({ id: `${index}:${text.slice(0, 30)}`, events: [{ type: 'noted', text }] }),
          }),
        )
        const store = await opened(changes)
        await store.keepTasks(changes)

        for (const { task, commits } of changes) {
          expect(await store.task(task.key)).toEqual(task)
          expect(await store.commits(task.key)).toEqual(commits)
        }
        expect((await all(store.history(0))).map(({ commit }) => taskCommitSchema.parse(commit))).toEqual(
          changes.flatMap(({ commits }) => commits.map(({ commit }) => commit)),
        )
      })

      it('gives back what a newer writer knows more of', async () => {
        const task = { mood: { deep: [{ nested: [[1], [null]] }, -0.5] } } as unknown as Partial<Task>
        const change = taskChange(1, 1, { task, commit: () => ({ flavour: [['a'], []] }) })
        const store = await opened([change])
        expect(await store.task(keyOf(1))).toEqual(change.task)
        expect(await store.commits(keyOf(1))).toEqual(change.commits)
      })

      it('keeps a task under any key that a ledger could give it', async () => {
        const keys = [
          '__all__',
          '__',
          '-',
          '_',
          '0',
          'AbC_-xyz0123456789abcd',
          'abC_-xyz0123456789abcd',
          'a'.repeat(64),
        ]
        const changes = keys.map((key, index) => taskChange(index + 1, 1, { task: { key } }))
        const store = await opened(changes)
        for (const { task, commits } of changes) {
          expect(await store.task(task.key), task.key).toEqual(task)
          expect(await store.commits(task.key), task.key).toEqual(commits)
        }
        expect(await all(store.tasks())).toHaveLength(keys.length)
      })

      it('has the task as it stands after its newest commit, and all its commits oldest first', async () => {
        const store = await opened(
          [taskChange(1)],
          [taskChange(1, 2, { from: 2, task: { status: 'claimed' } }), taskChange(2)],
          [taskChange(1, 5, { from: 3, task: { status: 'done', role: 'cso' } })],
        )
        expect(await store.task(keyOf(1))).toEqual(taskAt(1, 5, { status: 'done', role: 'cso' }))
        expect(versions(await store.commits(keyOf(1)))).toEqual([1, 2, 3, 4, 5])
        expect(versions(await store.commits(keyOf(2)))).toEqual([1])
        expect((await contentOf(store)).tasks.map(({ label }) => label)).toEqual(['t-1', 't-2'])
      })

      it('takes the same task several times in one call', async () => {
        const newest = taskChange(1, 3, { from: 3, task: { status: 'working' } })
        const store = await opened([taskChange(1), newest, taskChange(1, 2, { from: 2 })])
        expect(await store.task(keyOf(1))).toEqual(newest.task)
        expect(versions(await store.commits(keyOf(1)))).toEqual([1, 2, 3])
      })

      it('is the same after everything is kept a second time, and a third', async () => {
        const calls = [
          [taskChange(1), taskChange(2, 3)],
          [taskChange(1, 3, { from: 2, task: { status: 'done' } }), taskChange(3, 1, { task: inPrivate() })],
        ]
        const store = await opened(...calls)
        const before = await contentOf(store)
        await store.keepTasks(calls.flat())
        for (const change of calls.flat().toReversed()) await store.keepTasks([change])
        expect(await contentOf(store)).toEqual(before)
      })

      it('never lets a task give way to an earlier version of it, and keeps the commits that come with that', async () => {
        const store = await opened([taskChange(1, 3, { from: 3, task: { status: 'done', role: 'cso' } })])
        await store.keepTasks([taskChange(1, 2)])
        expect(await store.task(keyOf(1))).toEqual(taskAt(1, 3, { status: 'done', role: 'cso' }))
        expect(versions(await store.commits(keyOf(1)))).toEqual([1, 2, 3])
      })

      it('takes a task of the same version in the place of the one it has, as a repair, with or without commits', async () => {
        const store = await opened([taskChange(1, 2, { task: { role: 'nobody' } })])
        await store.keepTasks([{ task: taskAt(1, 2, { role: 'cso' }), commits: [] }])
        expect(await store.task(keyOf(1))).toEqual(taskAt(1, 2, { role: 'cso' }))
        await store.keepTasks([taskChange(1, 2, { task: { role: 'cto' } })])
        expect(await store.task(keyOf(1))).toEqual(taskAt(1, 2, { role: 'cto' }))
        expect(await all(store.history(0))).toHaveLength(2)
      })

      it('keeps the newest of one task that several keep at once, and every commit', async () => {
        const store = await opened([taskChange(1)])
        const changes = [4, 2, 5, 3].map((version) => taskChange(1, version, { from: version }))
        // Whoever is in doubt keeps it again.
        await Promise.all(changes.map((change) => insist(() => store.keepTasks([change]))))
        expect(await store.task(keyOf(1))).toEqual(taskAt(1, 5))
        expect(versions(await store.commits(keyOf(1)))).toEqual([1, 2, 3, 4, 5])
      })

      it('refuses another commit under the same key and version, and keeps nothing that came with it', async () => {
        const store = await opened([taskChange(1, 2), taskChange(2)])
        const before = await contentOf(store)
        const others = taskChange(1, 3, { task: { role: 'cso' }, commit: (at) => (at === 2 ? { id: 'another' } : {}) })

        await expect(store.keepTasks([others])).rejects.toMatchObject({ code: 'refused', detail: { rule: 'another' } })

        expect(await contentOf(store)).toEqual(before)
        await store.keepTasks([taskChange(1, 3, { from: 3 })])
        expect(await store.task(keyOf(1))).toEqual(taskAt(1, 3))
      })

      it('knows a commit again however its fields are ordered', async () => {
        const change = taskChange(1, 2)
        const store = await opened([change])
        const commits = change.commits.map(({ place, commit }) => ({
          place,
          commit: taskCommitSchema.parse(Object.fromEntries(Object.entries(commit).toReversed())),
        }))
        await store.keepTasks([{ task: change.task, commits }])
        expect(await store.commits(keyOf(1))).toEqual(change.commits)
      })

      it('shortens what checks printed until the task is small enough, and nothing else', async () => {
        const change = taskChange(1, 1, { task: hugeEvidence() })
        expect(bytesOf(change.task)).toBeGreaterThan(mostBytes)
        const store = await opened([change])

        const kept = await store.task(keyOf(1))
        expect(kept).toEqual(fitTask(change.task))
        expect(bytesOf(kept)).toBeLessThanOrEqual(mostBytes)
        expect(withoutTails(kept)).toEqual(withoutTails(change.task))
        expect(await all(store.tasks())).toEqual([kept])

        await store.keepTasks([change])
        expect(await store.task(keyOf(1))).toEqual(kept)
      })

      it.each<[string, TaskChange]>([
        ['a task', taskChange(1, 2, { task: { reason: 'ü'.repeat(mostBytes / 2) } })],
        [
          'a commit',
          taskChange(1, 2, { commit: () => ({ events: [{ type: 'noted', text: 'ü'.repeat(mostBytes / 2) }] }) }),
        ],
      ])(
        'refuses %s that is too large in a sentence with its label, and keeps nothing that came with it',
        async (_, huge) => {
          const store = await opened([taskChange(1), taskChange(2)])
          const before = await contentOf(store)
          const keeping = store.keepTasks([huge])
          await expect(keeping).rejects.toMatchObject({ code: 'refused', detail: { rule: 'too-large' } })
          await expect(keeping).rejects.toThrow(/t-1\b/)
          expect(await contentOf(store)).toEqual(before)
        },
      )

      it('finds tasks of private rooms like all others', async () => {
        const changes = [
          taskChange(1, 2),
          taskChange(2, 2, { task: inPrivate('board') }),
          taskChange(3, 1, { task: inPrivate('a/b.c "d" __e__ ü') }),
          taskChange(4, 2, { task: inPrivate('board') }),
          taskChange(5, 1, { task: { place: { room: { name: 'board', visibility: 'public' } } } }),
        ]
        const store = await opened(changes)

        for (const { task, commits } of changes) {
          expect(await store.task(task.key)).toEqual(task)
          expect(await store.commits(task.key)).toEqual(commits)
        }
        expect((await contentOf(store)).tasks).toEqual(changes.map(({ task }) => task))
        expect(await all(store.history(0))).toEqual(changes.flatMap(({ commits }) => commits))
        expect(places(await all(store.history(2_001)))).toEqual([2_002, 3_001, 4_001, 4_002, 5_001])

        await store.keepTasks([taskChange(2, 3, { from: 3, task: { ...inPrivate('board'), status: 'done' } })])
        expect((await store.task(keyOf(2)))?.status).toBe('done')
      })
    })

    describe('of all commits', () => {
      it('tells them in the order of their places, across tasks and calls, from any place on', async () => {
        const byPlace = (...all: number[]) => ({ place: (at: number) => all[at - 1] ?? 0 })
        const store = await opened(
          [taskChange(3, 2, byPlace(2, 900))],
          [taskChange(1, 3, byPlace(1, 40, 41)), taskChange(2, 2, { ...byPlace(7, 2 ** 40), task: inPrivate() })],
          [taskChange(4, 1, byPlace(10))],
        )
        expect(places(await all(store.history(0)))).toEqual([1, 2, 7, 10, 40, 41, 900, 2 ** 40])
        expect(places(await all(store.history(1)))).toEqual([2, 7, 10, 40, 41, 900, 2 ** 40])
        expect(places(await all(store.history(8)))).toEqual([10, 40, 41, 900, 2 ** 40])
        expect(places(await all(store.history(900)))).toEqual([2 ** 40])
        expect(await all(store.history(2 ** 40))).toEqual([])
        expect((await take(store.history(8), 1))[0]?.commit).toMatchObject({ key: keyOf(4), version: 1 })
      })

      it('leaves each commit at its first place', async () => {
        const first = taskChange(1, 2)
        const store = await opened([first])
        await store.keepTasks([taskChange(1, 3, { place: (at) => 70_000 + at })])
        expect(places(await store.commits(keyOf(1)))).toEqual([1_001, 1_002, 70_003])
        expect(places(await all(store.history(0)))).toEqual([1_001, 1_002, 70_003])
      })

      it('takes a thousand commits at once, also of one task, and gives all of them back', async () => {
        const many = Array.from({ length: 96 }, (_, index) =>
          taskChange(index + 2, 5, index % 10 === 0 ? { task: inPrivate(`room-${index}`) } : {}),
        )
        const changes = [taskChange(1, 520), ...many]
        const store = await opened(changes)

        expect(await all(store.history(0))).toEqual(changes.flatMap(({ commits }) => commits))
        expect(await store.commits(keyOf(1))).toEqual(changes[0]?.commits)
        expect(new Set(await all(store.tasks()))).toEqual(new Set(changes.map(({ task }) => task)))
      })

      it('shows everything once to whoever reads while more is kept', async () => {
        const changes = Array.from({ length: 150 }, (_, index) => taskChange(index + 1, 4))
        const store = await opened(changes)
        const seen: number[] = []
        for await (const { place } of store.history(0)) {
          seen.push(place)
          if (seen.length === 3) await store.keepTasks([taskChange(1, 5, { from: 5 }), taskChange(900, 2)])
        }
        expect(seen).toEqual(seen.toSorted((a, b) => a - b))
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen).toEqual(expect.arrayContaining(changes.flatMap(({ commits }) => places(commits))))

        const labels: string[] = []
        for await (const { label } of store.tasks()) {
          labels.push(label)
          if (labels.length !== 3) continue
          await store.keepTasks([
            ...[1, 2, 149, 150].map((number) => taskChange(number, 6, { from: 6, task: { status: 'done' } })),
            taskChange(901),
          ])
        }
        expect(new Set(labels).size).toBe(labels.length)
        expect(labels).toEqual(expect.arrayContaining(changes.map(({ task }) => task.label)))
      })
    })

    describe('of records', () => {
      it('gives back knowledge, configuration and figures as they were kept', async () => {
        const store = await opened()
        const knowledge = hardTexts.map((text, index) => knowledgeRecord(`decision-${index}`, 1, { text, title: text }))
        const learned = knowledgeRecord('learned-q-17', 3, {
          kind: 'memory',
          sources: [{ document: 'docs/a.md', hash: 'x' }],
          ended: { by: 'human-bob', why: 'it changed', at: '2026-11-22T12:00:00.000Z' },
          learned: { label: 'q-17', person: 'human-ada', question: 'Why?', request: 'r-1' },
        })
        const start = startRecord('2026-11-22T07-15-00-123Z-9f3a12cd')
        const day = dayRecord('cto', '2026-11-22', 4)
        const odd = { ...dayRecord('__x__', '2026-11-23'), id: '__x__', mood: [['newer']] }

        await store.knowledge.keep([...knowledge, learned])
        await store.configuration.keep([start])
        await store.metrics.keep([day, odd])

        for (const record of [...knowledge, learned]) expect(await store.knowledge.get(record.id)).toEqual(record)
        expect(keptKnowledgeSchema.parse(await store.knowledge.get('learned-q-17'))).toEqual(learned)
        expect(await store.configuration.get(start.id)).toEqual(start)
        expect(await store.metrics.get(day.id)).toEqual(day)
        expect(await store.metrics.get('__x__')).toEqual(odd)
        // The same id elsewhere is something else.
        expect(await store.knowledge.get(day.id)).toBeNull()
      })

      it('keeps the highest revision, in whatever order they come, and the first of two with the same one', async () => {
        const store = await opened()
        const ofRevision = (revision: number, text = `${revision}`) => knowledgeRecord('decision-1', revision, { text })
        await store.knowledge.keep([ofRevision(2)])
        await store.knowledge.keep([ofRevision(1)])
        await store.knowledge.keep([ofRevision(2, 'said again')])
        expect(await store.knowledge.get('decision-1')).toEqual(ofRevision(2))
        await store.knowledge.keep([ofRevision(5), ofRevision(7), ofRevision(6)])
        expect(await store.knowledge.get('decision-1')).toEqual(ofRevision(7))
        expect(await all(store.knowledge.all())).toEqual([ofRevision(7)])
      })

      it('has knowledge once, also when who may read it changes, and never the older revision again', async () => {
        const store = await opened()
        const accesses: KeptKnowledge['access'][] = [
          [],
          [['board']],
          [['a/b.c "d" __e__ ü']],
          [['board', 'lab']],
          [['board'], ['lab']],
          [],
          [[]],
        ]
        for (const [index, access] of accesses.entries()) {
          const record = knowledgeRecord('decision-1', index + 1, { access })
          await store.knowledge.keep([record, knowledgeRecord(`other-${index}`, 1, { access })])
          expect(await store.knowledge.get('decision-1')).toEqual(record)
          expect((await all(store.knowledge.all()))[0]).toEqual(record)
        }
        const last = knowledgeRecord('decision-1', 7, { access: [[]] })
        for (const [index, access] of accesses.entries()) {
          await store.knowledge.keep([knowledgeRecord('decision-1', index + 1, { access })])
        }
        expect(await store.knowledge.get('decision-1')).toEqual(last)
        const others = accesses.map((access, index) => knowledgeRecord(`other-${index}`, 1, { access }))
        expect(await all(store.knowledge.all())).toEqual([last, ...others])
      })

      it('tells them by id, as code units, from any id on', async () => {
        const store = await opened()
        const ids = ['-', '0', '10', '2', 'A-1', 'B', 'Z', '_', 'a-1', 'a-10', 'a-2', 'a1', 'b', 'z']
        const accessOf = (index: number) => [[], [['board']], [['board'], ['lab']]][index % 3] ?? []
        const records = ids.map((id, index) => knowledgeRecord(id, 1, { access: accessOf(index) }))
        await store.knowledge.keep(records.toReversed())
        await store.metrics.keep([dayRecord('cto', '2026-11-22'), dayRecord('ceo', '2026-11-22')])

        expect((await all(store.knowledge.all())).map(({ id }) => id)).toEqual(ids)
        expect(await all(store.knowledge.all('A-1'))).toEqual(records.slice(5))
        expect((await all(store.knowledge.all('A-2'))).map(({ id }) => id)).toEqual(ids.slice(5))
        expect(await all(store.knowledge.all('z'))).toEqual([])
        expect((await all(store.metrics.all())).map(({ role }) => role)).toEqual(['ceo', 'cto'])
        expect(await all(store.metrics.all('2026-11-22.ceo'))).toEqual([dayRecord('cto', '2026-11-22')])
      })

      it('takes several hundred at once, and shows each once to whoever reads while more are kept', async () => {
        const store = await opened()
        const days = Array.from({ length: 320 }, (_, index) => dayRecord(`role-${1_000 + index}`, '2026-11-22'))
        await store.metrics.keep(days)
        const seen: string[] = []
        for await (const { id } of store.metrics.all()) {
          seen.push(id)
          if (seen.length !== 3) continue
          const again = days.filter((_, index) => index % 40 === 0).map((day) => ({ ...day, revision: 2 }))
          await store.metrics.keep([...again, dayRecord('new', '2026-11-22')])
        }
        expect(seen).toEqual(seen.toSorted())
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen).toEqual(expect.arrayContaining(days.map(({ id }) => id)))
      })

      it('refuses a record that is too large, in a sentence with its id, and keeps the one before', async () => {
        const store = await opened()
        const small = knowledgeRecord('decision-1')
        await store.knowledge.keep([small])
        const keeping = store.knowledge.keep([{ ...small, revision: 2, text: 'ü'.repeat(mostBytes / 2) }])
        await expect(keeping).rejects.toMatchObject({ code: 'refused', detail: { rule: 'too-large' } })
        await expect(keeping).rejects.toThrow('decision-1')
        expect(await store.knowledge.get('decision-1')).toEqual(small)
      })

      it('takes a record of exactly as many bytes as may be', async () => {
        const store = await opened()
        const record = knowledgeRecord('decision-1', 1, { text: '' })
        record.text = '\u0001'.repeat(1_000)
        record.text += 'x'.repeat(mostBytes - bytesOf(record))
        await store.knowledge.keep([record])
        expect(await store.knowledge.get('decision-1')).toEqual(record)
      })
    })

    it('refuses everything after it was closed, also what was begun before', async () => {
      const store = await opened(Array.from({ length: 5 }, (_, index) => taskChange(index + 1, 100)))
      const history = store.history(0)[Symbol.asyncIterator]()
      await history.next()
      await Promise.all([store.close(), store.close()])

      const closed = { code: 'closed' }
      await expect(store.keepTasks([taskChange(1)])).rejects.toMatchObject(closed)
      await expect(store.task(keyOf(1))).rejects.toMatchObject(closed)
      await expect(store.commits(keyOf(1))).rejects.toMatchObject(closed)
      await expect(all(store.tasks())).rejects.toMatchObject(closed)
      await expect(all(store.history(0))).rejects.toMatchObject(closed)
      await expect(all({ [Symbol.asyncIterator]: () => history })).rejects.toMatchObject(closed)
      for (const set of [store.knowledge, store.configuration, store.metrics]) {
        await expect(set.keep([])).rejects.toMatchObject(closed)
        await expect(set.get('x')).rejects.toMatchObject(closed)
        await expect(all<unknown>(set.all())).rejects.toMatchObject(closed)
      }
    })
  })
}

/** Does it again while the store says that it may help. */
async function insist(keep: () => Promise<void>): Promise<void> {
  await until(
    'it is kept',
    () =>
      keep().then(
        () => true,
        (error) => {
          if (isBreakroomError(error, 'unavailable')) return false
          throw error
        },
      ),
    20_000,
  )
}

function places(commits: readonly PlacedCommit[]): number[] {
  return commits.map(({ place }) => place)
}

function versions(commits: readonly PlacedCommit[]): number[] {
  return commits.map(({ commit }) => commit.version)
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function withoutTails(task: Task | null): unknown {
  return JSON.parse(JSON.stringify(task, (field, value) => (field === 'output_tail' ? '' : value)))
}
