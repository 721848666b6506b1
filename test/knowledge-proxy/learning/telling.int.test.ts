import { expect, it } from 'vitest'
import { BreakroomError } from '../../../core/errors.ts'
import { createSourceShelf } from '../../../knowledge-proxy/corpus/shelf.ts'
import { tellUntilDone } from '../../../knowledge-proxy/learning/telling.ts'
import { createLearningHouse, inBreakroom, requestOf, teller } from '../../support/learning-house.ts'
import { until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'

it('ends what was learned beside a document that changed, though it could not be done at once', async () => {
  using house = createLearningHouse()
  house.ask({}, 'low', [house.document('docs/a.md')])
  const { teach } = house.learning.handlers
  await teach({ question: 'q-1', text: 'Seven years.' }, teller('alice', inBreakroom), requestOf('t'))
  const stop = new AbortController()
  let fails = 2
  const changed = tellUntilDone(
    (document) => {
      if (fails-- > 0) throw new BreakroomError('unavailable', 'The database is locked.')
      house.learning.documentChanged(document)
    },
    { log: quietLog, signal: stop.signal, againMs: 5 },
  )
  const shelf = createSourceShelf({ name: 'docs' }, house.parts.library, changed)
  const facts = shelf.entry('a.md')?.facts
  if (facts === undefined) throw new Error('docs/a.md is missing')
  shelf.put('a.md', { ...facts, hash: 'two' }, 'stamp', [{ heading: [], text: 'Another text.' }])
  await until('it ended', () => house.found('seven').length === 0)
  stop.abort()
})

it('tells of several documents each, in their order, once', async () => {
  const told: string[] = []
  let isLocked = true
  const changed = tellUntilDone(
    (document) => {
      if (isLocked) throw new Error('locked')
      told.push(document)
    },
    { log: quietLog, signal: AbortSignal.timeout(10_000), againMs: 5 },
  )
  for (const document of ['docs/a.md', 'docs/b.md', 'docs/a.md']) changed(document)
  expect(told).toEqual([])
  isLocked = false
  await until('all were told', () => told.length === 2)
  changed('docs/c.md')
  expect(told).toEqual(['docs/a.md', 'docs/b.md', 'docs/c.md'])
})
