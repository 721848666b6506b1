import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TaskCommit } from '../../core/task/commit.ts'
import type { Ledger, LedgerEntry } from '../../ports/ledger.ts'
import { take } from '../support/collect.ts'

export interface LedgerUnderTest {
  ledger: Ledger
  /** Another writer and reader of the same ledger. */
  second: Ledger
}

/** A commit that says one thing. */
export function commitOf(key: string, version: number, changes: Partial<TaskCommit> = {}): TaskCommit {
  return {
    id: `command-${key}-${version}`,
    key,
    version,
    by: 'human-ada',
    at: '2026-11-21T10:00:00.000Z',
    trace: 'trace',
    cause: null,
    events: [{ type: 'noted', text: `change ${version} of ${key}` }],
    ...changes,
  }
}

/** What a ledger promises. `create` gives an empty one. */
export function ledgerContract(name: string, create: () => Promise<LedgerUnderTest>): void {
  describe(`ledger ${name}`, () => {
    let stop: AbortController
    beforeEach(() => {
      stop = new AbortController()
    })
    afterEach(() => stop.abort())

    const readAll = async (ledger: Ledger, after = 0) =>
      take(ledger.read({ after, signal: stop.signal }), (await ledger.lastSeq()) - after)

    it('gives back every commit as it was, in order, with its sequence', async () => {
      const { ledger, second } = await create()
      expect(await ledger.lastSeq()).toBe(0)
      const commits = [
        commitOf('a', 1, { cause: 't-12 done', by: 'cto' }),
        commitOf('b', 1),
        commitOf('a', 2, { events: [{ type: 'started' }, { type: 'noted', text: 'zwölf "Äpfel" 🎉' }] }),
      ]
      const seqs: number[] = []
      for (const commit of commits) seqs.push((await ledger.append(commit)).seq)

      expect(seqs).toEqual([1, 2, 3])
      expect(await second.lastSeq()).toBe(3)
      expect(await readAll(second)).toEqual(
        commits.map((commit, index) => ({ seq: index + 1, commit, caughtUp: index === 2 })),
      )
    })

    it('refuses a version that does not follow, says which is the newest, and stores nothing', async () => {
      const { ledger, second } = await create()
      await expect(ledger.append(commitOf('a', 2))).rejects.toMatchObject({ code: 'conflict', detail: { version: 0 } })
      await ledger.append(commitOf('a', 1))
      await ledger.append(commitOf('a', 2))
      for (const writer of [ledger, second]) {
        for (const version of [1, 2, 4]) {
          const other = commitOf('a', version, { id: `other-${version}` })
          await expect(writer.append(other)).rejects.toMatchObject({ code: 'conflict', detail: { version: 2 } })
        }
      }
      expect(await ledger.lastSeq()).toBe(2)
    })

    it('F4: takes the newest commit again without a second effect, from whomever', async () => {
      const { ledger, second } = await create()
      await ledger.append(commitOf('a', 1))
      await ledger.append(commitOf('b', 1))
      expect(await ledger.append(commitOf('a', 1))).toEqual({ seq: 1, repeated: true })
      expect(await second.append(commitOf('a', 1))).toEqual({ seq: 1, repeated: true })
      await second.append(commitOf('a', 2))
      expect(await ledger.append(commitOf('a', 2))).toEqual({ seq: 3, repeated: true })
      await expect(ledger.append(commitOf('a', 1))).rejects.toMatchObject({ code: 'conflict', detail: { version: 2 } })
      expect(await ledger.lastSeq()).toBe(3)
    })

    it('keeps what one command does to several tasks apart, and what it does to one at different times', async () => {
      const { ledger } = await create()
      const id = 'cancel-everything'
      expect(await ledger.append(commitOf('a', 1, { id }))).toEqual({ seq: 1, repeated: false })
      expect(await ledger.append(commitOf('b', 1, { id }))).toEqual({ seq: 2, repeated: false })
      expect(await ledger.append(commitOf('a', 2, { id }))).toEqual({ seq: 3, repeated: false })
    })

    it('lets exactly one of two racing writers have each version', async () => {
      const { ledger, second } = await create()
      const won: string[] = []
      for (let version = 1; version <= 50; version++) {
        const outcomes = await Promise.allSettled(
          [ledger, second].map((writer, index) =>
            writer.append(commitOf('a', version, { id: `writer-${index}-${version}` })),
          ),
        )
        const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
        expect(winners).toHaveLength(1)
        const refusal = outcomes.find((outcome) => outcome.status === 'rejected')
        expect(refusal?.reason).toMatchObject({ code: 'conflict', detail: { version } })
        won.push(`writer-${winners[0]}-${version}`)
      }
      expect((await readAll(ledger)).map(idOf)).toEqual(won)
    })

    it('F7: refuses a writer that was away while another went on', async () => {
      const { ledger: zombie, second } = await create()
      await zombie.append(commitOf('a', 1))
      await second.append(commitOf('a', 2))
      await second.append(commitOf('a', 3))
      await expect(zombie.append(commitOf('a', 2, { id: 'late' }))).rejects.toMatchObject({
        code: 'conflict',
        detail: { version: 3 },
      })
      expect(await zombie.append(commitOf('a', 4))).toEqual({ seq: 4, repeated: false })
    })

    it('takes changes of many tasks at once', async () => {
      const { ledger } = await create()
      const keys = Array.from({ length: 300 }, (_, index) => `task-${index}`)
      for (const version of [1, 2]) {
        const stored = await Promise.all(keys.map((key) => ledger.append(commitOf(key, version))))
        expect(new Set(stored.map(({ seq }) => seq)).size).toBe(300)
      }
      expect(await ledger.lastSeq()).toBe(600)
    })

    it('reads after a cursor, waits for what comes later, and ends when told to', async () => {
      const { ledger, second } = await create()
      for (const version of [1, 2, 3]) await ledger.append(commitOf('a', version))
      const read: string[] = []
      const reading = (async () => {
        for await (const entry of second.read({ after: 2, signal: stop.signal })) {
          read.push(idOf(entry))
          if (read.length === 1) await ledger.append(commitOf('a', 4))
          if (read.length === 2) stop.abort()
        }
      })()
      await reading
      expect(read).toEqual(['command-a-3', 'command-a-4'])
    })

    it('takes any key for a task, and does not mix them up', async () => {
      const { ledger } = await create()
      const keys = ['a', 'A', 'a.b', 'a b', '*', '>', 'ä', 'x'.repeat(64)]
      for (const key of keys) await ledger.append(commitOf(key, 1))
      expect(
        (await readAll(ledger)).map(({ commit }) => (commit instanceof Error ? commit.message : commit.key)),
      ).toEqual(keys)
    })

    it('refuses a commit that could not be read again', async () => {
      const { ledger } = await create()
      await expect(ledger.append(commitOf('a', 1, { events: [] }))).rejects.toMatchObject({ code: 'unreadable' })
      await expect(ledger.append(commitOf('', 1))).rejects.toMatchObject({ code: 'unreadable' })
      expect(await ledger.lastSeq()).toBe(0)
    })
  })
}

/** The id of an entry's commit, or what is wrong with it. */
export function idOf({ commit }: LedgerEntry): string {
  return commit instanceof Error ? commit.message : commit.id
}
