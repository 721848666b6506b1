import type { Stats } from 'node:fs'

/**
 * Changes whenever a file does. Its time of change cannot be set by anybody, and its number shows that another file took its place.
 */
export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`
}
