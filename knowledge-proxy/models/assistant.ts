import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Reader } from '../../core/knowledge/access.ts'
import type { Worded } from '../../core/knowledge/compose-answer.ts'
import type { Finding, FoundSection } from '../../core/knowledge/found.ts'
import { stemsOf } from '../../core/knowledge/words.ts'
import type { Embedder } from '../../ports/embedder.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Model } from '../../ports/model-call.ts'
import type { Reranker } from '../../ports/reranker.ts'
import type { SectionVectors } from '../../ports/section-vectors.ts'
import type { Sleep } from '../../ports/sleep.ts'
import type { Writer } from '../../ports/writer.ts'
import { composeWith } from './compose.ts'
import { embedMissing } from './embed-missing.ts'
import { rewriteQuestion } from './rewrite.ts'
import { shownPassage, shownText } from './shown-passage.ts'

/** What models there are; null for what there is none for. */
export interface Models {
  writer: Writer | null
  /** With the vectors of the same model. */
  embedding: { embedder: Embedder; vectors: SectionVectors } | null
  reranker: Reranker | null
  sleep: Sleep
  random(): number
  log: Log
  metrics: Metrics
}

/** What models add to answering. Nothing here ever rejects: what a model cannot do is done without it, and `trouble` says so. */
export interface Assistant {
  /** A question that leans on earlier ones (oldest first) as one to be looked up by itself; null keeps it as it is. At most 2.5 s. */
  rewrite(question: string, earlier: readonly string[]): Promise<string | null>
  /** Sections that are near in meaning, best first, at most eight; none when nothing can tell. At most 2 s. */
  widen(question: string, reader: Reader): Promise<FoundSection[]>
  /** The same sections in the order in which they answer. At most 2 s. */
  order(question: string, sections: readonly FoundSection[]): Promise<readonly FoundSection[]>
  /** The answer in words of its own, every sentence checked against what it cites; null keeps the words of the sources. At most 10 s. */
  compose(question: string, finding: Finding): Promise<Worded | null>
  /** What could not be used the last time, in a sentence for whoever asks, or null. */
  trouble(): string | null
  /** The same for who runs the fleet, model by model. */
  troubles(): string[]
  /** Embeds what has no vector yet, until the signal aborts. */
  embedMissing(signal: AbortSignal): Promise<void>
}

const timeoutMs = { embedding: 2_000, reranking: 2_000 }
const most = { near: 8, questionCharacters: 2_000 }

/** An assistant of the models that there are. */
export function createAssistant({ writer, embedding, reranker, sleep, random, log, metrics }: Models): Assistant {
  async function orWithout<T>(without: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      // What models fail of they have told already.
      if (!isBreakroomError(error, 'unavailable'))
        log.error({ error: sentenceOf(error) }, 'knowledge: done without models')
      return without
    }
  }

  async function order(question: string, sections: readonly FoundSection[]): Promise<readonly FoundSection[]> {
    if (reranker === null || sections.length < 2) return sections
    return orWithout(sections, async () => {
      const texts = sections.map((section) => {
        const { title, heading, text } = shownPassage(section, section.window.from)
        return [title, ...heading, text].join('\n')
      })
      const places = await reranker.rerank(shown(question), texts, { timeoutMs: timeoutMs.reranking })
      const ordered = places.flatMap((place) => sections[place] ?? [])
      return [...new Set([...ordered, ...sections])]
    })
  }

  return {
    rewrite: (question, earlier) =>
      orWithout(null, async () => (writer === null ? null : rewriteQuestion(writer, question, earlier))),
    widen: (question, reader) =>
      orWithout([], async () => {
        if (embedding === null || question.trim() === '') return []
        const { embedder, vectors } = embedding
        const [vector] = await embedder.embed([shown(question)], 'question', { timeoutMs: timeoutMs.embedding })
        return vector === undefined ? [] : vectors.nearest(vector, stemsOf(question), reader, most.near)
      }),
    order,
    compose: (question, finding) =>
      orWithout(null, async () => {
        if (writer === null || finding.block.length === 0) return null
        const sections = await order(finding.understood ?? question, finding.sections)
        const { worded, dropped } = await composeWith(writer, question, finding, sections)
        for (const what of dropped) metrics.count('breakroom_model_dropped_total', { what })
        return worded
      }),
    trouble() {
      if (isOff(writer))
        return 'The model that words answers cannot be asked just now; these are the words of the sources.'
      if (isOff(embedding?.embedder ?? null)) {
        return 'The model that knows other words for the same cannot be asked just now; I looked for your own words.'
      }
      return isOff(reranker) ? 'The model that weighs sources cannot be asked just now; I went by their words.' : null
    },
    troubles: () => [writer, embedding?.embedder, reranker].flatMap((model) => model?.trouble() ?? []),
    embedMissing: async (signal) => {
      if (embedding !== null) await embedMissing({ ...embedding, sleep, random, log, metrics }, signal)
    },
  }
}

function isOff(model: Model | null): boolean {
  return model !== null && model.trouble() !== null
}

function shown(question: string): string {
  return shownText(question.slice(0, most.questionCharacters))
}
