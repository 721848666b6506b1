import { execFileSync } from 'node:child_process'
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLines } from '../../cli/read-lines.ts'
import { all } from '../support/collect.ts'
import { temporaryFolder } from '../support/process.ts'

async function linesIn(bytes: string | Uint8Array): Promise<string[]> {
  using folder = temporaryFolder()
  writeFileSync(`${folder.path}/file`, bytes)
  return await read(`${folder.path}/file`)
}

async function read(file: string): Promise<string[]> {
  await using text = await openLines(file)
  return await all(text.lines())
}

test('a line ends at its line feed and at nothing else, however long the file is', async () => {
  expect(await linesIn('')).toEqual([])
  expect(await linesIn('a\u2028b\rc\u0085d\n\ne')).toEqual(['a\u2028b\rc\u0085d', '', 'e'])
  const line = fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => text.replaceAll('\n', ' '))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 50 }), fc.nat(3), async (lines, repeat) => {
      // Longer than what is read at once, so that characters are cut.
      const all = Array.from({ length: 1 + repeat * 20 }, () => lines).flat()
      expect(await linesIn(`${all.join('\n')}\n`)).toEqual(all)
    }),
    { numRuns: 30 },
  )
})

test('the lines are the same ones each time, whatever becomes of the file', async () => {
  using folder = temporaryFolder()
  const [file, other] = [`${folder.path}/file`, `${folder.path}/other`]
  writeFileSync(file, 'a\nb\n')
  writeFileSync(other, 'c\n')
  await using text = await openLines(file)
  expect(await all(text.lines())).toEqual(['a', 'b'])
  appendFileSync(file, 'more\n')
  expect(await all(text.lines())).toEqual(['a', 'b'])
  renameSync(other, file)
  expect(await all(text.lines())).toEqual(['a', 'b'])
})

test('says in a sentence what cannot be read', async () => {
  using folder = temporaryFolder()
  const [missing, long] = [`${folder.path}/missing`, `${folder.path}/long`]
  await expect(read(missing)).rejects.toMatchObject({
    code: 'usage',
    message: `There is no file ${missing}.`,
  })
  await expect(read(folder.path)).rejects.toMatchObject({ message: `${folder.path} is a folder.` })
  const pipe = `${folder.path}/pipe`
  execFileSync('mkfifo', [pipe])
  await expect(read(pipe)).rejects.toMatchObject({ message: `${pipe} is no file, and it has to be read twice.` })
  writeFileSync(long, `{}\n${'x'.repeat(5_000_000)}`)
  await expect(read(long)).rejects.toMatchObject({
    code: 'usage',
    message: `${long}:2:1: This line is longer than anything in an export.`,
  })
})
