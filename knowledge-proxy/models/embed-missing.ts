import { backoffMs } from '../../core/backoff.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Embedder } from '../../ports/embedder.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { MissingVector, SectionVectors } from '../../ports/section-vectors.ts'
import type { Sleep } from '../../ports/sleep.ts'
import { shownText } from './shown-passage.ts'

const timeoutMs = 30_000
/** How often it is looked whether something new has come. */
const idleMs = 2_000
const away = { floorMs: 2_000, capMs: 300_000 }

export interface Embedding {
  embedder: Embedder
  vectors: SectionVectors
  sleep: Sleep
  random(): number
  log: Log
  metrics: Metrics
}

/**
 * Embeds whatever sections have no vector, and what comes later, until the signal aborts; then it resolves. What was embedded is kept at
 * once, so a kill costs one batch. While the provider is away it waits longer and longer; a text that it refuses is left out.
 */
export async function embedMissing({ embedder, vectors, sleep, random, log, metrics }: Embedding, signal: AbortSignal) {
  let failures = 0
  let size = embedder.batch
  let working = false
  while (!signal.aborted) {
    try {
      const missing = vectors.missing(size)
      const sections = missing.length === 0 ? 0 : vectors.missingCount()
      metrics.gauge('breakroom_vectors_missing', sections)
      if (missing.length > 0) {
        if (!working) log.info({ sections, model: embedder.model }, 'knowledge: embedding')
        working = true
        const refused = await embed(missing)
        size = refused ? Math.max(1, Math.floor(size / 4)) : embedder.batch
      } else if (working) {
        working = false
        vectors.sweep()
        log.info({ model: embedder.model }, 'knowledge: every section can be found by its meaning')
      }
      failures = 0
      if (missing.length === 0) await sleep(idleMs, signal)
    } catch (error) {
      if (signal.aborted || isBreakroomError(error, 'closed')) return
      failures += 1
      if (!isBreakroomError(error)) log.error({ error: sentenceOf(error) }, 'knowledge: embedding failed')
      await sleep(Math.max(askedToWait(error), backoffMs(failures, random, away)), signal)
    }
  }

  /** Embeds some texts; true when the model does not take them. */
  async function embed(missing: readonly MissingVector[]): Promise<boolean> {
    try {
      const texts = missing.map(({ text }) => shownText(text))
      const found = await embedder.embed(texts, 'passage', { timeoutMs, signal })
      vectors.put(missing.map(({ key }, at) => ({ key, vector: found[at] ?? null })))
      return false
    } catch (error) {
      if (!isBreakroomError(error, 'unavailable') || error.detail.kind !== 'refused') throw error
      // Which of several it was shows when they are fewer.
      if (missing.length === 1) vectors.put(missing.map(({ key }) => ({ key, vector: null })))
      return missing.length > 1
    }
  }
}

function askedToWait(error: unknown): number {
  const ms = isBreakroomError(error) ? error.detail.retry_after_ms : 0
  return typeof ms === 'number' ? Math.min(ms, away.capMs) : 0
}
