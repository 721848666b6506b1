/** How a file or folder lies on the disk. Times in ms; nobody can set when it was `changed`, which also a new name is. */
export interface DiskState {
  isFolder: boolean
  inode: number
  written: number
  changed: number
}

/**
 * A file or folder that was another between two looks, or moved away, though it is the same again: its path, or null. What a program does in
 * a folder beside the files that count (a cache, say) does not make the folder another.
 */
export function touchedBetween(
  before: ReadonlyMap<string, DiskState>,
  after: ReadonlyMap<string, DiskState>,
): string | null {
  const touched: string[] = []
  for (const [path, now] of after) {
    const then = before.get(path)
    if (then === undefined || isTouched(then, now)) touched.push(path)
  }
  for (const path of before.keys()) if (!after.has(path)) touched.push(path)
  // A file says more than the folder that it is in.
  return touched.sort((a, b) => Number(isFolder(a)) - Number(isFolder(b)) || (a < b ? -1 : 1))[0] ?? null

  function isFolder(path: string): boolean {
    return (after.get(path) ?? before.get(path))?.isFolder === true
  }
}

function isTouched(then: DiskState, now: DiskState): boolean {
  if (then.inode !== now.inode || then.isFolder !== now.isFolder) return true
  if (!now.isFolder) return then.written !== now.written || then.changed !== now.changed
  // What comes and goes in it writes it, which sets both; only its own new name sets one alone.
  return then.changed !== now.changed && now.changed !== now.written
}
