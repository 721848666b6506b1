import { BreakroomError } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { type Answer, answerSchema } from '../../core/knowledge/answer.ts'
import { knowledgeRequestOf } from '../../core/knowledge/request-of.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Services } from '../../ports/bus.ts'

/**
 * Asks the knowledge proxy the question of an item, once. Resolves with its answer. Rejects with what it refuses, and with `unavailable` when no
 * answer came in time, nobody serves, or `shift` aborted first; then asking again is the same question.
 */
export async function askProxy(
  { bus, subjects, name, withinMs }: { bus: Services; subjects: OrgSubjects; name: string; withinMs: number },
  item: InboxEnvelope,
  shift: AbortSignal,
): Promise<Answer> {
  const request = knowledgeRequestOf(item, { question: item.data.body })
  const asked = bus.request(subjects.knowledgeService('ask', name), request, withinMs)
  const reply = answerSchema.safeParse(await unlessOver(asked, shift))
  if (reply.success) return reply.data
  // A proxy of another version, most likely in the middle of an update.
  throw new BreakroomError('unavailable', 'The knowledge proxy answers what cannot be read.', { cause: reply.error })
}

/** What a promise comes to, or `unavailable` as soon as the shift ends. */
async function unlessOver<T>(promise: Promise<T>, shift: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>()
  const end = () => over.reject(new BreakroomError('unavailable', 'The seat was stopped while it asked.'))
  shift.addEventListener('abort', end, { once: true })
  if (shift.aborted) end()
  try {
    return await Promise.race([promise, over.promise])
  } finally {
    shift.removeEventListener('abort', end)
    // Whichever lost may still fail.
    void promise.catch(() => {})
    void over.promise.catch(() => {})
  }
}
