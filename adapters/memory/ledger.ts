import { decodeEnvelope, encodeEnvelope } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { asCommit, commitEnvelope, type TaskCommit } from '../../core/task/commit.ts'
import type { Ledger } from '../../ports/ledger.ts'

/** An empty ledger in this process's memory: what a crash may lose. */
export function createMemoryLedger(): Ledger {
  const entries: Uint8Array[] = []
  const newest = new Map<string, { id: string; version: number; seq: number }>()
  let grown = Promise.withResolvers<void>()

  return {
    async append(commit) {
      const { id, key, version } = commit
      const bytes = encodeEnvelope(commitEnvelope(commit))
      readCommit(bytes)
      const last = newest.get(key) ?? { id: null, version: 0, seq: 0 }
      if (last.version === version && last.id === id) return { seq: last.seq, repeated: true }
      if (last.version !== version - 1) {
        const message = `Task ${key} is at version ${last.version}; version ${version} cannot follow.`
        throw new BreakroomError('conflict', message, { detail: { version: last.version } })
      }
      const seq = entries.push(bytes)
      newest.set(key, { id, version, seq })
      grown.resolve()
      grown = Promise.withResolvers()
      return { seq, repeated: false }
    },
    async *read({ after, signal }) {
      const { promise: stopped, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => resolve(), { once: true })
      for (let seq = after + 1; !signal.aborted; seq++) {
        while (seq > entries.length && !signal.aborted) await Promise.race([grown.promise, stopped])
        const bytes = entries[seq - 1]
        if (signal.aborted || bytes === undefined) return
        yield { seq, commit: readCommit(bytes), caughtUp: seq === entries.length }
      }
    },
    lastSeq: async () => entries.length,
  }
}

/** Kept as bytes, so that nobody changes what another has read. */
function readCommit(bytes: Uint8Array): TaskCommit {
  return asCommit(decodeEnvelope(bytes))
}
