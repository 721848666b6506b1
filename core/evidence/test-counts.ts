/** How many tests there were, as the program that ran them says. */
export interface TestCounts {
  passed: number
  failed: number
  /** What was there and did not run, or whose outcome did not matter. */
  skipped: number
}

/** Reads the summary of one tool that line `at` belongs to; null when there is none, `cut` when the rest of it was not kept. */
type Summary = (lines: readonly string[], at: number) => TestCounts | 'cut' | null

/** No line of a summary is longer, in characters. */
const longest = 1_000
/** Colours and movements of a terminal. Every repeat is bounded, so this takes linear time. */
const terminalSequence =
  /\x1b\[[0-?]{0,100}[ -/]{0,10}[@-~]|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|\x1b[ -/]{0,10}[0-~]/g

/** What the words of all these tools come to. A test that is expected to fail asks for nothing: it counts as skipped. */
const outcomes: Readonly<Record<string, keyof TestCounts>> = {
  passed: 'passed',
  passing: 'passed',
  pass: 'passed',
  ok: 'passed',
  xpassed: 'passed',
  measured: 'passed',
  failed: 'failed',
  failing: 'failed',
  fail: 'failed',
  cancelled: 'failed',
  error: 'failed',
  errors: 'failed',
  skipped: 'skipped',
  skip: 'skipped',
  pending: 'skipped',
  todo: 'skipped',
  ignored: 'skipped',
  xfailed: 'skipped',
  deselected: 'skipped',
  'filtered out': 'skipped',
  'expected fail': 'skipped',
}

/**
 * What the summary of a test run says: of Vitest, Jest, Mocha, `node --test`, pytest, `cargo test`, `go test -v` and Maven. Null when none
 * is there. Tests can print whatever they like, a summary too; so the last one counts, which the tool writes when they are over. Those of
 * crates, packages and modules, of which the tool writes one each, are added up, and are null unless all that was printed `isWhole`: the sum
 * of an end would be another each time. Takes linear time.
 */
export function testCounts(output: string, isWhole = true): TestCounts | null {
  const lines = output
    .replace(terminalSequence, '')
    .split(/\r?\n|\r/)
    .map((line) => (line.length > longest ? '' : line.trimEnd()))
  const summaries: Summary[] = [vitest, jest, mocha, node, pytest, cargo(isWhole), go(isWhole), maven(isWhole)]
  for (let at = lines.length - 1; at >= 0; at--) {
    if (lines[at] === '') continue
    for (const summary of summaries) {
      const counts = summary(lines, at)
      if (counts !== null) return counts === 'cut' ? null : counts
    }
  }
  return null
}

/** ` Test Files  2 passed (2)`, then `      Tests  1 failed | 5 passed | 1 todo (7)`. */
const vitest: Summary = (lines, at) => {
  const [, said] = /^ {1,8}Tests {2}(.+)$/.exec(lines[at] ?? '') ?? []
  if (said === undefined || !/^ Test Files {2}\S/.test(lines[at - 1] ?? '')) return null
  return said === 'no tests' ? none() : added(said.replace(/ \(\d+\)$/, '').split(' | '))
}

/** `Test Suites: 1 passed, 1 total`, then `Tests:       2 passed, 2 total`. */
const jest: Summary = (lines, at) => {
  const [, said] = /^Tests: {2,12}(.+), \d+ total$/.exec(lines[at] ?? '') ?? []
  if (said !== undefined && /^Test Suites: \S/.test(lines[at - 1] ?? '')) return added(said.split(', '))
  return /^Tests: {2,12}0 total$/.test(lines[at] ?? '') ? none() : null
}

/** `  2 passing (6ms)`, then perhaps `  1 pending` and `  1 failing`. */
const mocha: Summary = (lines, at) => {
  const [, passing] = /^ {2}(\d+ passing) \(\d+(?:ms|[smhd])\)$/.exec(lines[at] ?? '') ?? []
  if (passing === undefined) return null
  const others = lines.slice(at + 1, at + 3).filter((line) => /^ {2}\d+ (?:pending|failing)$/.test(line))
  return added([passing, ...others.map((line) => line.trim())])
}

/** `# tests 5`, `# suites 0`, `# pass 2` and so on; with `ℹ` where a person reads it. */
const node: Summary = (lines, at) => {
  const [, sign] = /^([#ℹ]) tests \d+$/.exec(lines[at] ?? '') ?? []
  if (sign === undefined) return null
  const said: string[] = []
  for (const line of lines.slice(at + 1, at + 8)) {
    const [, mark, word, count] = /^([#ℹ]) ([a-z]+) +(\d+)$/.exec(line) ?? []
    if (mark !== sign) break
    if (word !== 'suites') said.push(`${count} ${word}`)
  }
  return said.some((part) => part.endsWith(' pass')) ? added(said) : null
}

/** `===== 1 failed, 2 passed, 1 warning in 0.12s =====`, or without the frame. */
const pytest: Summary = (lines, at) => {
  const line = lines[at] ?? ''
  const [, said] = /^(?:=+ )?([\w ,]+) in \d+(?:\.\d+)?s(?: \([\d:, day]+\))?(?: =+)?$/.exec(line) ?? []
  if (said === undefined) return null
  if (said === 'no tests ran') return none()
  const parts = said.split(', ').filter((part) => !/^\d+ (?:warnings?|rerun|subtests passed)$/.test(part))
  return parts.length === 0 ? null : added(parts)
}

/** `running 3 tests`, and at their end `test result: ok. 2 passed; 0 failed; 1 ignored; ...`, once for each program of a crate. */
function cargo(isWhole: boolean): Summary {
  const result = /^test result: (?:ok|FAILED)\. (.+?)(?:; finished in [\d.]+s)?$/
  return once(result, isWhole, (lines) => {
    let sum: TestCounts | null = null
    let running: number | null = null
    for (const line of lines) {
      const [, started] = /^running (\d+) tests?$/.exec(line) ?? []
      if (started !== undefined) running = Number(started)
      const [, said] = result.exec(line) ?? []
      if (said === undefined || running === null) continue
      const counts = added(said.split('; '))
      // What a test printed is not as many as were begun.
      if (counts === null || totalOf(added(said.split('; ').slice(0, 4))) !== running) continue
      sum = plus(sum, counts)
      running = null
    }
    return sum
  })
}

/** `--- PASS: TestA (0.00s)` for each test, and `ok  	package	0.01s` for each package. Without `-v` there are no numbers. */
function go(isWhole: boolean): Summary {
  return once(/^(?:ok {2}\t|FAIL\t)\S+\t/, isWhole, (lines) => {
    let sum: TestCounts | null = null
    const started = new Set<string>()
    for (const line of lines) {
      const [, name] = /^=== RUN {3}(\S+)$/.exec(line) ?? []
      if (name !== undefined) started.add(name)
      const [, outcome = '', ended = ''] = /^ *--- (PASS|FAIL|SKIP): (\S+) \(\d+\.\d+s\)$/.exec(line) ?? []
      // Each that was begun ends once; names come again in another package.
      if (started.delete(ended)) sum = plus(sum, added([`1 ${outcome.toLowerCase()}`]) ?? none())
    }
    return sum
  })
}

/** `[INFO] Tests run: 4, Failures: 1, Errors: 0, Skipped: 1` at the end of each module; lines about one class name it or a time. */
function maven(isWhole: boolean): Summary {
  const totals = /^\[(?:INFO|WARNING|ERROR)\] Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$/
  return once(totals, isWhole, (lines) => {
    let sum: TestCounts | null = null
    let module: TestCounts | null = null
    for (const line of lines) {
      if (/^\[INFO\] --- (?:maven-)?(?:surefire|failsafe)(?:-plugin)?:/.test(line)) {
        if (module !== null) sum = plus(sum, module)
        module = null
      }
      const [, run, failures, errors, skipped] = (totals.exec(line) ?? []).map(Number)
      if (run === undefined) continue
      const failed = (failures ?? 0) + (errors ?? 0)
      module = { passed: Math.max(0, run - failed - (skipped ?? 0)), failed, skipped: skipped ?? 0 }
    }
    return module === null ? sum : plus(sum, module)
  })
}

/** A summary that takes all lines together, looked for when a line shows that there may be one, and then no more. */
function once(sign: RegExp, isWhole: boolean, read: (lines: readonly string[]) => TestCounts | null): Summary {
  let isRead = false
  return (lines, at) => {
    if (isRead || !sign.test(lines[at] ?? '')) return null
    isRead = true
    return isWhole ? read(lines) : 'cut'
  }
}

/** `3 passed` and the like, added up; null when one of them is anything else. */
function added(parts: readonly string[]): TestCounts | null {
  const counts = none()
  for (const part of parts) {
    const [, count, word = ''] = /^(\d{1,9}) ([a-z ]+)$/.exec(part) ?? []
    const outcome = Object.hasOwn(outcomes, word) ? outcomes[word] : undefined
    if (outcome === undefined) return null
    counts[outcome] += Number(count)
  }
  return counts
}

function plus(sum: TestCounts | null, { passed, failed, skipped }: TestCounts): TestCounts {
  if (sum === null) return { passed, failed, skipped }
  return { passed: sum.passed + passed, failed: sum.failed + failed, skipped: sum.skipped + skipped }
}

function totalOf(counts: TestCounts | null): number | null {
  return counts === null ? null : counts.passed + counts.failed + counts.skipped
}

function none(): TestCounts {
  return { passed: 0, failed: 0, skipped: 0 }
}
