import { describe, expect, it } from 'vitest'
import type { StoredDocument } from '../../../adapters/firestore/database.ts'
import { firestoreLayout } from '../../../adapters/firestore/layout.ts'
import { type Draft, draftOf, nextPiece } from '../../../adapters/firestore/task-pieces.ts'
import { evolve } from '../../../core/task/evolve.ts'
import type { Task } from '../../../core/task/task.ts'
import type { TaskChange } from '../../../ports/store.ts'
import { taskChange } from '../../support/state.ts'

const layout = firestoreLayout('acme')
const documentBytes = 1_048_576

/** A task with as many notes of that size, as its commits say it. */
function noted(version: number, characters: number): TaskChange {
  const text = 'ü'.repeat(characters / 2)
  const { commits } = taskChange(1, version, {
    commit: (at) => (at === 1 ? {} : { events: [{ type: 'noted', text }] }),
  })
  return { task: folded(commits), commits }
}

function folded(commits: TaskChange['commits']): Task {
  const task = commits.reduce<Task | null>((state, { commit }) => evolve(state, commit), null)
  if (task === null) throw new Error('There are no commits.')
  return task
}

/** All pieces of a draft, one after the other, on what is there. */
function piecesOf(draft: Draft) {
  const pieces: ReturnType<typeof nextPiece>[] = []
  let missing = draft.commits
  let stored: StoredDocument | undefined
  do {
    const piece = nextPiece(draft, { missing, state: draft.state, stored, layout })
    pieces.push(piece)
    missing = missing.slice(piece.commits.length)
    if (piece.state) stored = { path: draft.path, fields: piece.state.fields, updateTime: { seconds: '1', nanos: 0 } }
  } while (pieces.at(-1)?.isLast === false)
  return pieces
}

describe('a task with its commits', () => {
  it('is one piece as long as it goes into one request', () => {
    const draft = draftOf(noted(10, 10_000), layout)
    expect(draft.isOnePiece).toBe(true)
    expect(piecesOf(draft)).toEqual([{ commits: draft.commits, state: draft.state, isLast: true }])
  })

  it('comes in pieces else, each of them the task as it stood after the commits that it brings', () => {
    // The task itself keeps the last twenty notes.
    const change = noted(200, 40_000)
    const draft = draftOf(change, layout)
    expect(draft.isOnePiece).toBe(false)
    const pieces = piecesOf(draft)

    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.flatMap(({ commits }) => commits)).toEqual(draft.commits)
    let from = 0
    for (const { commits, state } of pieces) {
      from += commits.length
      expect(JSON.parse(String(state?.fields.body))).toEqual(folded(change.commits.slice(0, from)))
      const bytes = [...commits.map(({ document }) => document.fields.body), state?.fields.body].map((body) =>
        Buffer.byteLength(String(body)),
      )
      expect(Math.max(...bytes)).toBeLessThan(documentBytes)
      // The emulator's limit, which is the smaller one.
      expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(4_000_000)
    }
  })

  it('brings its commits without a state where they do not follow on what is there', () => {
    const draft = draftOf(noted(200, 40_000), layout)
    const piece = nextPiece(draft, { missing: draft.commits.slice(5), state: draft.state, stored: undefined, layout })
    expect(piece).toMatchObject({ state: null, isLast: false })
    expect(piece.commits[0]?.version).toBe(6)
  })
})
