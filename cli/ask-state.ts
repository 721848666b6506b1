import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import { type StateEntry, type StateSection, stateSections } from '../core/state/entry.ts'
import { pageReplySchema, stateReportSchema } from '../core/state/request.ts'
import { inHouse } from './house-bus.ts'
import type { Settings } from './settings.ts'

/** A page of an import is kept before it is answered, and a question behind it waits. */
const answerWithinMs = 10_000
/** Another process takes over within five seconds. */
const tryForMs = 6_000
const tryEveryMs = 250

/** Asks the state store. Everything that is asked may be asked again, so it is until there is an answer. */
export type AskState = (verb: string, data?: unknown) => Promise<unknown>

const stateStatusSchema = stateReportSchema.extend({
  org: z.string(),
  /** The id of the fleet whose memory it is. */
  fleet: z.string(),
  /** What is off, for people. */
  troubles: z.array(z.string()),
})
type PageReply = z.infer<typeof pageReplySchema>
export type StateStatus = z.infer<typeof stateStatusSchema>

/** Works with the state store of the fleet that runs in this home. Rejects as `inHouse` does, and with what the store answers. */
export function withState<T>(settings: Settings, work: (ask: AskState) => Promise<T>): Promise<T> {
  return inHouse(settings, 'state store', (bus, subjects) =>
    work(async (verb, data = {}) => {
      const began = performance.now()
      for (;;) {
        try {
          return await bus.request(subjects.stateService(verb, 'cli'), data, answerWithinMs)
        } catch (error) {
          // Without a cause it is the store's own answer.
          const isSilence = isBreakroomError(error, 'unavailable') && error.cause !== undefined && bus.connected
          if (!isSilence || performance.now() - began + tryEveryMs > tryForMs) throw error
          await pause(tryEveryMs)
        }
      }
    }),
  )
}

/** How it stands. */
export async function statusOf(ask: AskState): Promise<StateStatus> {
  return readAnswer(stateStatusSchema, await ask('status'))
}

/** Everything that is kept in these sections, in order; those behind `after`, of one section. */
export async function* entriesOf(
  ask: AskState,
  sections: readonly StateSection[] = stateSections,
  after: string | null = null,
): AsyncGenerator<StateEntry> {
  for (const section of sections) {
    for (let last: string | number | null = after; ; ) {
      const page: PageReply = readAnswer(pageReplySchema, await ask('page', { section, after: last }))
      yield* page.entries
      if (page.next === null) break
      last = page.next
    }
  }
}

/** An answer as it should be. Throws `unavailable` for what another version says. */
export function readAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const read = schema.safeParse(answer)
  if (read.success) return read.data
  throw new BreakroomError('unavailable', 'The state store answers in words of another version.')
}
