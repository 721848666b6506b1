import { listed, quoted } from '../task/wording.ts'
import type { TestCounts } from './test-counts.ts'
import { mostTestFiles } from './test-files.ts'

/** What a run of the tests is measured by. */
export interface Tested {
  /** By path from the root of the repository: the name of their content. */
  testFiles: ReadonlyMap<string, string>
  tests: TestCounts | null
  /** Files that were among those that count before, lie there still, and are ignored now. */
  ignored?: readonly string[]
}

/** Files that are named; of the others the number is said. */
const named = 3
/** Of the end of a path, characters: it tells more than the beginning. */
const shownChars = 60

/**
 * Why a person should look at a run that passed: sentences, at most 300 characters each. None when there is nothing to compare it with, and
 * none for tests that were added.
 */
export function doubtsOf(before: Tested | null, now: Tested): string[] {
  if (before === null) return []
  const doubts = [...doubtsOfCounts(before.tests, now.tests)]
  const changed: string[] = []
  const gone: string[] = []
  const seenTo = lastSeen(now.testFiles)
  for (const [path, content] of before.testFiles) {
    const found = now.testFiles.get(path)
    if (found !== undefined && found !== content) changed.push(path)
    else if (found === undefined && (seenTo === null || path <= seenTo)) gone.push(path)
  }
  if (changed.length > 0) doubts.push(`${files(changed)} changed.`)
  if (gone.length > 0) doubts.push(`${files(gone)} not there any more.`)
  const { ignored = [] } = now
  if (ignored.length > 0)
    doubts.push(
      `${names(ignored)} ${ignored.length === 1 ? 'is' : 'are'} still there, but ignored now: no run says anything of that.`,
    )
  if (isCut(before.testFiles) || isCut(now.testFiles)) {
    const most = mostTestFiles.toLocaleString('en')
    doubts.push(`There are more than ${most} test files; whether the others changed, nobody can say.`)
  }
  return doubts

  function files(paths: string[]): string {
    const one = paths.length === 1
    return `${one ? 'The test file' : 'Test files'} ${names(paths)} ${one ? 'is' : 'are'}`
  }
}

function* doubtsOfCounts(before: TestCounts | null, now: TestCounts | null): Generator<string> {
  if (before === null || ran(before) === 0) return
  if (now === null || ran(now) === 0) {
    yield `It ended well, but no test was seen to run; there were ${ran(before)} before.`
    return
  }
  const dropped = before.passed - now.passed
  if (dropped > 0) yield `${dropped} of ${before.passed} tests that passed before ${dropped === 1 ? 'is' : 'are'} gone.`
  const skipped = now.skipped - before.skipped
  if (skipped > 0) yield `${skipped} more ${skipped === 1 ? 'test is' : 'tests are'} skipped than before.`
}

function ran({ passed, failed }: TestCounts): number {
  return passed + failed
}

/** The path up to which files were looked at, when there were too many; then of what comes behind nothing is known. */
function lastSeen(testFiles: ReadonlyMap<string, string>): string | null {
  if (!isCut(testFiles)) return null
  let last = ''
  for (const path of testFiles.keys()) if (path > last) last = path
  return last
}

function isCut(testFiles: ReadonlyMap<string, string>): boolean {
  return testFiles.size >= mostTestFiles
}

function names(paths: readonly string[]): string {
  const shown = [...paths]
    .sort()
    .slice(0, named)
    .map((path) => quoted(path.length > shownChars ? `…${path.slice(-shownChars)}` : path, shownChars + 20))
  const more = paths.length - shown.length
  return listed(more > 0 ? [...shown, `${more} more`] : shown)
}
