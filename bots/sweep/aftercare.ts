import { sentenceOf } from '../../core/errors.ts'
import { eventSubject } from '../../core/subject.ts'
import { organMemorySchema, organNews } from '../../core/sweep/organ-news.ts'
import { type OrganFinding, seatsOrgan } from '../../core/sweep/organs.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import { reportEvent } from '../../core/sweep/report-event.ts'
import { leftoverLine } from '../../core/sweep/treatment.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Leftover, Leftovers } from '../../ports/leftovers.ts'
import type { Log } from '../../ports/log.ts'
import type { RevisedState } from '../../ports/revised-state.ts'
import type { Canary } from './canary.ts'

export interface AftercareParts {
  role: string
  /** That role's connection. */
  own: Publisher
  /** Says something in the home room. The same id again is the same line. */
  say(id: string, text: string): Promise<void>
  memory: RevisedState
  leftovers: Pick<Leftovers, 'end'>
  canary: Pick<Canary, 'fly'>
  log: Log
}

/** What follows a sweep when everybody was looked after. */
export interface Aftercare {
  /** Puts the report on the record. Never rejects. */
  publish(report: SweepReport): Promise<void>
  /** Says which organs ail, ends programs that nobody owns any more, and sends the canary. Never rejects. */
  act(report: SweepReport, found: { organs: readonly OrganFinding[]; leftovers: readonly Leftover[] }): Promise<void>
}

const organsKey = 'organs'

export function createAftercare(parts: AftercareParts): Aftercare {
  const { role, own, say, memory, leftovers, canary, log } = parts
  /** Programs without an owner at the last sweep: one whose owner is just being replaced is given until the next. */
  let leftBefore: ReadonlySet<string> = new Set()

  return {
    publish: (report) =>
      tried('the report', async () => {
        await own.publish(eventSubject(role, 'sweep', 'report'), reportEvent(role, report))
      }),
    async act(report, found) {
      await tried('organs', () => tell([...found.organs, seatsOrgan(report.held)], new Date(report.at)))
      for (const one of found.leftovers) await tried('a program', () => end(one))
      leftBefore = new Set(found.leftovers.map(({ run }) => run))
      await canary.fly()
    },
  }

  async function tell(organs: readonly OrganFinding[], at: Date): Promise<void> {
    const { value, revision } = await memory.read(organsKey)
    const before = organMemorySchema.safeParse(value)
    const { lines, after } = organNews(before.success ? before.data : {}, organs, at)
    // Said before it is kept that it was: said twice it is the same line, and not said it would be lost.
    for (const { id, text } of lines) await say(`sweep:${id}`, text)
    const isNew = JSON.stringify(after) !== JSON.stringify(before.data ?? {})
    if (isNew) await memory.write(organsKey, after, revision)
  }

  async function end(leftover: Leftover): Promise<void> {
    if (!leftBefore.has(leftover.run) || !(await leftovers.end(leftover))) return
    await say(`sweep:left:${leftover.run}`.slice(0, 300), leftoverLine(leftover))
  }

  async function tried(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      log.warn({ what, cause: sentenceOf(error) }, 'sweep: something after a sweep did not work')
    }
  }
}
