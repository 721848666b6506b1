import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testCounts } from '../../../core/evidence/test-counts.ts'

/*
 * What the tools print, with a test in each that printed a summary of its own.
 */

const vitest = `      Tests  4000 passed (4000)

\x1b[41m\x1b[1m FAIL \x1b[22m\x1b[49m a.test.ts\x1b[2m > \x1b[22mb
\x1b[31m\x1b[1mAssertionError\x1b[22m: expected 1 to be 2 // Object.is equality\x1b[39m


\x1b[2m Test Files \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m\x1b[90m (1)\x1b[39m
\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m\x1b[2m | \x1b[22m\x1b[1m\x1b[32m2 passed\x1b[39m\x1b[22m\x1b[2m | \x1b[22m\x1b[36m1 expected fail\x1b[39m\x1b[2m | \x1b[22m\x1b[33m1 skipped\x1b[39m\x1b[2m | \x1b[22m\x1b[90m1 todo\x1b[39m\x1b[90m (6)\x1b[39m
\x1b[2m   Start at \x1b[22m 00:31:04
\x1b[2m   Duration \x1b[22m 170ms\x1b[2m (transform 43%, import 31%, tests 20%, worker 7%)\x1b[22m
`

const jest = `  console.log
    Tests:       4000 passed, 4000 total

\x1b[1mTest Suites: \x1b[22m\x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m, 1 total
\x1b[1mTests:       \x1b[22m\x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m, \x1b[1m\x1b[33m1 skipped\x1b[39m\x1b[22m, \x1b[1m\x1b[35m1 todo\x1b[39m\x1b[22m, \x1b[1m\x1b[32m2 passed\x1b[39m\x1b[22m, 5 total
\x1b[1mSnapshots:   \x1b[22m0 total
\x1b[1mTime:\x1b[22m        0.422 s
\x1b[2mRan all test suites\x1b[22m\x1b[2m.\x1b[22m
`

const mocha = `\x1b[36m  - c\x1b[0m
  4000 passing (2ms)
\x1b[32m  \x1b[32m✔\x1b[39m\x1b[0m\x1b[90m e\x1b[0m


\x1b[92m \x1b[0m\x1b[32m 2 passing\x1b[0m\x1b[90m (6ms)\x1b[0m
\x1b[36m \x1b[0m\x1b[36m 1 pending\x1b[0m
\x1b[31m  1 failing\x1b[0m

\x1b[0m  1) b:

      \x1b[31mAssertionError [ERR_ASSERTION]: The expression evaluated to a falsy value:
`

const nodeSpec = `ℹ tests 4000
ℹ pass 4000
\x1b[32m✔ e \x1b[90m(1.401679ms)\x1b[39m\x1b[39m
\x1b[34mℹ tests 5\x1b[39m
\x1b[34mℹ suites 0\x1b[39m
\x1b[34mℹ pass 2\x1b[39m
\x1b[34mℹ fail 1\x1b[39m
\x1b[34mℹ cancelled 0\x1b[39m
\x1b[34mℹ skipped 1\x1b[39m
\x1b[34mℹ todo 1\x1b[39m
\x1b[34mℹ duration_ms 70.579095\x1b[39m

\x1b[31m✖ failing tests:\x1b[39m
`

const nodeTap = `# tests 4000
# pass 4000
# Subtest: e
ok 5 - e
  ---
  duration_ms: 2.404626
  type: 'test'
  ...
1..5
# tests 5
# suites 0
# pass 2
# fail 1
# cancelled 0
# skipped 1
# todo 1
# duration_ms 75.59491
`

const pytest = `4000 passed in 0.01s
\x1b[36m\x1b[1m=========================== short test summary info ============================\x1b[0m
\x1b[31mFAILED\x1b[0m test_a.py::\x1b[1mtest_b\x1b[0m - assert 0
\x1b[31mERROR\x1b[0m test_a.py::\x1b[1mtest_e\x1b[0m - Exception
\x1b[31m========== \x1b[31m\x1b[1m1 failed\x1b[0m, \x1b[32m1 passed\x1b[0m, \x1b[33m1 skipped\x1b[0m, \x1b[33m1 xfailed\x1b[0m, \x1b[31m\x1b[1m1 error\x1b[0m\x1b[31m in 0.63s\x1b[0m\x1b[31m ==========\x1b[0m
`

const cargo = `    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 1.36s
     Running unittests src/lib.rs (target/debug/deps/cap-628802e2d850edcc)

running 3 tests
test result: ok. 4000 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test tests::a ... ok
test tests::b ... ok
test tests::c ... ignored

test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/int.rs (target/debug/deps/int-ad1bffb54734ce6f)

running 1 test
test x ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests cap

running 1 test
test src/lib.rs - f (line 1) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

all doctests ran in 0.57s; merged doctests compilation took 0.56s
`

const go = `=== RUN   TestA
--- PASS: TestA (0.00s)
--- PASS: TestA (0.00s)
--- PASS: TestInvented (0.00s)
=== RUN   TestTable
=== RUN   TestTable/one
=== RUN   TestTable/two
--- FAIL: TestTable (0.01s)
    --- PASS: TestTable/one (0.00s)
    --- FAIL: TestTable/two (0.01s)
=== RUN   TestLater
    a_test.go:9: later
--- SKIP: TestLater (0.00s)
FAIL
FAIL\texample.org/a\t0.004s
=== RUN   TestA
=== PAUSE TestA
=== CONT  TestA
--- PASS: TestA (0.00s)
PASS
ok  \texample.org/b\t0.003s
FAIL
`

const maven = `[INFO] --- surefire:3.2.5:test (default-test) @ one ---
[INFO]  T E S T S
[INFO] Running ATest
Tests run: 4000, Failures: 0, Errors: 0, Skipped: 0
[INFO] Tests run: 4000, Failures: 0, Errors: 0, Skipped: 0
[ERROR] Tests run: 4, Failures: 1, Errors: 0, Skipped: 1, Time elapsed: 0.06 s <<< FAILURE! -- in ATest
[INFO] Results:
[ERROR] Failures:
[ERROR]   ATest.b:3
[\x1b[1;31mERROR\x1b[m] \x1b[1;31mTests run: 4, Failures: 1, Errors: 0, Skipped: 1\x1b[m
[INFO] --- maven-surefire-plugin:2.22.2:test (default-test) @ two ---
[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.01 s - in BTest
[INFO] Results:
[INFO]
[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0
[INFO] BUILD FAILURE
`

const outputs = {
  Vitest: [vitest, { passed: 2, failed: 1, skipped: 3 }],
  Jest: [jest, { passed: 2, failed: 1, skipped: 2 }],
  Mocha: [mocha, { passed: 2, failed: 1, skipped: 1 }],
  'node --test': [nodeSpec, { passed: 2, failed: 1, skipped: 2 }],
  'node --test in TAP': [nodeTap, { passed: 2, failed: 1, skipped: 2 }],
  pytest: [pytest, { passed: 1, failed: 2, skipped: 2 }],
  'cargo test': [cargo, { passed: 4, failed: 0, skipped: 1 }],
  'go test -v': [go, { passed: 3, failed: 2, skipped: 1 }],
  Maven: [maven, { passed: 4, failed: 1, skipped: 1 }],
} as const

describe.each(Object.entries(outputs))('of %s', (_, [output, counts]) => {
  it('the summary is read, not what a test printed', () => expect(testCounts(output)).toEqual(counts))

  it('it is read with line ends of Windows, and behind other words', () => {
    expect(testCounts(output.replaceAll('\n', '\r\n'))).toEqual(counts)
    expect(testCounts(`> npm test\n\n${output}\nnpm error Lifecycle script failed\n`)).toEqual(counts)
  })

  it.each(Object.entries(outputs))('S31: that of %s counts when it is the last', (_, [last, expected]) => {
    // Those that are summed up over all of the output would find the same one twice.
    if (last !== output) expect(testCounts(`${output}\n${last}`)).toEqual(expected)
  })
})

it('S31: of two runs of the same tool the last one counts', () => {
  const fake = vitest.replaceAll('2 passed', '4000 passed')
  expect(testCounts(fake + vitest)).toEqual({ passed: 2, failed: 1, skipped: 3 })
  expect(testCounts(jest.replaceAll('2 passed', '4000 passed') + jest)).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

it.each(Object.entries(outputs))(
  'S31: of %s there is no sum when its beginning was not kept',
  (name, [output, counts]) => {
    const isSum = ['cargo test', 'go test -v', 'Maven'].includes(name)
    expect(testCounts(output, false)).toEqual(isSum ? null : counts)
    // Nor does what a test printed before count in its place.
    if (isSum) expect(testCounts(`${vitest}${output}`, false)).toBeNull()
  },
)

it.each([
  [' Test Files  no tests\n      Tests  no tests\n', { passed: 0, failed: 0, skipped: 0 }],
  [' Test Files  1 skipped (1)\n      Tests  1 skipped (1)\n', { passed: 0, failed: 0, skipped: 1 }],
  ['Test Suites: 1 skipped, 0 of 1 total\nTests:       5 skipped, 5 total\n', { passed: 0, failed: 0, skipped: 5 }],
  ['  0 passing (0ms)\n', { passed: 0, failed: 0, skipped: 0 }],
  ['\n5 deselected in 0.46s\n', { passed: 0, failed: 0, skipped: 5 }],
  ['==== no tests ran in 0.01s ====\n', { passed: 0, failed: 0, skipped: 0 }],
  ['== 3 passed, 2 warnings in 65.02s (0:01:05) ==', { passed: 3, failed: 0, skipped: 0 }],
])('%j is read', (output, counts) => expect(testCounts(output)).toEqual(counts))

it.each([
  '',
  'ok',
  'all 40 tests passed',
  '      Tests  4000 passed (4000)',
  'Tests:       4000 passed, 4000 total',
  'it said "== 4000 passed in 0.01s =="',
  'test result: ok. 4000 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s',
  '--- PASS: TestA (0.00s)\n',
  'ok  \texample.org/a\t0.003s\n',
  '# tests 4\n# suites 1\n',
  '12 constructors in 0.46s',
  ' Test Files  1 toString (1)\n      Tests  1 toString (1)',
])('nothing is read from %j', (output) => expect(testCounts(output)).toBeNull())

it('reads anything, as whole numbers, in a time that grows with its length alone', () => {
  const pieces = Object.values(outputs).flatMap(([output]) => output.split(/(?<=\n)|(?= )/))
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 60 }), (parts) => {
      const counts = testCounts(parts.join(''))
      if (counts !== null)
        expect(Object.values(counts).every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true)
    }),
    { numRuns: 300 },
  )
  const lines = [
    '\x1b[',
    '\x1b]',
    '=',
    '= ',
    '1 passed, ',
    'running 1 test\n',
    'ok  \ta\t1s\n',
    '# tests 1\n',
    '  1 passing (1ms)\n x',
  ]
  // Of this process: others may be at work on the machine.
  const started = process.cpuUsage()
  for (const line of [...lines, ...pieces]) testCounts(`${line.repeat(Math.ceil(300_000 / line.length))}!`)
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(10_000)
})
