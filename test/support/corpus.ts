import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCorpusFolder } from '../../adapters/disk/corpus-folder.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createSqliteLibrary } from '../../adapters/sqlite/knowledge/library.ts'
import type { CorpusSettings } from '../../core/knowledge/settings.ts'
import { createIndexer, type Indexer, type IndexerParts } from '../../knowledge-proxy/corpus/indexer.ts'
import type { CorpusSource } from '../../ports/corpus-source.ts'
import type { DocumentReader } from '../../ports/document-reader.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import { until } from './process.ts'
import { quietLog, quietMetrics } from './quiet.ts'

/** A folder of documents, a real library, and what keeps the one as the other. */
export interface CorpusHouse {
  readonly base: string
  /** The folder of the documents. */
  readonly folder: string
  readonly library: Library
  readonly reader: DocumentReader
  /** What was told to have changed. */
  readonly changed: string[]
  write(path: string, text: string | Uint8Array): void
  rename(from: string, to: string): void
  remove(path: string): void
  /** The folder as a source, with these settings. */
  source(settings?: Partial<CorpusSettings>): { settings: CorpusSettings; source: CorpusSource }
  /** Starts to keep these sources, by default the folder, as `docs`. */
  start(options?: Partial<IndexerParts>): Indexer & { stop(): Promise<void> }
  /** The documents of which one has these words, for somebody in these rooms. */
  found(words: string, ...rooms: string[]): string[]
  close(): Promise<void>
}

/** `reader` is whoever calls' to close. */
export function createCorpusHouse(reader: DocumentReader): CorpusHouse {
  const base = mkdtempSync(join(tmpdir(), 'breakroom-corpus-'))
  const folder = join(base, 'docs')
  mkdirSync(folder)
  const rooms = new Set(['breakroom', 'board'])
  const file = join(base, 'knowledge.sqlite')
  const library = createSqliteLibrary({ file, clock: systemClock, log: quietLog, rooms })
  const changed: string[] = []
  const running: (() => Promise<void>)[] = []
  let count = 0

  const house: CorpusHouse = {
    base,
    folder,
    library,
    reader,
    changed,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    },
    rename: (from, to) => renameSync(join(folder, from), join(folder, to)),
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    source(settings = {}) {
      const all = { name: 'docs', folder, ...settings } as CorpusSettings & { folder: string }
      const scratch = join(base, 'scratch', `${++count}`)
      return { settings: all, source: createCorpusFolder({ folder: all.folder, only: all.only, scratch }) }
    },
    start(options = {}) {
      const stop = new AbortController()
      const indexer = createIndexer({
        library,
        reader,
        sources: [house.source()],
        rooms,
        clock: systemClock,
        log: quietLog,
        metrics: quietMetrics,
        changed: (document) => changed.push(document),
        signal: stop.signal,
        ...options,
      })
      const end = async () => {
        stop.abort()
        await indexer.ended
      }
      running.push(end)
      return { ...indexer, stop: end }
    },
    found(words, ...rooms) {
      const found = library.search(words.split(' '), { rooms: new Set(rooms) }, 100)
      return [...new Set(found.map(({ document }) => document.id))].sort()
    },
    async close() {
      await Promise.all(running.map((end) => end()))
      library.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
  return house
}

/** Resolves when everything has been read. */
export async function whole(indexer: Indexer): Promise<void> {
  await until('the corpus is read', () => indexer.status().every(({ state }) => state === 'ready'))
}
