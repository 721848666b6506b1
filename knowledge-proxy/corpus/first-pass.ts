import { sentenceOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import type { Indexer } from './indexer.ts'

/**
 * To be called now and then, until it returns true: tells `corpusRead` each time that the files of one more source are known, and once
 * more when that could not be done. A source that cannot be read holds up no other.
 */
export function createFirstPass({
  indexer,
  sources,
  corpusRead,
  log,
}: {
  indexer: Pick<Indexer, 'isKnown'>
  /** Their names. */
  sources: readonly string[]
  /** `isKnown` tells of a document whether it is gone when it is not in the library. */
  corpusRead(isKnown: (document: string) => boolean): void
  log: Log
}): () => boolean {
  /** The sources that it was told of. */
  const told = new Set<string>()
  return () => {
    const known = sources.filter((name) => indexer.isKnown(name))
    const isNew = known.some((name) => !told.has(name))
    if (!isNew && sources.length > 0) return told.size === sources.length
    try {
      const unknown = new Set(sources.filter((name) => !known.includes(name)))
      corpusRead((document) => !unknown.has(document.slice(0, document.indexOf('/'))))
      for (const name of known) told.add(name)
    } catch (error) {
      log.warn({ cause: sentenceOf(error) }, 'learned answers could not be compared with the corpus; tried again')
    }
    return told.size === sources.length
  }
}
