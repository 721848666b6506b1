import { fitTask, refuseTooLarge } from '../../core/state/fit-task.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskChange } from '../../ports/store.ts'
import type { StoredDocument } from './database.ts'
import type { FirestoreLayout } from './layout.ts'
import type { Fields } from './values.ts'

/** Firestore takes 10 MiB in a request, its emulator 4 MiB. */
const mostBytesOfRequest = 3_500_000
/** What a document needs beside its body, about: names, fields, paths. */
const frameBytes = 500

interface DraftCommit {
  version: number
  commit: TaskCommit
  document: { path: string; fields: Fields }
  bytes: number
}

interface DraftState {
  version: number
  fields: Fields
  bytes: number
}

/** A task and its commits as they are going to be written. */
export interface Draft {
  path: string
  label: string
  version: number
  state: DraftState
  commits: readonly DraftCommit[]
  /** Whether it all goes into one request. */
  isOnePiece: boolean
}

/** Throws `refused` (`too-large`) when one of its documents would be larger than may be. */
export function draftOf({ task, commits }: TaskChange, layout: FirestoreLayout): Draft {
  const path = layout.task(task)
  const state = stateOf(task, layout)
  const drafts = commits.map((placed): DraftCommit => {
    const { commit } = placed
    const body = JSON.stringify(commit)
    refuseTooLarge(`Commit ${commit.version} of task ${task.label}`, body)
    const document = { path: layout.commit(path, commit.version), fields: layout.commitFields(placed, body) }
    return { version: commit.version, commit, document, bytes: bytesOf(body) }
  })
  const bytes = drafts.reduce((sum, one) => sum + one.bytes, state.bytes)
  return {
    path,
    label: task.label,
    version: task.version,
    state,
    commits: drafts,
    isOnePiece: bytes <= mostBytesOfRequest,
  }
}

/**
 * What of a draft is written next: all that is missing, with the state, when it goes into one request. Else as many commits as go, with
 * the task as it stood after them, so that what is kept is a task with its commits at any moment.
 */
export function nextPiece(
  draft: Draft,
  {
    missing,
    state,
    stored,
    layout,
  }: {
    missing: Draft['commits']
    /** Null when the state is not to be written. */
    state: DraftState | null
    stored: StoredDocument | undefined
    layout: FirestoreLayout
  },
): { commits: Draft['commits']; state: DraftState | null; isLast: boolean } {
  let bytes = draft.state.bytes
  const fitting = missing.findIndex((one) => {
    bytes += one.bytes
    return bytes > mostBytesOfRequest
  })
  if (fitting === -1) return { commits: missing, state, isLast: true }
  const commits = missing.slice(0, fitting)
  return { commits, state: state && stateAfter(commits, stored, layout), isLast: false }
}

/** Null when it cannot be told: the commits do not follow on what is there. */
function stateAfter(
  commits: Draft['commits'],
  stored: StoredDocument | undefined,
  layout: FirestoreLayout,
): DraftState | null {
  try {
    const before = stored === undefined ? null : (JSON.parse(String(stored.fields.body)) as Task)
    const task = commits.reduce<Task | null>((state, { commit }) => evolve(state, commit), before)
    return task && stateOf(task, layout)
  } catch {
    return null
  }
}

function stateOf(whole: Task, layout: FirestoreLayout): DraftState {
  const task = fitTask(whole)
  const body = JSON.stringify(task)
  refuseTooLarge(`Task ${task.label}`, body)
  return { version: task.version, fields: layout.taskFields(task, body), bytes: bytesOf(body) }
}

function bytesOf(body: string): number {
  return Buffer.byteLength(body) + frameBytes
}
