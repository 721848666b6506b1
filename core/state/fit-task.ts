import { BreakroomError } from '../errors.ts'
import type { Evidence, Task } from '../task/task.ts'

/** The most that is kept in one document, in UTF-8 bytes of its JSON. Firestore takes 1 MiB, with names and the fields that are asked by. */
export const mostBytes = 1_000_000

/** Of that, outputs of checks and comments on steps at most: what else a task says has room beside them. Bytes. */
const mostOutput = 400_000
const mostComments = 200_000

/** Stands where something was cut. Always the same words, so that fitting twice changes nothing. */
const leftOut = '(left out here to save space; it is in the commits of this task)'
const leftOutBytes = bytesOf(leftOut)

/**
 * The task as it fits into one document: itself, nearly always. Of more than 400 kB of output, or 200 kB of comments, the oldest are left
 * out; of a task that is too large even then outputs first, and then comments, until it fits. Each place says so, and all of it stays
 * in the commits. What no cutting helps comes back as small as it gets, for `refuseTooLarge`.
 *
 * The same task always comes to the same; and as long as what else it says has room, a task that goes on from one that was cut comes to the
 * same as one that is folded from all commits: what is out of the newest 400 kB once is so for ever.
 */
export function fitTask(task: Task): Task {
  const bytes = bytesOf(task)
  // So much of anything is not in it.
  if (bytes <= Math.min(mostOutput, mostComments)) return task
  const evidence = newestWithin(newestWithin(task.evidence, output, mostOutput), comment, mostComments)
  let over = bytesOf({ ...task, evidence }) - mostBytes
  for (const part of [output, comment]) {
    for (const [index, one] of evidence.entries()) {
      if (over <= 0) break
      const shorter = without(part, one)
      over -= bytesOf(one) - bytesOf(shorter)
      evidence[index] = shorter
    }
  }
  return evidence.every((one, index) => one === task.evidence[index]) ? task : { ...task, evidence }
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

/** Something about evidence that can be cut. */
interface Part {
  /** Null where there is none. */
  of(evidence: Evidence): string | null
  with(evidence: Evidence, text: string): Evidence
}

const output: Part = {
  of: ({ run }) => run?.output_tail ?? null,
  with: (evidence, output_tail) =>
    evidence.run === undefined ? evidence : { ...evidence, run: { ...evidence.run, output_tail } },
}

const comment: Part = {
  of: (evidence) => evidence.comment,
  with: (evidence, comment) => ({ ...evidence, comment }),
}

/** With this part in the newest alone, as many as have room in so many bytes. */
function newestWithin(evidence: readonly Evidence[], part: Part, most: number): Evidence[] {
  let room = most
  return evidence
    .toReversed()
    .map((one) => {
      room -= bytesOf(part.of(one) ?? '')
      return room < 0 ? without(part, one) : one
    })
    .reverse()
}

/** What is no longer than the note that it was cut stays. */
function without(part: Part, evidence: Evidence): Evidence {
  const text = part.of(evidence)
  return text === null || bytesOf(text) <= leftOutBytes ? evidence : part.with(evidence, leftOut)
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
