import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { createSqliteLibrary } from '../../../adapters/sqlite/knowledge/library.ts'
import { type CorpusHouse, createCorpusHouse, whole } from '../../support/corpus.ts'
import { createPlainReader } from '../../support/plain-reader.ts'
import { cloneFolder, run, until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'

let house: CorpusHouse
beforeEach(() => {
  house = createCorpusHouse(createPlainReader())
})
afterEach(() => house.close())

it('reads every file once in the end, however often it is killed between two', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `${index}.md`)
  for (const name of names) house.write(name, `Walnuts in ${name}.`)
  const file = join(house.base, 'killed.sqlite')
  const program = join(cloneFolder, 'test', 'fixtures', 'corpus-process.ts')
  const args = [program, file, house.folder, join(house.base, 'killed-scratch')]
  const read = (text: string) => text.split('\n').filter((line) => line.endsWith('.md'))
  const before: string[] = []
  for (let time = 0; time < 3; time++) {
    await using process = run(globalThis.process.execPath, args)
    await until('it read some', () => read(process.output).length > 20)
    await process.kill('SIGKILL')
    before.push(...read(process.output))
  }
  expect(before.length).toBeLessThan(names.length)
  // Only one that was taken in but not yet said could come twice.
  expect(new Set(before).size).toBe(before.length)

  const library = createSqliteLibrary({ file, clock: systemClock, log: quietLog })
  const indexer = house.start({ library })
  await whole(indexer)
  await indexer.stop()
  expect(library.entries().map(({ facts }) => facts.id)).toEqual(names.map((name) => `docs/${name}`).sort())
  expect(library.statistics(['walnut'], { rooms: new Set() }).frequency('walnut')).toBe(names.length)
  expect(house.changed.length).toBeGreaterThanOrEqual(names.length - before.length - 3)
  expect(house.changed.length).toBeLessThanOrEqual(names.length - before.length)
  library.close()
})

it('lets others have their turn while it reads ten thousand files', async () => {
  for (let index = 0; index < 10_000; index++) house.write(`${index % 100}/${index}.md`, `Walnuts, number ${index}.`)
  const turn = longestTurn()
  await house.start().reindex('docs')
  expect(house.library.entry('docs/99/9999.md')).not.toBeNull()
  const longest = turn.end()
  expect(longest).toBeLessThan(50)
}, 120_000)

/**
 * The longest time, ms, for which nobody else had their turn: what this thread itself worked in between, so that what other processes
 * of this machine do does not count.
 */
function longestTurn(): { end(): number } {
  let longest = 0
  let before = process.threadCpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1_000)
    before = process.threadCpuUsage()
  }, 1)
  return {
    end() {
      clearInterval(timer)
      return longest
    },
  }
}
