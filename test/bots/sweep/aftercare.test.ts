import { expect, it } from 'vitest'
import { createMemoryRevisedState } from '../../../adapters/memory/revised-state.ts'
import { type AftercareParts, createAftercare } from '../../../bots/sweep/aftercare.ts'
import type { Leftover } from '../../../ports/leftovers.ts'
import { quietLog } from '../../support/quiet.ts'
import { anyReport } from '../../support/sweep-report.ts'

const left = (run: string): Leftover => ({
  run,
  role: 'cto',
  task: 't-1',
  since: new Date('2026-03-02T11:00:00Z'),
  processes: 1,
})

function aftercare(changes: Partial<AftercareParts> = {}) {
  const said: string[] = []
  const ended: string[] = []
  const flown: string[] = []
  const care = createAftercare({
    role: 'sweep',
    own: { publish: async () => ({ seq: 1, duplicate: false }) },
    say: async (_id, text) => void said.push(text),
    memory: createMemoryRevisedState(),
    leftovers: {
      async end({ run }) {
        ended.push(run)
        return true
      },
    },
    canary: { fly: async () => void flown.push('canary') },
    log: quietLog,
    ...changes,
  })
  return { care, said, ended, flown }
}

it('ends a program that outlived its owner when it is still there at the next sweep, and says so', async () => {
  const { care, said, ended } = aftercare()
  await care.act(anyReport(), { organs: [], leftovers: [left('run-1')] })
  await care.act(anyReport(), { organs: [], leftovers: [left('run-2')] })
  expect(ended).toEqual([])
  await care.act(anyReport(), { organs: [], leftovers: [left('run-1'), left('run-2')] })
  expect(ended).toEqual(['run-2'])
  expect(said).toEqual(['I ended a program of cto on t-1 that had outlived who started it.'])
})

it('goes on with the rest when the room takes nothing, and says it at the next sweep', async () => {
  let takes = false
  const heard: string[] = []
  const { care, flown } = aftercare({
    async say(_id, text) {
      if (!takes) throw new Error('The bus takes nothing.')
      heard.push(text)
    },
  })
  const report = anyReport({ held: '9 of 12 seats have been silent for 4 min: that has one cause' })
  await care.act(report, { organs: [], leftovers: [] })
  expect(flown).toEqual(['canary'])
  takes = true
  await care.act(report, { organs: [], leftovers: [] })
  await care.act(report, { organs: [], leftovers: [] })
  expect(heard).toHaveLength(1)
})
