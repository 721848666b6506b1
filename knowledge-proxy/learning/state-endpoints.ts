import { z } from 'zod'
import { readRequest, refuseDeep } from '../../core/service-request.ts'
import { keptKnowledgeSchema } from '../../core/state/kept-knowledge.ts'
import { learnedRequestSchema } from '../../core/state/request.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Endpoint } from '../../ports/bus.ts'
import type { LearningLog } from '../../ports/learning-log.ts'
import type { BroughtBack, KeptRecord } from '../corpus/record.ts'
import { keptAnswers } from './kept-answers.ts'
import type { createRelearning } from './relearning.ts'

const relearnSchema = z.looseObject({ knowledge: z.array(keptKnowledgeSchema).max(10_000) })
const depthLimit = 20

/**
 * What the state store asks: what people taught, and to take it back, with what stood on the record of the fleet before. Nobody else may: it
 * tells what not everybody may read, and makes answers in the name of people.
 */
export function stateEndpoints({
  subjects,
  learning,
  relearn,
  record,
}: {
  subjects: OrgSubjects
  learning: Pick<LearningLog, 'changedSince'>
  relearn: ReturnType<typeof createRelearning>
  record: Pick<KeptRecord, 'bringBack'>
}): Record<'learned' | 'relearn', Endpoint> {
  return {
    learned: {
      subject: subjects.knowledgeService('learned', 'state'),
      handler: async (data) => {
        const { since, after } = readRequest(learnedRequestSchema, data, 'learned')
        return keptAnswers(learning, since === null ? null : new Date(since), after)
      },
    },
    relearn: {
      subject: subjects.knowledgeService('relearn', 'state'),
      handler: async (data) => {
        refuseDeep(data, depthLimit, 'relearn')
        const { knowledge } = readRequest(relearnSchema, data, 'relearn')
        // Answers may rest on it, and end where it is missing.
        const recorded = record.bringBack(knowledge)
        const taught = relearn(knowledge)
        const both: BroughtBack = { taken: recorded.taken + taught.taken, known: recorded.known + taught.known }
        return both
      },
    },
  }
}
