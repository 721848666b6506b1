import { type PartReport, partReportSchema, reportingParts } from '../core/part-report.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Services } from '../ports/bus.ts'

/** Parts that run in other processes, as they last answered. */
export interface RemoteParts {
  current(): { name: string; troubles(): string[] }[]
}

const askEveryMs = 2_000
const answerWithinMs = 1_000

/** Asks every part how it is, over the bus, until `signal` aborts. A part that does not answer is itself what is wrong. */
export function followRemoteParts(bus: Services, subjects: OrgSubjects, signal: AbortSignal): RemoteParts {
  const parts = Object.entries(reportingParts)
  const last = new Map<string, string[]>(parts.map(([part, called]) => [part, [`${called} has not answered yet`]]))
  const timer = setInterval(askAll, askEveryMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  askAll()

  return { current: () => [...last].map(([name, troubles]) => ({ name, troubles: () => troubles })) }

  function askAll(): void {
    for (const [part, called] of parts) void ask(part, called).then(({ troubles }) => last.set(part, troubles))
  }

  async function ask(part: string, called: string): Promise<PartReport> {
    try {
      return partReportSchema.parse(await bus.request(subjects.service(part, 'status'), {}, answerWithinMs))
    } catch {
      return { part, troubles: [`${called} does not answer`] }
    }
  }
}
