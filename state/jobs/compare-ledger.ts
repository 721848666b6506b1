import type { Ledger } from '../../ports/ledger.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { Differences } from './differences.ts'
import { readLedger } from './read-ledger.ts'
import { markOf } from './same.ts'
import { labelIn, nameOf } from './side.ts'

/** Marks of commits by task and version. */
export type CommitMarks = Map<string, string[]>

/** Sees that the file has what the ledger has, and nothing else. `marks` are those of the file's commits; they are used up. */
export async function compareLedger(
  {
    file,
    ledger,
    last,
    marks,
    caughtUp,
    signal,
  }: {
    file: StateFile
    ledger: Pick<Ledger, 'read'>
    last: number
    marks: CommitMarks
    caughtUp: () => Promise<void>
    signal: AbortSignal
  },
  differences: Differences,
  step: () => void,
): Promise<{ commits: number }> {
  const own = nameOf(file.store)
  const late: { key: string; version: number; mark: string }[] = []
  let commits = 0
  for await (const { commit } of readLedger(ledger, last, signal)) {
    const { key, version } = commit
    const [known, mark] = [marksOf(marks, key), markOf(commit)]
    commits += 1
    step()
    if (known[version] === mark) delete known[version]
    else late.push({ key, version, mark })
  }
  // What came behind the place up to which the file was read.
  if (late.length > 0) await caughtUp()
  for (const { key, version, mark } of late) {
    const kept = (await file.store.commits(key)).find(({ commit }) => commit.version === version)
    delete marksOf(marks, key)[version]
    if (kept !== undefined && markOf(kept.commit) === mark) continue
    const label = await labelIn(file.store, key)
    differences.say(
      kept === undefined
        ? `commit ${version} of ${label} is in the ledger and not in ${own}`
        : `commit ${version} of ${label} is not the same in the ledger and ${own}`,
    )
  }
  for (const [key, left] of marks) {
    for (const version of Object.keys(left)) {
      const label = await labelIn(file.store, key)
      differences.say(`commit ${version} of ${label} is in ${own} and not in the ledger`)
    }
  }
  return { commits }
}

/** The marks of one task's commits, by version; an empty list that can be filled for one that has none yet. */
export function marksOf(marks: CommitMarks, key: string): string[] {
  const known = marks.get(key) ?? []
  marks.set(key, known)
  return known
}
