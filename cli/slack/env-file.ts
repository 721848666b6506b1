import { chmodSync, existsSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { keepText, readText } from '../../adapters/servers/kept-files.ts'

/** The variables of a fleet's folder: its `.env`, under what the environment itself says. */
export interface Variables {
  get(name: string): string | undefined
  /** True when the environment itself sets it, so that `.env` cannot change it. */
  isFixed(name: string): boolean
  /** Writes variables into `.env`, which nobody else may read then. A reader sees the old file or the new one. */
  keep(values: Record<string, string>): void
  /** The names of what was kept, in that order. */
  kept(): string[]
}

/** `env` is the environment after `.env` was read into it, where the environment wins. */
export function createVariables(folder: string, env: NodeJS.ProcessEnv): Variables {
  const linked = join(folder, '.env')
  // A link stays one: what it leads to is replaced.
  const path = existsSync(linked) ? realpathSync(linked) : linked
  const inFile = parseEnv(readText(path) ?? '')
  const fixed = new Set(Object.keys(env).filter((name) => env[name] && env[name] !== inFile[name]))
  const now = new Map<string, string>()
  return {
    get: (name) => now.get(name) ?? (env[name] || undefined),
    isFixed: (name) => fixed.has(name),
    keep(values) {
      const before = readText(path) ?? ''
      const after = withVariables(before, values)
      keepText(path, after)
      if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
      for (const [name, value] of Object.entries(values)) now.set(name, value)
    },
    kept: () => [...now.keys()],
  }
}

/** The text of an `.env` with these variables in it, each in the line that had it, new ones at the end. Values have no spaces or quotes. */
export function withVariables(text: string, values: Record<string, string>): string {
  let lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [name, value] of Object.entries(values)) {
    const written = `${name}=${value}`
    const here = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`)
    lines = lines.some((line) => here.test(line))
      ? lines.map((line) => (here.test(line) ? written : line))
      : [...lines, written]
  }
  return lines.map((line) => `${line}\n`).join('')
}
