import { describe, expect, it } from 'vitest'
import { isTestFile } from '../../../core/evidence/test-files.ts'

describe('what tests', () => {
  it.each([
    ...[
      'test/a.ts',
      'tests/data/big.bin',
      'packages/a/__tests__/b.js',
      'spec/models/user.rb',
      'Tests/ATests/Setup.swift',
    ],
    ...['a.test.ts', 'src/a.spec.tsx', 'a.test.mjs', 'a-test.js', 'test-a.js', 'test.cjs', 'a.test-d.ts', 'a.cy.ts'],
    ...['pkg/a_test.go', 'pkg/testdata/golden.json', 'test_a.py', 'a/b_test.py', 'tests.py', 'conftest.py'],
    ...['src/UserTest.java', 'src/TestUser.java', 'src/UserIT.java', 'UserTests.cs', 'My.App.Tests/User.cs'],
    ...[
      'user_spec.rb',
      'user_test.exs',
      'widget_test.dart',
      'a_unittest.cc',
      'src/tests.rs',
      'run.test.sh',
      'ASpec.scala',
    ],
    ...['src/__snapshots__/a.test.ts.snap', 'a.snap', 'src/__mocks__/fs.js', 'a.TEST.ts'],
    ...[
      'vitest.config.ts',
      'vitest.workspace.ts',
      'jest.config.js',
      'jest.setup.js',
      'jest-setup.ts',
      'playwright.config.ts',
    ],
    ...['.mocharc.yml', 'pytest.ini', 'tox.ini', 'phpunit.xml.dist', '.rspec', 'apps/web/cypress.config.ts'],
  ])('is %s', (path) => expect(isTestFile(path)).toBe(true))

  it.each([
    ...[
      'src/latest.ts',
      'src/contest.py',
      'attest.go',
      'src/Audit.java',
      'src/AUDIT.java',
      'Greatest.java',
      'testament.md',
    ],
    ...[
      'src/inspector.ts',
      'package.json',
      'README.md',
      'test/README.md',
      'docs/testing.md',
      'a.test.txt',
      'specialist.ts',
    ],
    ...['node_modules/a/test/b.js', 'vite.config.ts', '', '/', 'jest.md'],
  ])('is not %s', (path) => expect(isTestFile(path)).toBe(false))

  it('is told in no time from any path', () => {
    const started = performance.now()
    for (const piece of ['a', '.test', 'test/', 'Test', '-_.', '.unit', 'aIT', '\n', '../']) {
      isTestFile(piece.repeat(100_000))
      isTestFile(`${piece.repeat(80)}.java`)
      isTestFile(`${piece.repeat(80)}/a`)
    }
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
