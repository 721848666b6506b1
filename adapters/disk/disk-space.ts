import { statfs } from 'node:fs/promises'
import type { DiskSpace } from '../../ports/disk-space.ts'

/** The room on the file system of a folder. What is kept for root alone does not count as free. */
export function createDiskSpace({ folder }: { folder: string }): DiskSpace {
  return {
    async look() {
      const { bavail, blocks, bsize } = await statfs(folder)
      return { free: bavail * bsize, total: blocks * bsize }
    },
  }
}
