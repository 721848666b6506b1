import { chmodSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVariables, withVariables } from '../../../cli/slack/env-file.ts'
import { temporaryFolder } from '../../support/process.ts'

test.each([
  ['an empty file', '', 'A=1\n'],
  ['a file of others', '# mine\nB=2\n', '# mine\nB=2\nA=1\n'],
  ['a file without a last line feed', 'B=2', 'B=2\nA=1\n'],
  ['the line that had it', 'A=0 # old\nB=2\n', 'A=1\nB=2\n'],
  ['a line with export', 'export A=0\n', 'A=1\n'],
  ['every line that had it, because the last one counts', 'A=0\nB=2\nA=3\n', 'A=1\nB=2\nA=1\n'],
  ['not a line that is a comment', '# A=0\n', '# A=0\nA=1\n'],
  ['not a longer name', 'AA=0\nB_A=0\n', 'AA=0\nB_A=0\nA=1\n'],
])('a variable is written into %s', (_, before, after) => {
  expect(withVariables(before, { A: '1' })).toBe(after)
})

test('whatever stands in the file, the variable has its value afterwards and every other one keeps its own', () => {
  const line = fc.oneof(
    fc.constantFrom('', '# A=x', 'A=', ' A = 1', 'export A=2', 'AB=3', 'B="x y"'),
    fc.stringMatching(/^[A-C]{1,2}=[a-z0-9]{0,5}$/),
  )
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const before = lines.join('\n')
      const { A: _, ...others } = parseEnv(before)
      expect(parseEnv(withVariables(before, { A: 'xoxb-1' }))).toEqual({ ...others, A: 'xoxb-1' })
    }),
  )
})

test('nobody else may read a file that a secret was written into, whoever could before', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, '.env')
  writeFileSync(path, 'B=2\n')
  chmodSync(path, 0o644)
  createVariables(folder.path, {}).keep({ A: '1' })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8')).toBe('B=2\nA=1\n')
})

test('a link stays a link', () => {
  using folder = temporaryFolder()
  const target = join(folder.path, 'shared.env')
  writeFileSync(target, '')
  symlinkSync(target, join(folder.path, '.env'))
  createVariables(folder.path, {}).keep({ A: '1' })
  expect(readlinkSync(join(folder.path, '.env'))).toBe(target)
  expect(readFileSync(target, 'utf8')).toBe('A=1\n')
})

test('what the environment sets itself is told from what stands in the file', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, '.env'), 'A=1\nB=2\n')
  const variables = createVariables(folder.path, { A: '1', B: 'other', C: '3' })
  expect(['A', 'B', 'C', 'D'].filter((name) => variables.isFixed(name))).toEqual(['B', 'C'])
  expect(variables.get('A')).toBe('1')
})
