import { createAsking } from './asking.ts'
import { createDigest } from './digest.ts'
import { createHearing } from './hearing.ts'
import { createLearnedAnswers } from './learned-answers.ts'
import type { LearningParts } from './parts.ts'
import { createRelearning } from './relearning.ts'
import { createSuggesting } from './suggesting.ts'
import { createTeaching } from './teaching.ts'
import { createVoting } from './voting.ts'

/**
 * What the knowledge proxy learns from people. Puts the library right first: from then on it holds the learned answers
 * that count, and no others. Nothing said in a room is learned unless somebody who may say what the answer is gives the
 * command.
 */
export function createLearning(parts: LearningParts) {
  const answers = createLearnedAnswers(parts)
  const suggest = createSuggesting(parts)
  const teaching = createTeaching({ ...parts, answers, suggest })
  const asking = createAsking(parts)
  let isKnown = (_document: string) => false
  answers.reconcile(isKnown)

  return {
    /** Who is asked instead, decided before the answer is kept. */
    ask: asking.ask,
    /** For the door, which has checked the right to each. */
    handlers: {
      vote: createVoting({ ...parts, suggest }),
      human: asking.human,
      teach: teaching.teach,
      remember: teaching.remember,
      forget: teaching.forget,
    },
    heard: createHearing(parts),
    documentChanged: answers.documentChanged,
    restsOn: answers.restsOn,
    /**
     * To be called when sources were read: what is missing then of those that are known is gone, and what was learned beside
     * it ends.
     */
    corpusRead(known: (document: string) => boolean): void {
      answers.reconcile(known)
      isKnown = known
    },
    /** What people taught before the file was lost. */
    relearn: createRelearning({ ...parts, answers, isKnown: (document) => isKnown(document) }),
    digest: createDigest(parts),
  }
}
