import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createDiskRunJournal } from '../../../adapters/disk/run-journal.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { temporaryFolder } from '../../support/process.ts'

const outcome = { exitCode: 0, ended: null, durationMs: 12, outputTail: 'done', outputSha256: 'a'.repeat(64) }

function journalIn(folder: string) {
  return createDiskRunJournal({ folder: join(folder, 'runs'), clock: systemClock })
}

test('knows how a run ended, also to another process, until it is forgotten', async () => {
  using folder = temporaryFolder()
  const journal = journalIn(folder.path)
  expect(await journal.outcome('a')).toBeNull()
  expect(await journal.begin('a')).toBe(false)
  await journal.end('a', outcome)
  const other = journalIn(folder.path)
  expect(await other.outcome('a')).toEqual(outcome)
  expect(await other.outcome('b')).toBeNull()
  await other.forget('a')
  expect(await journal.outcome('a')).toBeNull()
  await journal.forget('a')
})

test('tells a run that begins that one began before it and was cut off', async () => {
  using folder = temporaryFolder()
  await journalIn(folder.path).begin('a')
  expect(await journalIn(folder.path).begin('a')).toBe(true)
  expect(await journalIn(folder.path).outcome('a')).toBeNull()
})

test('takes any key, and what cannot be read for nothing', async () => {
  using folder = temporaryFolder()
  const journal = journalIn(folder.path)
  for (const key of ['../../etc', '', 'x'.repeat(500), 'a/b\0c']) await journal.begin(key)
  const runs = join(folder.path, 'runs')
  expect(readdirSync(runs)).toHaveLength(4)
  for (const name of readdirSync(runs)) writeFileSync(join(runs, name), '{')
  expect(await journal.begin('../../etc')).toBe(false)
})

test('does not grow for ever: what nobody can ask for any more is gone at the next start', async () => {
  using folder = temporaryFolder()
  await journalIn(folder.path).begin('old')
  const runs = join(folder.path, 'runs')
  const long = new Date(Date.now() - 40 * 86_400_000)
  for (const name of readdirSync(runs)) utimesSync(join(runs, name), long, long)
  await journalIn(folder.path).begin('new')
  expect(readdirSync(runs)).toHaveLength(1)
})
