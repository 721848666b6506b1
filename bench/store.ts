import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../adapters/process/system-clock.ts'
import { createSqliteTaskStorage } from '../adapters/sqlite/task-store.ts'
import { taskStatuses } from '../core/task/task.ts'
import type { Applied, TaskStore } from '../ports/task-store.ts'
import { temporaryFolder } from '../test/support/process.ts'
import { quietLog } from '../test/support/quiet.ts'
import { appliedAt } from '../test/support/tasks.ts'
import { atMost, atMostTimes, type Figure, type Size } from './figure.ts'
import { median, quantile } from './quantile.ts'

const sizes = [1_000, 10_000, 100_000]
const batchSize = 256
const commits = 100_000
const roles = ['ceo', 'cto', 'cso', 'devops', 'backend', 'fullstack', 'marketing', 'support']
/** Of a hundred tasks, so many are over. */
const over = 90
const commitsEach = 5
/** Tasks that are worked on side by side. */
const atOnce = 50

/**
 * What one change and the usual questions cost with few and with many tasks in the store, and how fast a store is filled and read
 * whole. The floor is one table of keys and JSON in SQLite, with the same settings and without anything to ask it by.
 */
export async function store(size: Size): Promise<Figure[]> {
  return [...(await single(size === 'short' ? 500 : 3_000)), ...(await whole())]
}

/** The samples of each question, µs. */
interface Samples {
  save: number[]
  floor: number[]
  byLabel: number[]
  list: number[]
  counts: number[]
}

/** One thing at a time, in the stores of all sizes in turn. */
async function single(samples: number): Promise<Figure[]> {
  using folder = temporaryFolder()
  const stores = await Promise.all(sizes.map((tasks) => filled(join(folder.path, `${tasks}`), tasks)))
  const taken = stores.map((): Samples => ({ save: [], floor: [], byLabel: [], list: [], counts: [] }))
  const warmUp = 200
  for (let turn = 0; turn < warmUp + samples; turn++) {
    for (const [index, { kept, bare, tasks }] of stores.entries()) {
      // Far apart, so that the next one is not where the last one was.
      const number = ((turn * 7_919) % tasks) + 1
      const change = [changeOf(tasks + turn + 1, number, Math.floor(turn / tasks) + 3)]
      const role = roles[turn & 7] ?? ''
      const found = {
        save: await timed(() => kept.save(change)),
        floor: await timed(async () => bare.save(change)),
        byLabel: await timed(() => kept.byLabel(`t-${number}`)),
        list: await timed(() => kept.list({ role, statuses: ['open', 'working', 'done'], limit: 20 })),
        counts: turn % 50 === 0 ? await timed(() => kept.counts()) : null,
      }
      if (turn < warmUp) continue
      for (const [what, took] of Object.entries(found))
        if (took !== null) taken[index]?.[what as keyof Samples].push(took)
    }
  }
  for (const { kept, bare } of stores) {
    await kept.close()
    bare.close()
  }
  const least = taken[0]?.save ?? []
  return taken.flatMap(({ save, floor, byLabel, list, counts }, index) => {
    const unit = 'µs'
    return [
      { name: `${words(sizes[index] ?? 0)} tasks: one change, p50`, value: median(save), floor: median(floor), unit },
      {
        name: '  p50, beside the store with the fewest',
        value: median(save),
        floor: median(least),
        unit,
        target: atMostTimes(2),
      },
      { name: '  p99', value: quantile(save, 0.99), floor: quantile(floor, 0.99), unit },
      { name: '  one task by its label, p50', value: median(byLabel), unit },
      { name: '  20 tasks of a role in three statuses, p50', value: median(list), unit },
      { name: '  live tasks counted, p50', value: median(counts), unit },
    ]
  })
}

/** A whole ledger written and read again. */
async function whole(): Promise<Figure[]> {
  using folder = temporaryFolder()
  const file = join(folder.path, 'tasks.db')
  const kept = await openStore(file)
  const bare = openBare(join(folder.path, 'bare.db'))
  let [writing, floor] = [0, 0]
  for (let from = 0; from < commits; from += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, commits - from) }, (_, index) => {
      const place = from + index
      const group = Math.floor(place / (atOnce * commitsEach))
      const version = (Math.floor(place / atOnce) % commitsEach) + 1
      return changeOf(place + 1, group * atOnce + (place % atOnce) + 1, version)
    })
    writing += await timed(() => kept.save(batch))
    floor += await timed(async () => bare.save(batch))
  }
  const history = await timed(() => drain(kept.history()))
  const live = await timed(() => drain(kept.live()))
  await kept.close()
  bare.close()
  const closed = await timed(async () => (await openStore(file)).close())
  const unit = 's'
  const tasks = commits / commitsEach
  const alive = (tasks * (100 - over)) / 100
  const seconds = (microseconds: number) => microseconds / 1_000_000
  return [
    {
      name: `${words(commits)} commits written, ${batchSize} at a time`,
      value: seconds(writing),
      floor: seconds(floor),
      unit,
      target: atMost(10),
    },
    { name: '  all commits read', value: seconds(history), unit },
    { name: `  the ${words(alive)} live of ${words(tasks)} tasks read`, value: seconds(live), unit },
    { name: '  opened and closed again', value: seconds(closed), unit },
    { name: '  the file', value: statSync(file).size / 1_000_000, unit: 'MB' },
  ]
}

/** A change of a task among others of all roles, most of which are over in the end. */
function changeOf(seq: number, number: number, version: number): Applied {
  const status = version === 1 ? 'open' : number % 100 < over ? 'done' : (taskStatuses[number % 6] ?? 'open')
  return appliedAt(seq, number, version, { role: roles[number & 7] ?? '', status })
}

function openStore(file: string): Promise<TaskStore> {
  return createSqliteTaskStorage({ file, clock: systemClock, log: quietLog }).open()
}

/** A store with so many tasks, beside a bare table with the same. */
async function filled(file: string, tasks: number): Promise<{ kept: TaskStore; bare: Bare; tasks: number }> {
  const kept = await openStore(`${file}.db`)
  const bare = openBare(`${file}-bare.db`)
  for (let from = 0; from < tasks; from += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, tasks - from) }, (_, index) =>
      changeOf(from + index + 1, from + index + 1, 2),
    )
    await kept.save(batch)
    bare.save(batch)
  }
  return { kept, bare, tasks }
}

interface Bare {
  save(applied: readonly Applied[]): void
  close(): void
}

/** The floor: commit and task under two keys of one table. */
function openBare(file: string): Bare {
  const db = new DatabaseSync(file)
  db.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE kept (key TEXT PRIMARY KEY, body TEXT NOT NULL)`)
  const put = db.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?)')
  return {
    save(applied) {
      db.exec('BEGIN IMMEDIATE')
      for (const { seq, commit, task } of applied) {
        put.run(`commit-${seq}`, JSON.stringify(commit))
        put.run(task.key, JSON.stringify(task))
      }
      db.exec('COMMIT')
    },
    close: () => db.close(),
  }
}

function words(count: number): string {
  return count.toLocaleString('en')
}

async function drain(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

/** Microseconds that it takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) * 1_000
}
