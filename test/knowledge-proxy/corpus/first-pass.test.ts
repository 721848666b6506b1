import { expect, it } from 'vitest'
import { createFirstPass } from '../../../knowledge-proxy/corpus/first-pass.ts'
import { quietLog } from '../../support/quiet.ts'

/** A first pass over two sources, what it was told is gone when it is missing, and what is known. */
function passOver() {
  const known = new Set<string>()
  const documents = ['docs/a.md', 'wiki/a.md', 'record/task', 'removed/a.md']
  const told: string[][] = []
  const trouble = { times: 0 }
  const pass = createFirstPass({
    indexer: { isKnown: (name) => known.has(name) },
    sources: ['docs', 'wiki'],
    corpusRead(isKnown) {
      if (trouble.times-- > 0) throw new Error('locked')
      told.push(documents.filter(isKnown))
    },
    log: quietLog,
  })
  return { known, told, trouble, pass }
}

it('tells of each source that is known, and leaves alone what is of one that cannot be read', () => {
  const { known, told, pass } = passOver()
  known.add('docs')
  expect([pass(), pass()]).toEqual([false, false])
  expect(told).toEqual([['docs/a.md', 'record/task', 'removed/a.md']])
  known.add('wiki')
  expect(pass()).toBe(true)
  expect(told.at(-1)).toEqual(['docs/a.md', 'wiki/a.md', 'record/task', 'removed/a.md'])
})

it('tells once more when that could not be done, and ends only then', () => {
  const { known, told, trouble, pass } = passOver()
  known.add('docs').add('wiki')
  trouble.times = 2
  expect([pass(), pass(), pass()]).toEqual([false, false, true])
  expect(told).toHaveLength(1)
})
