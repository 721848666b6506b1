import { expect, it } from 'vitest'
import { createMemoryLedger } from '../../adapters/memory/ledger.ts'
import { createMemoryTaskStorage } from '../../adapters/memory/task-store.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { Creation } from '../../core/task/create.ts'
import { evolve } from '../../core/task/evolve.ts'
import { taskDraftSchema } from '../../core/task/request.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { openBook } from '../../tasks/book.ts'
import { createTaskService } from '../../tasks/service.ts'
import { quietMetrics } from '../support/quiet.ts'
import { taskRole } from '../support/tasks.ts'

const asked = {
  draft: taskDraftSchema.parse({ role: 'cto', title: 'Rate limits', acceptance_criteria: ['429 after 100'] }),
  place: { room: { name: 'breakroom', visibility: 'public' } },
  authority: { requester: 'human-alice', tier: 'member', name: 'alice', chain: [] },
  dependencies: [],
  parent: null,
} satisfies Omit<Creation, 'label'>
const alice = { actor: 'human-alice', tier: 'member', epoch: null } as const
const originOf = (id: string) => ({ id, trace: 'trace', cause: null })

/** A service whose ledger can be told to store something and lose the answer; the book hears of the ledger when it is waited for. */
async function lossy() {
  const ledger = createMemoryLedger()
  const book = await openBook(await createMemoryTaskStorage().open())
  let lose = false
  let [seconds, labels, read] = [0, 0, 0]
  let away = false
  const losing: Ledger = {
    ...ledger,
    async append(commit) {
      if (away) throw new BreakroomError('unavailable', 'nobody takes it')
      const stored = await ledger.append(commit)
      if (!lose) return stored
      lose = false
      throw new BreakroomError('unavailable', 'no answer came')
    },
  }
  async function catchUp(): Promise<void> {
    const stop = new AbortController()
    const end = await ledger.lastSeq()
    if (read === end) return
    for await (const { seq, commit } of ledger.read({ after: read, signal: stop.signal })) {
      if (commit instanceof Error) throw commit
      const known = await book.task(commit.key)
      if (commit.version > (known?.version ?? 0)) book.put(evolve(known, commit))
      read = seq
      if (seq === end) stop.abort()
    }
  }
  const service = createTaskService({
    ledger: losing,
    book,
    commits: async () => [],
    labels: { next: async () => ++labels, atLeast: async () => {} },
    world: { roles: new Map([['cto', taskRole({ people: true })]]), checks: new Set(), timeZone: 'UTC' },
    mustLead() {},
    caughtUp: catchUp,
    readUpTo: () => 0,
    onLedgerLost() {},
    onChange() {},
    clock: { now: () => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds++)), monotonic: () => 0 },
    metrics: quietMetrics,
  })
  return {
    service,
    book,
    ledger,
    loseNext: () => {
      lose = true
    },
    goAway: (gone: boolean) => {
      away = gone
    },
  }
}

it('says of a task whose first answer was lost what was stored then, not what it would store now', async () => {
  const { service, book, loseNext } = await lossy()
  loseNext()
  await expect(service.create(asked, originOf('line-1'), 'human-alice')).rejects.toMatchObject({ code: 'unavailable' })
  const again = await service.create(asked, originOf('line-1'), 'human-alice')
  expect(again).toMatchObject({ events: [], task: { label: 't-1', created_at: '2026-11-21T12:00:00.000Z' } })
  expect((await book.byLabel('t-1'))?.key).toBe(again.task.key)
  expect(await book.byLabel('t-2')).toBeNull()
})

it('uses up one label for a task, however often it is tried while the ledger is away', async () => {
  const { service, goAway } = await lossy()
  const create = (line: string) => service.create(asked, originOf(line), 'human-alice')
  goAway(true)
  for (const line of ['line-1', 'line-2', 'line-1', 'line-2', 'line-1']) {
    await expect(create(line)).rejects.toMatchObject({ code: 'unavailable' })
  }
  goAway(false)
  const made = [await create('line-2'), await create('line-1'), await create('line-3')]
  expect(made.map(({ task }) => task.label)).toEqual(['t-2', 't-1', 't-3'])
})

it('says of a command whose first answer was lost what was stored then', async () => {
  const { service, book, loseNext } = await lossy()
  const { task } = await service.create(asked, originOf('line-1'), 'human-alice')
  loseNext()
  const claim = () => service.command(task.key, { type: 'claim', doorbell: null }, alice, originOf('line-2'))
  await expect(claim()).rejects.toMatchObject({ code: 'unavailable' })
  expect((await claim()).task.claim).toMatchObject({ epoch: 1, at: '2026-11-21T12:00:01.000Z' })
  expect((await book.task(task.key))?.version).toBe(2)
})
