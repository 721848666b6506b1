import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { cloneFolder } from '../support/process.ts'

test('the command may be run as it was cloned: npx makes it so only where it has never been', () => {
  for (const file of Object.values(manifest.bin)) {
    expect(() => accessSync(join(cloneFolder, file), constants.X_OK)).not.toThrow()
  }
})
