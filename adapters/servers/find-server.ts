import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of a server's program, or null: what the environment names (`BREAKROOM_<NAME>_BIN`), then what set-up unpacked into
 * `<clone>/.breakroom/bin`, then PATH. Versions are checked by whoever starts it.
 */
export function findServer(name: string, env: NodeJS.ProcessEnv, clone: string): string | null {
  const named = env[`BREAKROOM_${name.toUpperCase().replaceAll('-', '_')}_BIN`]
  if (named) return isExecutable(named) ? named : null
  const folders = [join(clone, '.breakroom/bin'), ...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
