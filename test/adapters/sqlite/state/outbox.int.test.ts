import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../adapters/process/system-clock.ts'
import { openStateFile } from '../../../../adapters/sqlite/state/state-file.ts'
import type { StateFile } from '../../../../ports/state-file.ts'
import type { TaskChange } from '../../../../ports/store.ts'
import { temporaryFolder } from '../../../support/process.ts'
import { quietLog } from '../../../support/quiet.ts'
import { dayRecord, hugeEvidence, knowledgeRecord, startRecord, taskChange } from '../../../support/state.ts'
import { taskAt } from '../../../support/tasks.ts'

const noon = Date.parse('2026-11-21T12:00:00.000Z')

let file: string
let state: StateFile
let seconds: number
let remove: () => void

beforeEach(() => {
  const folder = temporaryFolder()
  file = join(folder.path, 'state.sqlite')
  remove = () => folder[Symbol.dispose]()
  seconds = 0
  state = opened()
})
afterEach(async () => {
  await state.close()
  remove()
})

function opened(): StateFile {
  const clock = { ...systemClock, now: () => new Date(noon + seconds * 1_000) }
  return openStateFile({ file, clock, log: quietLog, newId: () => 'fleet-1' })
}

const at = (second: number) => new Date(noon + second * 1_000)

/** Keeps tasks one second after what was kept before. */
async function keep(...tasks: TaskChange[]): Promise<void> {
  seconds++
  await state.keep({ tasks })
}

/** What is owed of tasks, as `t-1: 2 3`. */
async function owed(most = 100): Promise<string[]> {
  const changes = await state.pending.tasks(most)
  return changes.map(({ task, commits }) =>
    [`${task.label}:`, ...commits.map(({ commit }) => commit.version)].join(' '),
  )
}

const nothing = { tasks: 0, commits: 0, records: { knowledge: 0, configuration: 0, metrics: 0 }, since: null }

describe('what the store behind has not got yet', () => {
  it('is nothing at first', async () => {
    expect(await owed()).toEqual([])
    expect(await state.pending.records('knowledge', 10)).toEqual([])
    expect(await state.pending.asideNow()).toEqual([])
    expect(await state.pending.waiting()).toEqual(nothing)
  })

  describe('of tasks', () => {
    it('is each task as it stands with all the commits that are owed, the one that waited longest first', async () => {
      await keep(taskChange(3))
      await keep(taskChange(1, 2))
      await keep(taskChange(2))
      await keep(taskChange(3, 3, { from: 2 }))

      expect(await state.pending.tasks(10)).toEqual([taskChange(3, 3), taskChange(1, 2), taskChange(2)])
      expect(await owed(2)).toEqual(['t-3: 1 2 3', 't-1: 1 2'])
      expect(await owed(0)).toEqual([])
      expect(await state.pending.waiting()).toEqual({ ...nothing, tasks: 3, commits: 6, since: at(1) })
    })

    it('is nothing any more once it is sent, and after that what is new', async () => {
      await keep(taskChange(1, 2), taskChange(2))
      await state.pending.sent({ tasks: await state.pending.tasks(10) })
      expect(await owed()).toEqual([])
      expect(await state.pending.waiting()).toEqual(nothing)

      await keep(taskChange(1, 4))
      expect(await owed()).toEqual(['t-1: 3 4'])
      expect(await state.pending.waiting()).toEqual({ ...nothing, tasks: 1, commits: 2, since: at(2) })
    })

    it('is what came meanwhile when something is sent, and since it came', async () => {
      await keep(taskChange(1, 2), taskChange(2))
      const sending = await state.pending.tasks(10)
      await keep(taskChange(1, 3, { from: 3 }))
      await keep(taskChange(1, 4, { from: 4 }))
      await state.pending.sent({ tasks: sending })

      expect(await state.pending.tasks(10)).toEqual([taskChange(1, 4, { from: 3 })])
      expect(await state.pending.waiting()).toEqual({ ...nothing, tasks: 1, commits: 2, since: at(2) })
    })

    it('is a repair of the same version, also one that came while the former was sent', async () => {
      await keep(taskChange(1, 2))
      const sending = await state.pending.tasks(10)
      await keep({ task: taskAt(1, 2, { role: 'cso' }), commits: [] })
      await state.pending.sent({ tasks: sending })
      const repair = { task: taskAt(1, 2, { role: 'cso' }), commits: [] }
      expect(await state.pending.tasks(10)).toEqual([repair])
      expect(await state.pending.waiting()).toEqual({ ...nothing, tasks: 1, since: at(2) })

      await state.pending.sent({ tasks: [repair] })
      expect(await owed()).toEqual([])
    })

    it('is nothing when the same is kept again, or something older', async () => {
      await keep(taskChange(1, 3, { task: hugeEvidence() }))
      await state.pending.sent({ tasks: await state.pending.tasks(10) })
      await keep(taskChange(1, 3, { task: hugeEvidence() }), taskChange(1, 2))
      expect(await owed()).toEqual([])
    })

    it('is a commit that came late, with all behind it, also when the others were being sent', async () => {
      await keep(taskChange(1, 4, { from: 3 }), taskChange(2, 3, { from: 3 }))
      const sending = await state.pending.tasks(10)
      expect(await owed()).toEqual(['t-1: 3 4', 't-2: 3'])
      await keep(taskChange(2, 2))
      await state.pending.sent({ tasks: sending })
      expect(await owed()).toEqual(['t-2: 1 2 3'])
      await keep(taskChange(1, 2))
      expect(await owed()).toEqual(['t-2: 1 2 3', 't-1: 1 2 3 4'])
      await state.pending.sent({ tasks: await state.pending.tasks(10) })
      expect(await owed()).toEqual([])
    })

    it('stays when something else is said to be sent: what nobody knows, or what was sent before', async () => {
      await keep(taskChange(1, 2))
      const old = await state.pending.tasks(10)
      await keep(taskChange(1, 5, { from: 3 }))
      await state.pending.sent({ tasks: [taskChange(77)] })
      expect(await owed()).toEqual(['t-1: 1 2 3 4 5'])
      await state.pending.sent({ tasks: await state.pending.tasks(10) })
      await keep(taskChange(1, 6, { from: 6 }))
      await state.pending.sent({ tasks: old })
      expect(await owed()).toEqual(['t-1: 6'])
    })
  })

  describe('of records', () => {
    it('is the newest revision of each, by section, until that one is sent', async () => {
      const decision = (revision: number) => knowledgeRecord('decision-1', revision)
      await state.keep({ records: { knowledge: [decision(1)], metrics: [dayRecord('cto', '2026-11-22')] } })
      seconds = 5
      await state.keep({ records: { knowledge: [knowledgeRecord('a')], configuration: [startRecord('start-1')] } })
      await state.keep({ records: { knowledge: [decision(2)] } })

      expect(await state.pending.records('knowledge', 10)).toEqual([decision(2), knowledgeRecord('a')])
      expect(await state.pending.records('knowledge', 1)).toEqual([decision(2)])
      expect(await state.pending.records('configuration', 10)).toEqual([startRecord('start-1')])
      const records = { knowledge: 2, configuration: 1, metrics: 1 }
      expect(await state.pending.waiting()).toEqual({ ...nothing, records, since: at(0) })

      await state.keep({ records: { knowledge: [decision(3)] } })
      await state.pending.sent({ records: { knowledge: [decision(2), knowledgeRecord('a')], configuration: [] } })
      expect(await state.pending.records('knowledge', 10)).toEqual([decision(3)])
      await state.pending.sent({ records: { metrics: [dayRecord('cto', '2026-11-22')] } })
      expect((await state.pending.waiting()).since).toEqual(at(5))

      await state.pending.sent({ records: { knowledge: [decision(3)], configuration: [startRecord('start-1')] } })
      expect(await state.pending.waiting()).toEqual(nothing)
      await state.keep({ records: { knowledge: [decision(3), decision(1)] } })
      expect(await state.pending.waiting()).toEqual(nothing)
    })
  })

  describe('and cannot have', () => {
    it('is left out and told, until it changes', async () => {
      await keep(taskChange(1), taskChange(2))
      await state.keep({ records: { knowledge: [knowledgeRecord('a'), knowledgeRecord('b')] } })
      await state.pending.setAside({ task: taskChange(1) }, 'it has 1.2 MB')
      await state.pending.setAside({ section: 'knowledge', record: knowledgeRecord('b') }, 'no such "place"')

      expect(await owed()).toEqual(['t-2: 1'])
      expect(await state.pending.records('knowledge', 10)).toEqual([knowledgeRecord('a')])
      expect(await state.pending.asideNow()).toEqual(['t-1: it has 1.2 MB', 'knowledge b: no such "place"'])
      expect(await state.pending.waiting()).toMatchObject({ tasks: 1, commits: 1, records: { knowledge: 1 } })

      // The same again is no change.
      await keep(taskChange(1))
      expect(await owed()).toEqual(['t-2: 1'])

      seconds = 60
      await keep(taskChange(1, 2))
      await state.keep({ records: { knowledge: [knowledgeRecord('b', 2)] } })
      expect(await state.pending.asideNow()).toEqual([])
      expect(await owed()).toEqual(['t-2: 1', 't-1: 1 2'])
      expect(await state.pending.records('knowledge', 10)).toEqual([knowledgeRecord('a'), knowledgeRecord('b', 2)])
      await state.pending.sent({ tasks: [taskChange(2)], records: { knowledge: [knowledgeRecord('a')] } })
      // It was given up before: it is not late since then.
      expect((await state.pending.waiting()).since).toEqual(at(61))
    })

    it('is told of twenty at most, and counts for nothing that waits', async () => {
      await keep(...Array.from({ length: 30 }, (_, index) => taskChange(index + 1)))
      for (let number = 1; number <= 30; number++) await state.pending.setAside({ task: taskChange(number) }, 'no')
      expect(await state.pending.asideNow()).toHaveLength(20)
      expect(await state.pending.waiting()).toEqual(nothing)
    })

    it('is nothing that nobody owes, or knows', async () => {
      await keep(taskChange(1))
      await state.pending.sent({ tasks: await state.pending.tasks(1) })
      await state.pending.setAside({ task: taskChange(1) }, 'no')
      await state.pending.setAside({ task: taskChange(9) }, 'no')
      await state.pending.setAside({ section: 'metrics', record: { id: 'x', revision: 1 } }, 'no')
      expect(await state.pending.asideNow()).toEqual([])
    })

    it('is not what changed while it was refused', async () => {
      await keep(taskChange(1), taskChange(2, 3))
      await state.keep({ records: { knowledge: [knowledgeRecord('a')] } })
      const [one] = await state.pending.tasks(1)
      const [record] = await state.pending.records('knowledge', 1)
      if (one === undefined || record === undefined) throw new Error('nothing is owed')
      await keep(taskChange(1, 2))
      await state.keep({ records: { knowledge: [knowledgeRecord('a', 2)] } })
      await state.pending.setAside({ task: one }, 'no')
      await state.pending.setAside({ section: 'knowledge', record }, 'no')
      expect(await state.pending.asideNow()).toEqual([])
      expect(await owed()).toEqual(['t-1: 1 2', 't-2: 1 2 3'])
      expect(await state.pending.records('knowledge', 9)).toEqual([knowledgeRecord('a', 2)])
    })

    it('is no longer set aside when it was sent after all', async () => {
      await keep(taskChange(1))
      const sending = await state.pending.tasks(1)
      await state.pending.setAside({ task: taskChange(1) }, 'no')
      await state.pending.sent({ tasks: sending })
      expect(await state.pending.asideNow()).toEqual([])
      expect(await state.pending.waiting()).toEqual(nothing)
    })
  })

  it('is everything again after starting over, from then on', async () => {
    await keep(taskChange(1, 3), taskChange(2))
    await state.keep({ records: { knowledge: [knowledgeRecord('a')], metrics: [dayRecord('cto', '2026-11-22')] } })
    await state.pending.sent({ tasks: await state.pending.tasks(1), records: { knowledge: [knowledgeRecord('a')] } })
    await state.pending.setAside({ task: taskChange(2) }, 'no')
    seconds = 100
    await state.pending.startOver()

    expect(await owed()).toEqual(['t-1: 1 2 3', 't-2: 1'])
    const records = { knowledge: 1, configuration: 0, metrics: 1 }
    expect(await state.pending.waiting()).toEqual({ tasks: 2, commits: 4, records, since: at(100) })
    expect(await state.pending.asideNow()).toEqual([])
  })

  it('stays after starting over, whatever is then said of what was on its way before', async () => {
    await keep(taskChange(1, 3), taskChange(2))
    await state.keep({ records: { knowledge: [knowledgeRecord('a')] } })
    const tasks = await state.pending.tasks(9)
    const knowledge = await state.pending.records('knowledge', 9)
    await state.pending.startOver()
    await state.pending.sent({ tasks, records: { knowledge } })
    for (const task of tasks) await state.pending.setAside({ task }, 'no')
    for (const record of knowledge) await state.pending.setAside({ section: 'knowledge', record }, 'no')
    expect(await owed()).toEqual(['t-1: 1 2 3', 't-2: 1'])
    expect(await state.pending.asideNow()).toEqual([])
    expect(await state.pending.waiting()).toMatchObject({ tasks: 2, commits: 4, records: { knowledge: 1 } })
    const anew = { tasks: await state.pending.tasks(9), records: { knowledge: [knowledgeRecord('a')] } }
    await state.pending.sent(anew)
    expect(await state.pending.waiting()).toEqual(nothing)
  })

  it('is the same after the file was opened again', async () => {
    await keep(taskChange(1, 3), taskChange(2), taskChange(3))
    await state.pending.sent({ tasks: await state.pending.tasks(1) })
    await keep(taskChange(1, 4))
    await state.pending.setAside({ task: taskChange(3) }, 'no')
    const before = [await owed(), await state.pending.waiting(), await state.pending.asideNow()]
    await state.close()
    state = opened()
    expect([await owed(), await state.pending.waiting(), await state.pending.asideNow()]).toEqual(before)
    expect(before[0]).toEqual(['t-2: 1', 't-1: 4'])
  })

  it('is refused with everything else after the file was closed', async () => {
    await state.close()
    const closed = { code: 'closed' }
    const { pending } = state
    await expect(pending.tasks(1)).rejects.toMatchObject(closed)
    await expect(pending.records('metrics', 1)).rejects.toMatchObject(closed)
    await expect(pending.sent({})).rejects.toMatchObject(closed)
    await expect(pending.setAside({ task: taskChange(1) }, 'no')).rejects.toMatchObject(closed)
    await expect(pending.asideNow()).rejects.toMatchObject(closed)
    await expect(pending.waiting()).rejects.toMatchObject(closed)
    await expect(pending.startOver()).rejects.toMatchObject(closed)
  })
})
