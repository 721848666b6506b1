import type { CorpusReply } from '../core/knowledge/request.ts'
import type { QuestionLog } from '../ports/question-log.ts'
import type { createAsk } from './ask.ts'
import type { Indexer } from './corpus/indexer.ts'
import type { KeptRecord } from './corpus/record.ts'
import type { Handlers } from './door.ts'
import type { createLearning } from './learning/learning.ts'

/** What each verb of the door does. */
export function createHandlers({
  ask,
  learning,
  indexer,
  record,
  questions,
}: {
  ask: ReturnType<typeof createAsk>
  learning: ReturnType<typeof createLearning>
  indexer: Pick<Indexer, 'status' | 'reindex'>
  record: Pick<KeptRecord, 'status'>
  questions: Pick<QuestionLog, 'waiting'>
}): Handlers {
  return {
    ...learning.handlers,
    ask,
    corpus: async (): Promise<CorpusReply> => ({
      sources: [...indexer.status(), record.status()],
      open_questions: questions.waiting().length,
    }),
    async reindex({ source }) {
      // Rejects at once for a name that is none; what goes wrong later stands in the status.
      const reading = indexer.reindex(source)
      await Promise.race([reading, new Promise((resolve) => setImmediate(resolve))])
      reading.catch(() => {})
      return { text: `${source ?? 'Everything'} is read again.` }
    },
  }
}
