import { mayRead, type Reader } from '../core/knowledge/access.ts'
import type { DocumentFacts } from '../core/knowledge/document.ts'
import type { Fitted } from '../core/knowledge/fitted.ts'
import type { Finding, FoundSection } from '../core/knowledge/found.ts'
import type { KnowledgeIndex } from '../ports/knowledge-index.ts'
import type { Basis } from '../ports/question-log.ts'
import { createFinder } from './find.ts'

/** So often others are looked for in place of what is gone; then only what was seen to be there counts. */
const mostLooks = 8

/** What may be cited of what is found, and what is considered beside it. */
interface Looked {
  also: readonly FoundSection[]
  mayBe: (section: FoundSection) => boolean
  /** How many times as many sections are asked for, so that enough are left. */
  widened: number
}

/** Finds in what is there at this moment. */
export interface PresentFinder {
  /** See `Finder`; `also` are sections that were found in another way, for the same reader. */
  find(question: string, earlier: readonly string[], reader: Reader, also: readonly FoundSection[]): Promise<Finding>
  /** Whether an answer that was made of these may still be given: each is there, says what it said, and may be read by the reader. */
  stands(basis: readonly Basis[], reader: Reader): Promise<boolean>
}

/**
 * A finder that cites no file which was deleted, restricted or changed since it was read, and no answer that was learned beside such a one: each
 * document is looked at before it is cited, so that the moment until the index hears of it does not count. What is away for one question may be
 * there for the next.
 */
export function createPresentFinder(parts: {
  index: KnowledgeIndex
  fitted: Fitted
  /** A document as the index has it; null for none. */
  factsOf: (document: string) => DocumentFacts | null
  /** Whether it is so at this moment. */
  stillThere: (document: string) => Promise<boolean>
  /** The documents beside which an answer was learned. */
  restsOn: (learned: string) => readonly string[]
}): PresentFinder {
  const { index, fitted, factsOf, stillThere, restsOn } = parts
  /** Of the question that is looked up right now, which takes one turn. */
  let looked: Looked = { also: [], mayBe: () => true, widened: 1 }
  // One for all questions: it remembers the words that it read.
  const finder = createFinder({
    fitted,
    index: {
      statistics: index.statistics,
      occurrences: index.occurrences,
      search(stems, reader, limit) {
        const { also, mayBe, widened } = looked
        const found = index
          .search(stems, reader, limit * widened)
          .filter(mayBe)
          .slice(0, limit)
        const known = new Set(found.map(({ section }) => section))
        return [...found, ...also.filter((section) => mayBe(section) && !known.has(section.section))]
      },
    },
  })

  return {
    async find(question, earlier, reader, also) {
      const seen = new Map<string, boolean>()
      for (let looks = 0; ; looks++) {
        const isLast = looks === mostLooks
        const mayBe = ({ document }: FoundSection) => seen.get(document.id) ?? !(isLast && canGo(document))
        looked = { also, mayBe, widened: looks === 0 ? 1 : mostLooks }
        const finding = finder.find(question, earlier, reader)
        if (isLast) return finding
        const cited = finding.sections.map(({ document }) => document).filter(canGo)
        const documents = new Map(cited.map((document) => [document.id, document]))
        const are = await Promise.all([...documents.values()].map(async (it) => [it.id, await isThere(it)] as const))
        for (const [id, there] of are) seen.set(id, there)
        if (are.every(([, there]) => there)) return finding
      }
    },
    async stands(basis, reader) {
      const are = basis.map(async ({ document, hash }) => {
        const facts = factsOf(document)
        return facts?.hash === hash && mayRead(facts.access, reader) && (await isThere(facts))
      })
      return (await Promise.all(are)).every((there) => there)
    },
  }

  async function isThere({ id, kind }: DocumentFacts): Promise<boolean> {
    const documents = kind === 'learned' ? restsOn(id) : [id]
    return (await Promise.all(documents.map(stillThere))).every((there) => there)
  }
}

/** The fleet's own record stays as it is. */
function canGo({ kind }: DocumentFacts): boolean {
  return kind !== 'record'
}
