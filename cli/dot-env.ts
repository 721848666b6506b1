import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { readText } from '../adapters/servers/kept-files.ts'

/** The `.env` of a folder whose fleet runs. */
export interface DotEnv {
  /** Takes what the file says now into the environment, which still wins over it. */
  readAgain(): void
}

/** `env` is the environment after `.env` was read into it. */
export function createDotEnv(folder: string, env: NodeJS.ProcessEnv): DotEnv {
  const read = () => Object.entries(parseEnv(readText(join(folder, '.env')) ?? ''))
  let ours = new Set(read().flatMap(([name, value]) => (env[name] === value ? [name] : [])))
  return {
    readAgain() {
      for (const name of ours) delete env[name]
      const given = read().filter(([name]) => env[name] === undefined)
      for (const [name, value] of given) env[name] = value
      ours = new Set(given.map(([name]) => name))
    },
  }
}
