import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { sideBySide } from '../../core/side-by-side.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { PlacedCommit, Store } from '../../ports/store.ts'
import { LruMap } from '../lru-map.ts'
import { bodyOf } from './body.ts'
import type { FirestoreDatabase, StoredDocument, UpdateTime, Write } from './database.ts'
import { contendedError } from './errors.ts'
import type { FirestoreLayout } from './layout.ts'
import { pages } from './pages.ts'
import { type Draft, draftOf, nextPiece } from './task-pieces.ts'

/** Requests for different tasks at once: a connection carries a hundred. */
const most = 32
/** How often a task is looked at anew when others keep changing it; one of them gets on each time. */
const mostTries = 8
/** Of how many tasks is remembered what Firestore has. */
const remembered = 10_000
/** Documents read at once. Commits are small, and the emulator looks through all of them for each page. */
const commitsInPage = 1_000
const tasksInPage = 300
/** Documents of which only one field is read. */
const pathsAtOnce = 500

/** A task's document as it was last seen here; version 0: there was none. */
interface Known {
  version: number
  written: UpdateTime | null
}

/**
 * Tasks and their commits as documents.
 *
 * A task is one request: it creates its commits, and replaces the task's document if that still is the one we know. So an old writer can
 * never put a state back. What it costs, with `n` new commits: n + 1 writes and no read; one read more for each task that is met for the
 * first time and is not new; 1 + n reads more when the request was done before, or somebody else was faster.
 */
export function createTaskDocuments({
  database,
  layout,
  metrics,
}: {
  database: FirestoreDatabase
  layout: FirestoreLayout
  metrics?: Metrics | undefined
}): Pick<Store, 'keepTasks' | 'task' | 'commits' | 'tasks' | 'history'> {
  const known = new LruMap<string, Known>(remembered)

  /** Learns what there is of tasks that are neither known nor new. */
  async function meet(drafts: readonly Draft[]): Promise<void> {
    const strangers = drafts.filter(({ path, commits }) => !known.has(path) && commits[0]?.version !== 1)
    const paths = [...new Set(strangers.map(({ path }) => path))]
    for (let from = 0; from < paths.length; from += pathsAtOnce) {
      const some = paths.slice(from, from + pathsAtOnce)
      const found = await database.read(some, ['version'])
      for (const path of some) known.set(path, knownAs(found.get(path)))
    }
  }

  async function keep(draft: Draft): Promise<void> {
    const before = known.get(draft.path) ?? { version: 0, written: null }
    const isNext =
      draft.commits[0]?.version === before.version + 1 || (before.version === 0 && draft.commits.length > 0)
    if (isNext && draft.isOnePiece && (await write(draft, draft.commits, draft.state, before))) return
    await keepCarefully(draft)
  }

  /** From what is there: keeps what is missing, a piece at a time. */
  async function keepCarefully(draft: Draft): Promise<void> {
    for (let tries = 0; tries < mostTries; ) {
      const [stored, kept] = await Promise.all([
        database.read([draft.path]).then((found) => found.get(draft.path)),
        readCommits(draft),
      ])
      for (const { document, commit, version } of draft.commits) {
        const there = kept.get(document.path)
        if (there !== undefined && there.fields.id !== commit.id.toWellFormed()) throw anotherError(draft, version)
      }
      const missing = draft.commits.filter(({ document }) => !kept.has(document.path))
      const before = knownAs(stored)
      known.set(draft.path, before)
      const isSettled = before.version > draft.version || stored?.fields.body === draft.state.fields.body
      const piece = nextPiece(draft, { missing, state: isSettled ? null : draft.state, stored, layout })
      if (piece.commits.length === 0 && piece.state === null) return
      if (!(await write(draft, piece.commits, piece.state, before))) {
        tries += 1
        metrics?.count('breakroom_retries_total', { what: 'firestore' })
      } else if (piece.isLast) return
    }
    throw contendedError(database.target, draft.label)
  }

  /** False when something is not as `before` has it. */
  async function write(
    draft: Draft,
    commits: Draft['commits'],
    state: Draft['state'] | null,
    before: Known,
  ): Promise<boolean> {
    const writes: Write[] = commits.map(({ document }) => ({ ...document, only: 'missing' }))
    if (state !== null) writes.push({ path: draft.path, fields: state.fields, only: before.written ?? 'missing' })
    const written = await database.write(writes).catch((error) => {
      // Whether it was done, nobody knows.
      known.delete(draft.path)
      throw error
    })
    if (written === null) known.delete(draft.path)
    else if (state !== null) known.set(draft.path, { version: state.version, written: written.at(-1) ?? null })
    return written !== null
  }

  async function readCommits({ commits }: Draft): Promise<Map<string, StoredDocument>> {
    const kept = new Map<string, StoredDocument>()
    for (let from = 0; from < commits.length; from += pathsAtOnce) {
      const paths = commits.slice(from, from + pathsAtOnce).map(({ document }) => document.path)
      for (const [path, document] of await database.read(paths, ['id'])) kept.set(path, document)
    }
    return kept
  }

  /** The document of a task, wherever it is: two reads when it is not where everybody may look. An index of keys would cost a write each. */
  async function find(key: string): Promise<StoredDocument | null> {
    const path = layout.publicTask(key)
    const inPublic = (await database.read([path])).get(path)
    if (inPublic !== undefined) return inPublic
    const [elsewhere] = await database.ask({ folder: 'tasks', below: null, where: { org: layout.org, key }, limit: 1 })
    return elsewhere ?? null
  }

  function commitOf(document: StoredDocument): PlacedCommit {
    return { place: Number(document.fields.place), commit: bodyOf<TaskCommit>(database.target, document) }
  }

  return {
    async keepTasks(changes) {
      database.refuseWhenClosed()
      const failures: unknown[] = []
      const drafts = changes.flatMap((change) => {
        try {
          return [draftOf(change, layout)]
        } catch (error) {
          failures.push(error)
          return []
        }
      })
      await meet(drafts)
      // What is said of one task goes in turn.
      const byTask = Map.groupBy(drafts, ({ path }) => path)
      await sideBySide([...byTask.values()], most, async (ofOne) => {
        try {
          for (const draft of ofOne) await keep(draft)
        } catch (error) {
          failures.push(error)
        }
      })
      // What may yet be kept comes first: it is tried again, and then the rest is said.
      const failure = failures.find((error) => !isBreakroomError(error, 'refused')) ?? failures[0]
      if (failure !== undefined) throw failure
    },

    async task(key) {
      const document = await find(key)
      return document === null ? null : bodyOf<Task>(database.target, document)
    },

    async commits(key) {
      const ofPublic = await commitsBelow(layout.publicTask(key))
      if (ofPublic.length > 0) return ofPublic
      const document = await find(key)
      return document === null ? [] : await commitsBelow(document.path)
    },

    async *tasks() {
      const where = { org: layout.org }
      const all = pages(database, { folder: 'tasks', below: null, where, orderBy: 'key', limit: tasksInPage })
      for await (const document of all) yield bodyOf<Task>(database.target, document)
    },

    async *history(after) {
      const where = { org: layout.org }
      const question = { folder: 'commits', below: null, where, orderBy: 'place', limit: commitsInPage }
      for await (const document of pages(database, { ...question, after: { value: after } })) yield commitOf(document)
    },
  }

  async function commitsBelow(path: string): Promise<PlacedCommit[]> {
    const commits: PlacedCommit[] = []
    const question = { folder: 'commits', below: path, orderBy: 'version', limit: commitsInPage }
    for await (const document of pages(database, question)) commits.push(commitOf(document))
    return commits
  }
}

function knownAs(document: StoredDocument | undefined): Known {
  if (document === undefined) return { version: 0, written: null }
  return { version: Number(document.fields.version) || 0, written: document.updateTime }
}

function anotherError({ label }: Draft, version: number): BreakroomError {
  return new BreakroomError('refused', `Firestore has another commit ${version} of ${label} than this one.`, {
    detail: { rule: 'another', version },
  })
}
