import { setImmediate as nextTurn } from 'node:timers/promises'
import { didYouMean } from '../../core/did-you-mean.ts'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { CorpusStatus } from '../../core/knowledge/request.ts'
import type { CorpusSettings } from '../../core/knowledge/settings.ts'
import type { CorpusSource } from '../../ports/corpus-source.ts'
import { keepSource, type SourceParts } from './keep-source.ts'
import { createPace, createTurns } from './turns.ts'

export interface IndexerParts extends Omit<SourceParts, 'settings' | 'source' | 'turns'> {
  sources: readonly { settings: CorpusSettings; source: CorpusSource }[]
}

/** What keeps the library as the corpus is. */
export interface Indexer {
  /** Of each source, in the order of the configuration. */
  status(): CorpusStatus[]
  /** Whether all of the source with this name is in the library; false for none. */
  isKnown(name: string): boolean
  /** Reads a source again, or all, whatever looks unchanged; resolves when that is done. Rejects with `usage` for a name that is none. */
  reindex(name: string | null): Promise<void>
  /**
   * Whether a document of kind `file` is just as it was read, at this moment, whatever the watching has come to: false when it was
   * deleted, changed, or its source is no longer configured or is for others now. To be asked of every document before it is cited:
   * from then on a deleted or restricted one says nothing, not even for the tenth of a second until it is taken out of the library.
   */
  stillThere(document: string): Promise<boolean>
  /** Resolves after `signal` aborted, when nothing is under way any more. */
  ended: Promise<void>
}

/**
 * Takes the files of all sources into the library and keeps them there as they are, until `signal` aborts: at the start and at each
 * change. One file at a time, whatever the source; a kill in between costs nothing but reading one file again.
 */
export function createIndexer({ sources, ...parts }: IndexerParts): Indexer {
  const turns = createTurns()
  const kept = new Map(
    sources.map(({ settings, source }) => [settings.name, keepSource({ ...parts, settings, source, turns })]),
  )

  return {
    status: () => [...kept.values()].map(({ status }) => status()),
    isKnown: (name) => kept.get(name)?.isKnown() ?? false,
    async reindex(name) {
      if (name === null) {
        await Promise.all([...kept.values()].map(({ reindex }) => reindex()))
        return
      }
      const source = kept.get(name)
      if (source === undefined) throw unknownSource(name, [...kept.keys()])
      await source.reindex()
    },
    async stillThere(document) {
      const end = document.indexOf('/')
      return (await kept.get(document.slice(0, end))?.stillThere(document.slice(end + 1))) ?? false
    },
    ended: Promise.all([removeOthers().catch(sayFailed), ...[...kept.values()].map(({ ended }) => ended)]).then(
      () => {},
    ),
  }

  function sayFailed(error: unknown): void {
    if (!isBreakroomError(error, 'closed')) {
      parts.log.warn({ cause: sentenceOf(error) }, 'documents of sources that are gone could not be removed')
    }
  }

  /** What came from a source that is no longer in the configuration. */
  async function removeOthers(): Promise<void> {
    const { library, changed, clock, log, signal } = parts
    const pace = createPace(clock)
    await nextTurn()
    const others = library.entries().filter(({ facts }) => facts.kind === 'file' && !kept.has(facts.source))
    for (const { facts } of others) {
      if (signal.aborted) return
      library.remove(facts.id)
      changed(facts.id)
      await pace()
    }
    if (others.length > 0) log.info({ documents: others.length }, 'documents of sources that are gone were removed')
  }
}

function unknownSource(name: string, names: string[]): BreakroomError {
  const message = `There is no corpus ${JSON.stringify(name)}${didYouMean(name, names)}`
  return new BreakroomError('usage', message, { detail: { name } })
}
