import { join } from 'node:path'
import { openKnowledgeFile } from '../../../adapters/sqlite/knowledge/file.ts'
import { libraryIn } from '../../../adapters/sqlite/knowledge/library.ts'
import { vectorsIn } from '../../../adapters/sqlite/knowledge/vectors.ts'
import type { Access, Reader } from '../../../core/knowledge/access.ts'
import type { Finding, RankedSentence } from '../../../core/knowledge/found.ts'
import { stemsOf } from '../../../core/knowledge/words.ts'
import type { Library } from '../../../ports/knowledge-index.ts'
import type { SectionVectors } from '../../../ports/section-vectors.ts'
import { temporaryFolder } from '../process.ts'
import { quietLog } from '../quiet.ts'
import { realClock } from '../virtual-clock.ts'
import { relevance } from './meaning.ts'

/** A real library with a few documents. */
export interface SmallLibrary extends Disposable {
  library: Library
  vectors: SectionVectors
  put(id: string, text: string, access?: Access): void
  /** What would be found, and answered with the best sentence; as sure as it says. */
  find(question: string, reader?: Reader): Finding
}

export const anybody: Reader = { rooms: new Set() }

export function openSmallLibrary(model: string): SmallLibrary {
  const folder = temporaryFolder()
  const file = openKnowledgeFile({ file: join(folder.path, 'knowledge.db'), clock: realClock, log: quietLog })
  const library = libraryIn(file)
  return {
    library,
    vectors: vectorsIn(file, library, model),
    put(id, text, access = []) {
      const rest = { kind: 'file', source: 'docs', date: '2026-01-05', author: null, status: 'current' } as const
      library.put({ ...rest, id, title: id, access, topics: [], hash: 'h' }, '1', [{ heading: [], text }])
    },
    find(question, reader = anybody) {
      const sections = library.search(stemsOf(question), reader, 10)
      const sentences = sections
        .flatMap((section) =>
          section.sentences.map(
            (text, index): RankedSentence => ({ section, index, text, score: relevance(question, text) }),
          ),
        )
        .toSorted((one, other) => other.score - one.score)
      const confidence = { probability: 0.7, band: 'medium', why: 'a test' } as const
      return { understood: null, sections, sentences: sentences.slice(0, 10), block: sentences.slice(0, 1), confidence }
    },
    [Symbol.dispose]() {
      library.close()
      folder[Symbol.dispose]()
    },
  }
}
