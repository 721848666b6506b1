import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cloneFolder, run } from '../support/process.ts'

test('the JSON Schemas that editors read are what the program accepts', async () => {
  await using check = run(process.execPath, [join(cloneFolder, 'scripts/write-schemas.ts'), '--check'])
  expect(await check.exited, check.output).toBe(0)
})
