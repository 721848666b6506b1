import { BreakroomError } from '../errors.ts'
import type { Evidence, Task } from '../task/task.ts'

/** The most that is kept in one document, in UTF-8 bytes of its JSON. Firestore takes 1 MiB, with names and the fields that are asked by. */
export const mostBytes = 1_000_000

/** Stands where something was cut. Always the same words, so that fitting twice changes nothing. */
const leftOut = '(left out here to save space; it is in the commits of this task)'
const leftOutBytes = bytesOf(leftOut)

/**
 * The task as it fits into one document: itself, mostly. Of a task that is too large the outputs of checks are left out, the oldest
 * first, then comments on steps, until it fits; each place says so, and all of it stays in the commits. What is too large even then
 * comes back as small as it gets: `refuseTooLarge` refuses it. The same task always comes to the same.
 */
export function fitTask(task: Task): Task {
  let over = bytesOf(task) - mostBytes
  if (over <= 0) return task
  const evidence = [...task.evidence]
  for (const cut of [withoutOutput, withoutComment]) {
    for (const [index, one] of evidence.entries()) {
      if (over <= 0) break
      const { shorter, saved } = cut(one)
      evidence[index] = shorter
      over -= saved
    }
  }
  return { ...task, evidence }
}

/** Throws `refused` (rule `too-large`, with `bytes` and `limit`) for JSON that no document can hold. `what` begins the sentence: `Task t-13`. */
export function refuseTooLarge(what: string, json: string): void {
  const bytes = Buffer.byteLength(json)
  if (bytes <= mostBytes) return
  const [found, most] = [bytes, mostBytes].map((count) => count.toLocaleString('en'))
  throw new BreakroomError('refused', `${what} has ${found} bytes, and a document holds ${most}.`, {
    detail: { rule: 'too-large', bytes, limit: mostBytes },
  })
}

interface Cut {
  shorter: Evidence
  /** Bytes. */
  saved: number
}

function withoutOutput(evidence: Evidence): Cut {
  const { run } = evidence
  const saved = run === undefined ? 0 : bytesOf(run.output_tail) - leftOutBytes
  // What is as short as the note that it was cut stays.
  if (run === undefined || saved <= 0) return { shorter: evidence, saved: 0 }
  return { shorter: { ...evidence, run: { ...run, output_tail: leftOut } }, saved }
}

function withoutComment(evidence: Evidence): Cut {
  const saved = bytesOf(evidence.comment) - leftOutBytes
  return saved <= 0 ? { shorter: evidence, saved: 0 } : { shorter: { ...evidence, comment: leftOut }, saved }
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
