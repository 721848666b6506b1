import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cloneFolder } from '../support/process.ts'

test('the command may be run as it was cloned: npx makes it so only where it has never been', () => {
  const { bin } = JSON.parse(readFileSync(join(cloneFolder, 'package.json'), 'utf8')) as { bin: { breakroom: string } }
  expect(() => accessSync(join(cloneFolder, bin.breakroom), constants.X_OK)).not.toThrow()
})
