import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cloneFolder } from './support/process.ts'

// core <- ports <- adapters | features <- main.ts, cli/; tests, benches and scripts see all.

const features = ['bots', 'bridge', 'gateway', 'knowledge-proxy', 'mcp', 'state', 'tasks']
const free = ['cli', 'test', 'bench', 'scripts']
const everything = ['core', 'ports', 'adapters', ...features, ...free]

/** Folders that a file may import from, or null when the file is in a folder that this page does not know. */
function allowedFolders(file: string): string[] | null {
  const folder = topFolder(file)
  if (!file.includes('/') || free.includes(folder)) return everything
  if (folder === 'core') return ['core']
  if (folder === 'ports') return ['core', 'ports']
  if (folder === 'adapters') return ['core', 'ports', 'adapters']
  if (!features.includes(folder)) return null
  return ['core', 'ports', folder, ...(isMain(file) ? ['adapters'] : [])]
}

/** What breaks the direction of imports in one file, each with the file and the import. */
function trespasses(file: string, source: string): string[] {
  const allowed = allowedFolders(file)
  if (allowed === null) return [`${file} is in a folder whose place among the others nobody has said`]
  const found = importsOf(source).flatMap((name) => {
    if (name.startsWith('.')) {
      const target = topFolder(normalize(join(dirname(file), name)))
      return allowed.includes(target) ? [] : [`${file} imports ${name}: it may only see ${allowed.join(', ')}`]
    }
    return isPure(file) && !purePackages.has(name) ? [`${file} imports ${name}: it is to stay free of the world`] : []
  })
  const readsEnvironment =
    /\bprocess\s*\.\s*env\b|\bprocess\s*\[/.test(source) || /\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(source)
  if (readsEnvironment && !free.includes(topFolder(file)) && !isMain(file) && file.includes('/')) {
    found.push(`${file} reads process.env: that is for main.ts and cli/`)
  }
  return found
}

const purePackages = new Set(['zod', 'node:crypto', 'stemmer', 'cron-parser'])

function isPure(file: string): boolean {
  return ['core', 'ports'].includes(topFolder(file))
}

function isMain(file: string): boolean {
  return file.endsWith('/main.ts')
}

function topFolder(path: string): string {
  return path.split('/')[0] ?? ''
}

function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const statements = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm
  const calls = /\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g
  return [...code.matchAll(statements), ...code.matchAll(calls)].map(([, first, second]) => first ?? second ?? '')
}

const files = globSync('**/*.ts', {
  cwd: cloneFolder,
  exclude: (path) => /(^|\/)(node_modules|\.[^/]+|coverage)$/.test(path),
})

test.each(files)('%s imports only from what lies below it', (file) => {
  expect(trespasses(file, readFileSync(join(cloneFolder, file), 'utf8'))).toEqual([])
})

test('no import goes by an alias, which the rules would not see', () => {
  const aliases = files.flatMap((file) =>
    importsOf(readFileSync(join(cloneFolder, file), 'utf8'))
      .filter((name) => !name.startsWith('.') && !isBuiltin(name) && !/^(@[a-z-]+\/)?[a-z]/.test(name))
      .map((name) => `${file} imports ${name}`),
  )
  expect(aliases).toEqual([])
})

test('the rules look at the whole tree', () => {
  for (const folder of ['core', 'ports', 'adapters', 'bots', 'bridge', 'cli', 'test']) {
    expect(files.map(topFolder)).toContain(folder)
  }
})

describe('the rules notice', () => {
  test.each([
    ['core/a.ts', "import { b } from '../ports/b.ts'"],
    ['core/a.ts', "import { readFileSync } from 'node:fs'"],
    ['core/a.ts', 'import {\n  b,\n  c,\n} from "ioredis"'],
    ['core/a.ts', "export * from '../adapters/b.ts'"],
    ['ports/a.ts', "import type { B } from '../adapters/nats/b.ts'"],
    ['adapters/x/a.ts', "import { b } from '../../bridge/b.ts'"],
    ['adapters/x/a.ts', 'const home = process.env.HOME'],
    ['adapters/x/a.ts', 'const { env } = process'],
    ['bots/a.ts', "import { b } from '../bridge/b.ts'"],
    ['bots/a.ts', "import { b } from '../adapters/nats/b.ts'"],
    ['bots/desk/a.ts', "const b = await import('../../adapters/nats/b.ts')"],
    ['bots/main.ts', "import { b } from '../bridge/b.ts'"],
    ['bridge/a.ts', "import '../cli/b.ts'"],
    ['lib/a.ts', ''],
  ])('%s with %j', (file, source) => {
    expect(trespasses(file, source)).toHaveLength(1)
  })

  test.each([
    ['core/a.ts', "import { z } from 'zod'\nimport { b } from './b.ts'"],
    ['bots/desk/main.ts', "import { b } from '../../adapters/nats/b.ts'\nprocess.env.HOME"],
    ['bots/desk/a.ts', "import { b } from '../b.ts'\nimport { c } from '../../ports/c.ts'"],
    ['core/a.ts', "/** import { b } from '../adapters/b.ts' */\n// import '../cli/b.ts'"],
    ['test/a.ts', "import { b } from '../adapters/b.ts'"],
  ])('nothing in %s with %j', (file, source) => {
    expect(trespasses(file, source)).toEqual([])
  })
})
