import { mkdirSync, opendirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFolderWatch } from '../../../adapters/process/program-files.ts'
import { temporaryFolder, until } from '../../support/process.ts'

let folder: ReturnType<typeof temporaryFolder>
let elsewhere: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  elsewhere = temporaryFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
  elsewhere[Symbol.dispose]()
})

const day = 86_400_000
const noon = Date.now() - 100 * day

/** A file of so many days after a noon long ago, and its folders, which are older than any file. */
function write(path: string, days: number, root = folder.path): void {
  const parts = path.split('/')
  const at = new Date(noon + days * day)
  mkdirSync(join(root, ...parts.slice(0, -1)), { recursive: true })
  writeFileSync(join(root, path), '')
  utimesSync(join(root, path), at, at)
  for (let depth = parts.length - 1; depth >= 0; depth--) age(join(root, ...parts.slice(0, depth)))
}
function age(path: string): void {
  utimesSync(path, new Date(noon), new Date(noon))
}
const daysOf = (date: Date | null) => date && (date.getTime() - noon) / day

test('the newest file below a folder tells when something was changed, wherever it lies', async () => {
  write('a/b/c/new', 5)
  write('old', 2)
  expect(daysOf(await createFolderWatch(folder.path)())).toBe(5)
})

test('what tools keep for themselves, links and what comes from the future do not count', async () => {
  write('src/main.ts', 1)
  for (const name of ['.git/index', 'node_modules/a/b.js', 'lib/__pycache__/a.pyc']) write(name, 5)
  write('elsewhere', 6, elsewhere.path)
  symlinkSync(elsewhere.path, join(folder.path, 'link'))
  symlinkSync(join(elsewhere.path, 'elsewhere'), join(folder.path, 'file-link'))
  age(folder.path)
  write('tomorrow', 101)
  expect(daysOf(await createFolderWatch(folder.path)())).toBe(1)
})

test('what is deleted is a change of its folder', async () => {
  write('a/file', 1)
  rmSync(join(folder.path, 'a/file'))
  expect(Date.now() - Number(await createFolderWatch(folder.path)())).toBeLessThan(60_000)
})

test('a folder that is not there, or is a link, tells nothing', async () => {
  symlinkSync(elsewhere.path, join(folder.path, 'link'))
  for (const path of ['none', 'link']) {
    const changedAt = createFolderWatch(join(folder.path, path))
    expect([path, daysOf(await changedAt())]).toEqual([path, null])
  }
})

test('a look is short: what is large is seen in several, each going on where the one before ended', async () => {
  for (let at = 0; at < 3_000; at++) writeFileSync(join(folder.path, `file-${at}`), '')
  for (let at = 0; at < 3_000; at++) age(join(folder.path, `file-${at}`))
  age(folder.path)
  const changedAt = createFolderWatch(folder.path)
  const start = performance.now()
  expect(daysOf(await changedAt())).toBe(0)
  expect(performance.now() - start).toBeLessThan(500)
  using entries = opendirSync(folder.path)
  let last = ''
  for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) last = entry.name
  write(last, 1)
  await until('the last one of all is seen', async () => daysOf(await changedAt()) === 1, 20_000)
})
