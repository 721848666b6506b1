import { type Envelope, encodeEnvelope } from '../../core/envelope.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { orgSubjects } from '../../core/subject.ts'
import { asCommit, commitEnvelope, type TaskCommit } from '../../core/task/commit.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { follow } from './follow.ts'
import { readEnvelope } from './inbox.ts'
import { isRefusal, lastMessage, lastSequence, refusalCodes } from './js-api.ts'
import type { StreamWriter } from './stream-writer.ts'
import { ledgerStream } from './topology.ts'

/** Tasks whose end of the ledger is remembered. */
const remembered = 10_000
/** How often an append that found nothing in its way may be outrun by other writers. */
const attempts = 5
const walkMs = 5_000

/** What the ledger says of one task: its newest commit (version 0 for none), and the newest message of its subject, whatever it is. */
interface End {
  version: number
  id: string | null
  seq: number
  lastSeq: number
}

const nothing: End = { version: 0, id: null, seq: 0, lastSeq: 0 }

/**
 * The ledger of an organisation in its stream. No `Nats-Msg-Id` is used: the expected sequence makes a repeat harmless already, and
 * the server would take one commit for a repeat of another that has the same id but belongs to another task.
 */
export function createLedger(connection: Connection, write: StreamWriter, org: string): Ledger {
  const subjects = orgSubjects(org)
  const ends = new Map<string, End>()

  function remember(key: string, end: End): void {
    ends.delete(key)
    ends.set(key, end)
    const oldest = ends.keys().next()
    if (ends.size > remembered && !oldest.done) ends.delete(oldest.value)
  }

  /** Stores it behind `end`; null when something else is the newest by now. */
  async function appendTo(end: End, commit: TaskCommit, bytes: Uint8Array) {
    const { id, key, version } = commit
    try {
      const headers = { 'Nats-Expected-Last-Subject-Sequence': String(end.lastSeq) }
      const { seq } = await write({ subject: subjects.ledger(key), bytes, headers })
      remember(key, { version, id, seq, lastSeq: seq })
      return { seq, repeated: false }
    } catch (error) {
      if (isRefusal(error, refusalCodes.wrongLastSequence)) return null
      throw error
    }
  }

  async function lookUp(key: string): Promise<End> {
    const subject = subjects.ledger(key)
    const last = await ask(connection, 'Looking up a task in the ledger', (nc) =>
      lastMessage(nc, ledgerStream, subject),
    )
    if (last === null) return nothing
    const commit = readCommit(readEnvelope(last.bytes), subject, org)
    if (commit instanceof BreakroomError) return walk(subject, last.seq)
    return { version: commit.version, id: commit.id, seq: last.seq, lastSeq: last.seq }
  }

  /**
   * Reads all of one task up to `lastSeq`. For a subject whose newest message is no commit: through a reply subject a role can make
   * the server write what it does not mean to.
   */
  async function walk(subject: string, lastSeq: number): Promise<End> {
    const signal = AbortSignal.timeout(walkMs)
    let end = nothing
    const entries = follow(connection, { stream: ledgerStream, filters: [subject], from: { after: 0 }, signal })
    for await (const { msg, streamSeq } of entries) {
      const commit = readCommit(readEnvelope(msg.data), subject, org)
      if (!(commit instanceof BreakroomError)) end = { version: commit.version, id: commit.id, seq: streamSeq, lastSeq }
      if (streamSeq >= lastSeq) return { ...end, lastSeq }
    }
    throw new BreakroomError('unavailable', 'The ledger could not be read to the end of a task.')
  }

  return {
    async append(commit) {
      const { id, key, version } = commit
      const bytes = encodeEnvelope(commitEnvelope(commit))
      // What could not be read again would be lost for good.
      const unfit = readCommit(readEnvelope(bytes), subjects.ledger(key), org)
      if (unfit instanceof BreakroomError) throw unfit
      const known = version === 1 ? nothing : ends.get(key)
      if (known?.version === version - 1) {
        const stored = await appendTo(known, commit, bytes)
        if (stored !== null) return stored
      }
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const end = await lookUp(key)
        if (end.version === version && end.id === id) return { seq: end.seq, repeated: true }
        if (end.version !== version - 1) throw conflict(commit, end)
        const stored = await appendTo(end, commit, bytes)
        if (stored !== null) return stored
      }
      throw new BreakroomError('unavailable', `Others keep writing on the subject of task ${key}.`)
    },
    async *read({ after, signal }) {
      for await (const entry of follow(connection, { stream: ledgerStream, filters: [], from: { after }, signal })) {
        const { msg, streamSeq, pending } = entry
        const commit = readCommit(readEnvelope(msg.data), msg.subject, org)
        yield { seq: streamSeq, commit, caughtUp: pending === 0 }
      }
    },
    lastSeq: () => ask(connection, 'Reading the state of the ledger', (nc) => lastSequence(nc, ledgerStream)),
  }
}

/** The commit, or the error that says why it is none of the task whose subject it is on. */
function readCommit(envelope: Envelope | BreakroomError, subject: string, org: string): TaskCommit | BreakroomError {
  if (envelope instanceof BreakroomError) return envelope
  try {
    const commit = asCommit(envelope)
    if (orgSubjects(org).ledger(commit.key) === subject) return commit
    const detail = { reason: 'subject' }
    return new BreakroomError('unreadable', `A commit of task ${commit.key} is on ${subject}.`, { detail })
  } catch (error) {
    if (isBreakroomError(error)) return error
    throw error
  }
}

function conflict({ key, version }: TaskCommit, end: End): BreakroomError {
  const message = `Task ${key} is at version ${end.version}; version ${version} cannot follow.`
  return new BreakroomError('conflict', message, { detail: { version: end.version } })
}
