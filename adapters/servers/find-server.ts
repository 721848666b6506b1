import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of a server's program, or null: what the environment names (`BREAKROOM_<NAME>_BIN`), then what set-up unpacked into
 * `<clone>/.breakroom`, then PATH. Versions are checked by `requireServer`.
 */
export function findServer(name: string, env: NodeJS.ProcessEnv, clone: string): string | null {
  const named = env[programVariable(name)]
  if (named) return isExecutable(named) ? named : null
  const unpacked = join(clone, '.breakroom')
  const folders = [
    join(unpacked, 'bin'),
    join(unpacked, name),
    ...(env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/sbin',
  ]
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** The environment variable that names the program of a server. */
export function programVariable(name: string): string {
  return `BREAKROOM_${name.toUpperCase().replaceAll('-', '_')}_BIN`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
