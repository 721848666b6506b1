import { oneLine } from '../../core/clean-text.ts'
import { shownPath } from '../../core/knowledge/corpus-path.ts'
import { unknownRooms } from '../../core/knowledge/describe.ts'
import type { DocumentFacts } from '../../core/knowledge/document.ts'

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

/** The first of them, and how many more there are. */
export function firstProblems(problems: readonly string[]): { problems: string[]; more_problems: number } {
  return { problems: problems.slice(0, most), more_problems: Math.max(0, problems.length - most) }
}
