import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDiskSpace } from '../../../adapters/disk/disk-space.ts'
import { temporaryFolder } from '../../support/process.ts'

it('says how much room there is, in bytes', async () => {
  using folder = temporaryFolder()
  const { free, total } = await createDiskSpace({ folder: folder.path }).look()
  expect(free).toBeGreaterThan(0)
  expect(total).toBeGreaterThan(1_000_000)
  expect(free).toBeLessThanOrEqual(total)
  await expect(createDiskSpace({ folder: join(folder.path, 'gone') }).look()).rejects.toThrow('ENOENT')
})
