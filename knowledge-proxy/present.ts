import type { Reader } from '../core/knowledge/access.ts'
import type { Fitted } from '../core/knowledge/fitted.ts'
import type { Finding, FoundSection } from '../core/knowledge/found.ts'
import type { KnowledgeIndex } from '../ports/knowledge-index.ts'
import { createFinder } from './find.ts'

/** A file may be changed while we look; more often than this in one question it is somebody else's turn. */
const mostLooks = 4

/** Finds in what is there at this moment. */
export interface PresentFinder {
  /** See `Finder`; `also` are sections that were found in another way, for the same reader. */
  find(question: string, earlier: readonly string[], reader: Reader, also: readonly FoundSection[]): Promise<Finding>
  /** The document is as the index has it, from now on. */
  changed(document: string): void
}

/**
 * A finder that cites no file which was deleted, restricted or changed since it was read: each document is looked at before it is cited, so that
 * the moment until the index hears of it does not count.
 */
export function createPresentFinder(parts: {
  index: KnowledgeIndex
  fitted: Fitted
  stillThere: (document: string) => Promise<boolean>
}): PresentFinder {
  const { index, fitted, stillThere } = parts
  const gone = new Set<string>()
  const isPresent = ({ document }: FoundSection) => !gone.has(document.id)

  return {
    async find(question, earlier, reader, also) {
      for (let looks = 0; ; looks++) {
        const finding = finderWith(also).find(question, earlier, reader)
        const absent = looks < mostLooks ? await absentIn(finding.sections) : []
        if (absent.length === 0) return finding
        for (const document of absent) gone.add(document)
      }
    },
    changed: (document) => void gone.delete(document),
  }

  function finderWith(also: readonly FoundSection[]) {
    return createFinder({
      fitted,
      index: {
        statistics: index.statistics,
        occurrences: index.occurrences,
        search(stems, reader, limit) {
          const found = index
            .search(stems, reader, limit + gone.size)
            .filter(isPresent)
            .slice(0, limit)
          const known = new Set(found.map(({ section }) => section))
          return [...found, ...also.filter((section) => isPresent(section) && !known.has(section.section))]
        },
      },
    })
  }

  async function absentIn(sections: readonly FoundSection[]): Promise<string[]> {
    const files = new Set(
      sections.filter(({ document }) => document.kind === 'file').map(({ document }) => document.id),
    )
    const checked = await Promise.all([...files].map(async (id) => ({ id, there: await stillThere(id) })))
    return checked.filter(({ there }) => !there).map(({ id }) => id)
  }
}
