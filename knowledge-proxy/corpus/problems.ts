import { oneLine } from '../../core/clean-text.ts'
import { shownPath } from '../../core/knowledge/corpus-path.ts'
import { unknownRooms } from '../../core/knowledge/describe.ts'
import type { DocumentFacts } from '../../core/knowledge/document.ts'
import type { CorpusSettings } from '../../core/knowledge/settings.ts'

/** How many are told of; the others are counted. */
const most = 100

/** A sentence about one file. */
export function problemOf(path: string, what: string): string {
  return oneLine(`${shownPath(path)}: ${what}`, 700)
}

/** What documents say of their readers that cannot be meant. */
export function accessProblems(facts: Iterable<DocumentFacts>, source: string, rooms: ReadonlySet<string>): string[] {
  const problems: string[] = []
  for (const { id, access } of facts) {
    const unknown = unknownRooms(access, rooms).map((room) => JSON.stringify(room))
    if (unknown.length === 0) continue
    const what = `nobody is in ${unknown.join(', ')}: the fleet has no such room; mend "access" in it`
    problems.push(problemOf(id.slice(source.length + 1), what))
  }
  return problems
}

/** What is off with a source as a whole. */
interface SourceTroubles {
  settings: Pick<CorpusSettings, 'name' | 'access'>
  failed: boolean
  /** Sentences of the source; they may say where it lies. */
  troubles: readonly string[]
}

/**
 * What everybody may be told of the corpus, in sentences for a room: a source that is not for everybody is not named, and where a source
 * lies is for those who look after it.
 */
export function corpusTroubles(sources: readonly SourceTroubles[]): string[] {
  const said = sources.flatMap(({ settings: { name, access }, failed, troubles }) => {
    const which = access === undefined ? `the corpus ${name}` : 'a corpus'
    if (failed) return [`${which} cannot be read`]
    return troubles.length > 0 ? [`${which} is not read as it should be`] : []
  })
  return [...new Set(said)]
}

/** The first of them, and how many more there are. */
export function firstProblems(problems: readonly string[]): { problems: string[]; more_problems: number } {
  return { problems: problems.slice(0, most), more_problems: Math.max(0, problems.length - most) }
}
