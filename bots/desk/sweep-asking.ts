import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { sweepReportSchema } from '../../core/sweep/report.ts'
import { noSweepRole, reportLines, sweepAway } from '../../core/sweep/report-words.ts'
import type { BusHealth, Services } from '../../ports/bus.ts'

/** Has the fleet looked at, and says what came of it in one to three lines. */
export type AskSweep = () => Promise<string>

/** The sweep, asked with much patience or little. Both reject with `unavailable` while the bus itself is away. */
export interface SweepAsking {
  /** For what everybody behind it in the queue of the desk waits for. Rejects as `isSweepUnderWay` tells when it takes longer. */
  soon: AskSweep
  /** For what nobody waits for. */
  once: AskSweep
}

/** Whoever stops a role meanwhile has two seconds at most to wait. */
const soonMs = 1_000
/** A sweep looks things up and asks other parts; most take far less than a second. */
const answerWithinMs = 10_000

/** `exists`: whether a role of the fleet is the sweep. However many ask at the same time, the sweep is asked once. */
export function createSweepAsking({
  bus,
  subjects,
  exists,
}: {
  bus: Services & BusHealth
  subjects: OrgSubjects
  exists: boolean
}): SweepAsking {
  let asked: Promise<string> | null = null

  return { soon, once }

  async function soon(): Promise<string> {
    const waiting = new AbortController()
    const late = async () => {
      await pause(soonMs, undefined, { signal: waiting.signal })
      throw new BreakroomError('unavailable', 'The sweep is under way.', { detail: { part: 'sweep' } })
    }
    try {
      return await Promise.race([once(), late()])
    } finally {
      waiting.abort()
    }
  }

  function once(): Promise<string> {
    asked ??= ask().finally(() => {
      asked = null
    })
    return asked
  }

  async function ask(): Promise<string> {
    if (!exists) return noSweepRole
    try {
      const report = sweepReportSchema.safeParse(
        await bus.request(subjects.service('sweep', 'run'), {}, answerWithinMs),
      )
      if (!report.success) return 'The sweep looked, and answers in words of another version; see "breakroom doctor".'
      return reportLines(report.data).join('\n')
    } catch (error) {
      if (!isBreakroomError(error) || !bus.connected) throw error
      // Without a cause it is the sweep's own answer.
      return error.cause === undefined ? error.message : sweepAway
    }
  }
}

/** Whether the sweep has only not answered yet. */
export function isSweepUnderWay(error: unknown): boolean {
  return isBreakroomError(error, 'unavailable') && error.detail.part === 'sweep'
}
