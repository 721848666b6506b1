import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isBreakroomError, sentenceOf } from '../core/errors.ts'
import { type KeptKnowledge, keptKnowledgeSchema } from '../core/state/kept-knowledge.ts'
import type { learnedRequestSchema } from '../core/state/request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Services } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { StateFile } from '../ports/state-file.ts'
import { orAborted } from './or-aborted.ts'

export interface LearnedParts {
  bus: Services
  subjects: OrgSubjects
  file: Pick<StateFile, 'store'>
  clock: Clock
  sleep: Sleep
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** What answers `learned`. Each of them is parsed alone. */
const learnedReplySchema = z.looseObject({ learned: z.array(z.unknown()), done: z.boolean() })

const labelledSchema = z.looseObject({ learned: z.looseObject({ label: z.string() }) })

const everyMs = 5_000
/** What was taken back may say an older time than what was seen: now and then all is looked at. */
const allEveryMs = 3_600_000
/** Changes are written down a moment after the time that they say. */
const overlapMs = 10_000
const answersWithinMs = 5_000

/**
 * Keeps what people taught the knowledge proxy: pulled from it every five seconds, so that neither needs the other. What is not as it is
 * kept is kept under the next revision. A proxy that is away is no trouble of ours.
 */
export function followLearned(parts: LearnedParts): { ended: Promise<void>; troubles(): string[] } {
  const { bus, subjects, file, clock, sleep, log, metrics, signal } = parts
  let trouble: string | null = null
  let newest: string | null = null
  let allAt: number | null = null
  return { ended: work(), troubles: () => (trouble === null ? [] : [trouble]) }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      const isAllDue = allAt === null || clock.monotonic() - allAt >= allEveryMs
      const since = isAllDue || newest === null ? null : new Date(Date.parse(newest) - overlapMs).toISOString()
      if ((await pull(since)) && isAllDue) allAt = clock.monotonic()
      await sleep(everyMs, signal)
    }
  }

  /** Whether all pages were read and kept. */
  async function pull(since: string | null): Promise<boolean> {
    let seen = newest
    for (let after: string | null = null; !signal.aborted; ) {
      const page = await ask({ since, after })
      if (page === null) return false
      const learned = page.learned.flatMap((one) => read(one))
      if (!(await keep(learned))) return false
      for (const { at, ended } of learned) seen = [seen ?? '', at, ended?.at ?? ''].toSorted().at(-1) ?? null
      // Also behind one that cannot be read.
      const last: string | undefined = labelledSchema.safeParse(page.learned.at(-1)).data?.learned.label
      if (page.done) {
        // Pages go by label: what is on one that was not read may be older than what is on another.
        newest = seen
        return true
      }
      // Behind nothing, or behind the same again, there is nothing else to be had.
      if (last === undefined || last === after) return false
      after = last
    }
    return false
  }

  async function ask(request: z.input<typeof learnedRequestSchema>) {
    try {
      const asking = bus.request(subjects.knowledgeService('learned', 'state'), request, answersWithinMs)
      const reply = await orAborted(asking, signal)
      return learnedReplySchema.parse(reply)
    } catch (error) {
      if (signal.aborted) return null
      metrics.count('breakroom_retries_total', { what: 'learned' })
      if (!isBreakroomError(error, 'unavailable')) {
        log.warn({ cause: sentenceOf(error) }, 'state: what people taught cannot be pulled')
      }
      return null
    }
  }

  function read(one: unknown): KeptKnowledge[] {
    const parsed = keptKnowledgeSchema.safeParse(one)
    if (parsed.success) return [parsed.data]
    metrics.count('breakroom_parked_total', { reader: 'state' })
    log.error({ cause: z.prettifyError(parsed.error) }, 'state: an answer that was taught cannot be read')
    return []
  }

  /** A proxy that has lost its file may give an old label to another question; what was taught for the old one stays. */
  async function placed(one: KeptKnowledge): Promise<[KeptKnowledge, KeptKnowledge | null]> {
    const known = await file.store.knowledge.get(one.id)
    if (known === null || known.learned?.question === one.learned?.question) return [one, known]
    const id = `${one.id}-${hash('sha256', one.learned?.question ?? '').slice(0, 8)}`
    return [{ ...one, id }, await file.store.knowledge.get(id)]
  }

  /** Whether the file has taken them. */
  async function keep(learned: readonly KeptKnowledge[]): Promise<boolean> {
    try {
      const changed: KeptKnowledge[] = []
      for (const came of learned) {
        const [one, known] = await placed(came)
        // As they come out of the file, where nothing is undefined.
        const next: KeptKnowledge = JSON.parse(JSON.stringify({ ...one, revision: known?.revision ?? 1 }))
        if (known === null) changed.push(next)
        else if (!isDeepStrictEqual(next, known)) changed.push({ ...next, revision: known.revision + 1 })
      }
      if (changed.length > 0) await file.store.knowledge.keep(changed)
      trouble = null
      return true
    } catch (error) {
      if (isBreakroomError(error, 'closed')) return false
      trouble = `what people taught cannot be kept: ${sentenceOf(error)}`
      log.error({ cause: sentenceOf(error) }, 'state: what people taught cannot be kept')
      return false
    }
  }
}
