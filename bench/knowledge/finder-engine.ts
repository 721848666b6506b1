import { join } from 'node:path'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createSqliteLibrary } from '../../adapters/sqlite/knowledge/library.ts'
import { everyone, type Reader } from '../../core/knowledge/access.ts'
import type { DocumentFacts } from '../../core/knowledge/document.ts'
import type { Fitted } from '../../core/knowledge/fitted.ts'
import type { RankedSentence } from '../../core/knowledge/found.ts'
import { createFinder } from '../../knowledge-proxy/find.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import { temporaryFolder } from '../../test/support/process.ts'
import { quietLog } from '../../test/support/quiet.ts'
import type { Passage, QuestionSet } from './data.ts'
import type { Engine } from './engine.ts'

const anybody: Reader = { rooms: new Set() }

/**
 * What the knowledge proxy answers with, over a library of its own. Each passage is a document, so that what was found is known by its
 * id. Knocked-out documents are really taken out of the library, as they are when a file is deleted.
 */
export function createFinderEngine({ passages }: Pick<QuestionSet, 'passages'>, fitted: Fitted): Engine {
  const folder = temporaryFolder()
  const library = createSqliteLibrary({ file: join(folder.path, 'knowledge.db'), clock: systemClock, log: quietLog })
  const documents = Map.groupBy(passages, ({ doc }) => doc)
  for (const passage of passages) put(library, passage)
  const finder = createFinder({ index: library, fitted })
  return {
    name: 'breakroom',
    ask({ text, earlier }) {
      const { sections, block, confidence } = finder.find(text, earlier, anybody)
      return {
        passages: sections.map(({ document }) => document.id),
        block: block.map(standing),
        signals: { confidence: confidence.probability },
      }
    },
    remove(gone) {
      for (const { id } of gone.flatMap((document) => documents.get(document) ?? [])) library.remove(id)
    },
    restore(back) {
      for (const passage of back.flatMap((document) => documents.get(document) ?? [])) put(library, passage)
    },
    [Symbol.dispose]() {
      library.close()
      folder[Symbol.dispose]()
    },
  }
}

function standing({ section, text }: RankedSentence) {
  return { passage: section.document.id, sentence: text }
}

/** Puts a passage into a library, as a document of its own. */
export function put(library: Library, { id, title, head, text }: Passage): void {
  library.put(factsOf(id, title), id, [{ heading: head === '' ? [] : [head], text }])
}

/** A document that everybody may read and that says nothing else of itself. */
export function factsOf(id: string, title: string): DocumentFacts {
  return {
    id,
    kind: 'file',
    source: 'set',
    title,
    date: null,
    author: null,
    status: 'current',
    access: everyone,
    topics: [],
    hash: id,
  }
}
