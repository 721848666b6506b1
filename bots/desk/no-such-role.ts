import { oneLine } from '../../core/clean-text.ts'
import type { DirectoryEntry } from '../../core/mention.ts'

/** What somebody is told who names a role that there is not. */
export function noSuchRole(name: string, directory: readonly DirectoryEntry[]): string {
  return `There is no role ${oneLine(name, 40)}. Roles: ${directory.map(({ role }) => role).join(', ')}.`
}
