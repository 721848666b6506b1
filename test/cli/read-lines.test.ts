import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLines } from '../../cli/read-lines.ts'
import { all } from '../support/collect.ts'
import { temporaryFolder } from '../support/process.ts'

async function linesIn(bytes: string | Uint8Array): Promise<string[]> {
  using folder = temporaryFolder()
  writeFileSync(`${folder.path}/file`, bytes)
  return await all(readLines(`${folder.path}/file`))
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

test('says in a sentence what cannot be read', async () => {
  using folder = temporaryFolder()
  const [missing, long] = [`${folder.path}/missing`, `${folder.path}/long`]
  await expect(all(readLines(missing))).rejects.toMatchObject({
    code: 'usage',
    message: `There is no file ${missing}.`,
  })
  await expect(all(readLines(folder.path))).rejects.toMatchObject({ message: `${folder.path} is a folder.` })
  writeFileSync(long, `{}\n${'x'.repeat(5_000_000)}`)
  await expect(all(readLines(long))).rejects.toMatchObject({
    code: 'usage',
    message: `${long}:2:1: This line is longer than anything in an export.`,
  })
})
