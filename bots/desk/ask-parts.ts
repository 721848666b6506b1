import { partReportSchema, reportingParts } from '../../core/part-report.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Services } from '../../ports/bus.ts'

const answerWithinMs = 500

/** Asks the other parts what is wrong; a part that does not answer is itself what is wrong. */
export async function askParts(bus: Services, subjects: OrgSubjects): Promise<string[]> {
  const answers = await Promise.all(
    Object.entries(reportingParts).map(async ([part, called]) => {
      try {
        const report = partReportSchema.parse(await bus.request(subjects.service(part, 'status'), {}, answerWithinMs))
        return report.troubles
      } catch {
        return [`${called} does not answer`]
      }
    }),
  )
  return [...new Set(answers.flat())]
}
