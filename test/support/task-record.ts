import { DatabaseSync } from 'node:sqlite'
import { jetstreamManager } from '@nats-io/jetstream'
import { expect } from 'vitest'
import type { TaskCommit } from '../../core/task/commit.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import { announcement, effectsOf } from '../../core/task/effects.ts'
import { evolve } from '../../core/task/evolve.ts'
import { roomLine } from '../../core/task/room-lines.ts'
import type { Task } from '../../core/task/task.ts'
import { taskWorld } from '../../core/task/world.ts'
import type { NatsServer } from './nats.ts'
import { until } from './process.ts'
import { storeFile, type TaskHouse } from './task-house.ts'

export interface StoredMessage {
  seq: number
  subject: string
  text: string
}

/** Looked up side by side. */
const window = 100

/** Every message that a stream has, oldest first. One by one, because of a work queue nobody else may read. */
export async function readStream(nats: NatsServer, stream: string): Promise<StoredMessage[]> {
  const manager = await jetstreamManager(await nats.raw({ kind: 'admin' }))
  const { state } = await manager.streams.info(stream)
  const found: StoredMessage[] = []
  // An empty stream has a first sequence too.
  for (let first = Math.max(1, state.first_seq); first <= state.last_seq; first += window) {
    const seqs = Array.from({ length: Math.min(window, state.last_seq - first + 1) }, (_, index) => first + index)
    const messages = await Promise.all(seqs.map((seq) => manager.streams.getMessage(stream, { seq })))
    for (const message of messages) {
      if (message === null) continue
      found.push({ seq: message.seq, subject: message.subject, text: new TextDecoder().decode(message.data) })
    }
  }
  return found
}

/** Every commit of the ledger, oldest first; what is no commit is left out. */
export async function readLedger(nats: NatsServer, org = 'breakroom'): Promise<{ seq: number; commit: TaskCommit }[]> {
  const { bus, ledger: ledgerOf } = nats.as({ kind: 'tasks' })
  const ledger = ledgerOf(org)
  const [last, found, stop] = [
    await ledger.lastSeq(),
    [] as { seq: number; commit: TaskCommit }[],
    new AbortController(),
  ]
  if (last > 0) {
    for await (const { seq, commit } of ledger.read({ after: 0, signal: stop.signal })) {
      if (!(commit instanceof Error)) found.push({ seq, commit })
      if (seq >= last) stop.abort()
    }
  }
  await bus.close()
  return found
}

/** What a task store has in its file. */
export interface StoreRows {
  tasks: Task[]
  commits: { seq: number; commit: TaskCommit }[]
}

/** The rows of the store, while the service has it or not: tasks by their key, commits in the order of the ledger. */
export function readStore(house: Pick<TaskHouse, 'folder'>): StoreRows {
  const db = new DatabaseSync(storeFile(house), { readOnly: true })
  try {
    const tasks = db.prepare('SELECT body FROM tasks ORDER BY key').all()
    const commits = db.prepare('SELECT seq, body FROM commits ORDER BY seq').all()
    return {
      tasks: tasks.map(({ body }) => JSON.parse(String(body))),
      commits: commits.map(({ seq, body }) => ({ seq: Number(seq), commit: JSON.parse(String(body)) })),
    }
  } finally {
    db.close()
  }
}

/** The tasks that a ledger tells of, by their keys. Throws when it tells of something that cannot be. */
export function foldLedger(commits: readonly TaskCommit[]): Map<string, Task> {
  const tasks = new Map<string, Task>()
  for (const commit of commits) tasks.set(commit.key, evolve(tasks.get(commit.key) ?? null, commit))
  return tasks
}

/**
 * Sees that everything tells of the same tasks: the ledger (each version once, each label once), the store, and the service, which
 * lists `list`. Waits until the store has caught up. Resolves with the tasks by label.
 */
export async function seeAgreement(
  nats: NatsServer,
  house: TaskHouse,
  list: () => Promise<unknown>,
): Promise<Map<string, Task>> {
  const ledger = await readLedger(nats)
  const tasks = foldLedger(ledger.map(({ commit }) => commit))
  const byLabel = new Map([...tasks.values()].map((task) => [task.label, task]))
  expect(byLabel.size).toBe(tasks.size)
  const last = ledger.at(-1)?.seq ?? 0
  const rows = await until('the store has all of the ledger', () => {
    const rows = readStore(house)
    return (rows.commits.at(-1)?.seq ?? 0) >= last && rows
  })
  expect(rows.commits).toEqual(ledger)
  expect(rows.tasks).toEqual([...tasks.values()].sort((a, b) => (a.key < b.key ? -1 : 1)))
  const listed = (await list()) as { tasks: Task[] }
  const newestFirst = [...tasks.values()].sort((a, b) => Number(b.label.slice(2)) - Number(a.label.slice(2)))
  expect(listed.tasks).toEqual(newestFirst.slice(0, 200))
  return byLabel
}

/** What the house owes the world for a ledger, by stream: the ids of what has to be there, each once. */
function owed(commits: readonly TaskCommit[], house: TaskHouse): Record<'EVENTS' | 'WORK' | 'PRIVATE', string[]> {
  const world = taskWorld(house.roles, house.fleet)
  const ids = { EVENTS: [] as string[], WORK: [] as string[], PRIVATE: [] as string[] }
  const tasks = new Map<string, Task>()
  for (const commit of commits) {
    const task = evolve(tasks.get(commit.key) ?? null, commit)
    tasks.set(commit.key, task)
    for (const effect of effectsOf(commit, task, world)) {
      if (effect.kind === 'announce') ids.EVENTS.push(announcement(commit, task, effect.event, effect.index).id)
      if (effect.kind === 'ring') ids.WORK.push(doorbellEnvelope(task, effect.bell, commit.at).id)
      if (effect.kind === 'say' && commit.events.some(({ type }) => roomLine(task, type, world, commit.by) !== null)) {
        ids[task.place.room.visibility === 'public' ? 'EVENTS' : 'PRIVATE'].push(
          `task-line:${task.key}:${commit.version}`,
        )
      }
    }
  }
  return ids
}

/** What the house says by itself: of dead letters, and, where nobody takes the doorbells for ten seconds, that a role is behind. */
const saidByItself = /^(?:letters?|behind|old):/

/**
 * Sees that everything the ledger asks for was done, each thing once and nothing else but what the house says by itself. Nobody may take
 * the doorbells.
 */
export async function seeEffectsOnce(nats: NatsServer, house: TaskHouse): Promise<void> {
  const commits = (await readLedger(nats)).map(({ commit }) => commit)
  for (const [stream, ids] of Object.entries(owed(commits, house))) {
    const found = await until(`${stream} has what the ledger asks for`, async () => {
      const messages = await readStream(nats, stream)
      const all = messages.map(({ text }) => String((JSON.parse(text) as { id: unknown }).id))
      const found = all.filter((id) => !saidByItself.test(id))
      const missing = ids.filter((id) => !found.includes(id))
      if (missing.length > 0) throw new Error(`${missing.join(', ')} missing`)
      return { ids: found }
    })
    expect(found.ids.toSorted()).toEqual(ids.toSorted())
  }
}
