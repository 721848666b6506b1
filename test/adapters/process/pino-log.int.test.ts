import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cloneFolder, temporaryFolder } from '../../support/process.ts'

test('a process that ends at once leaves its last line in the log and complains of nothing', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'logs/breakroom.log')
  const program = `
    const { createPinoLog } = await import(${JSON.stringify(join(cloneFolder, 'adapters/process/pino-log.ts'))})
    createPinoLog(${JSON.stringify(file)}).error({}, 'the last words')
    process.exit()`
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  expect(stderr).toBe('')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ msg: 'the last words' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
