import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { systemClock } from '../../../../adapters/process/system-clock.ts'
import { openKnowledgeFile } from '../../../../adapters/sqlite/knowledge/file.ts'
import { questionLogIn } from '../../../../adapters/sqlite/knowledge/question-log.ts'
import { temporaryFolder } from '../../../support/process.ts'
import { newQuestion } from '../../../support/questions.ts'
import { quietLog } from '../../../support/quiet.ts'

const options = (file: string) => ({ file, clock: systemClock, log: quietLog })

it('does not hold up the process for long while another one writes', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'knowledge.sqlite')
  const file = openKnowledgeFile(options(path))
  const questions = questionLogIn(file)
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const at = performance.now()
  expect(() => questions.open(newQuestion('r-1'))).toThrow(expect.objectContaining({ code: 'unavailable' }))
  expect(performance.now() - at).toBeLessThan(1_500)
  other.exec('ROLLBACK')
  other.close()
  expect(questions.open(newQuestion('r-1')).label).toBe('q-1')
  file.close()
})

it('gives no label twice, also when the file was damaged, deleted, or is an old copy', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'knowledge.sqlite')
  const given: number[] = []
  const ask = (times: number) => {
    const file = openKnowledgeFile(options(path))
    const questions = questionLogIn(file)
    for (let index = 0; index < times; index++) {
      given.push(Number(questions.open(newQuestion(`r-${given.length}`)).label.slice(2)))
    }
    file.close()
  }
  ask(1)
  ask(1)
  expect(given).toEqual([1, 2])
  copyFileSync(path, `${path}.old`)
  ask(150)
  expect(given.at(-1)).toBe(152)
  writeFileSync(path, 'This is no database.'.repeat(100))
  ask(2)
  rmSync(path)
  ask(1)
  copyFileSync(`${path}.old`, path)
  ask(2)
  expect(new Set(given).size).toBe(given.length)
  expect(given).toEqual(given.toSorted((one, other) => one - other))

  writeFileSync(`${path}.labels`, 'no number')
  const before = given.at(-1) ?? 0
  ask(1)
  expect(given.at(-1)).toBe(before + 1)
})

it('says that it cannot be used when damage shows while it is open, and is begun anew the next time', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'knowledge.sqlite')
  const file = openKnowledgeFile(options(path))
  const questions = questionLogIn(file)
  questions.open(newQuestion('r-1', { text: 'x'.repeat(4_000) }))
  expect(file.trouble()).toBeNull()

  file.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  // Whatever is remembered of the file has to be read again once somebody else has written to it.
  const other = new DatabaseSync(path)
  other.exec('UPDATE sqlite_sequence SET seq = 7; PRAGMA wal_checkpoint(TRUNCATE)')
  writeFileSync(path, Buffer.alloc(200_000, 0x41))
  expect(() => questions.recent(new Date(0), 10)).toThrow('damaged')
  other.close()
  expect(file.trouble()).toContain('damaged')
  expect(() => questions.open(newQuestion('r-2'))).toThrow('damaged')
  expect(readdirSync(folder.path).some((name) => name.includes('.unreadable-'))).toBe(true)
  file.close()

  const again = openKnowledgeFile(options(path))
  expect(questionLogIn(again).open(newQuestion('r-3')).text).toBe('How long are invoices kept?')
  again.close()
})
