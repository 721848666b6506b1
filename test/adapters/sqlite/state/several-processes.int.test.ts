import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Task } from '../../../../core/task/task.ts'
import type { StateFile } from '../../../../ports/state-file.ts'
import { all } from '../../../support/collect.ts'
import { cloneFolder, run, until } from '../../../support/process.ts'
import { changesAt, taskChange } from '../../../support/state.ts'
import { listeningLog, type StateFolder, stateFolder } from '../../../support/state-folder.ts'
import { keyOf } from '../../../support/tasks.ts'

let folder: StateFolder
let file: string
beforeEach(() => {
  folder = stateFolder()
  file = folder.file
})
afterEach(() => folder[Symbol.asyncDispose]())

describe('a state file beside others', { timeout: 90_000 }, () => {
  it('rejects with `unavailable`, busy, while another process writes for too long, and goes on afterwards', async () => {
    const state = folder.opened()
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const busy = { code: 'unavailable', detail: { reason: 'busy' } }
    await expect(state.keep({ tasks: [taskChange(1)] })).rejects.toMatchObject(busy)
    expect(await state.store.task(keyOf(1))).toBeNull()
    other.exec('ROLLBACK')
    other.close()
    await state.keep({ tasks: [taskChange(1)] })
    expect(await state.lastPlace()).toBe(1_001)
  })

  it('keeps what two processes keep at once', async () => {
    await using one = run(process.execPath, ['test/fixtures/keep-state.ts', file, '1'], { cwd: cloneFolder })
    await using two = run(process.execPath, ['test/fixtures/keep-state.ts', file, '2'], { cwd: cloneFolder })
    for (const writer of [one, two]) {
      await until('it has kept a lot', () => writer.output.split('\n').length > 100, 20_000)
    }
    await Promise.all([one.kill('SIGKILL'), two.kill('SIGKILL')])
    const state = folder.opened()
    expect(state.fleet).toMatch(/^fleet-[12]$/)
    for (const lane of [1, 2]) await expectLane(state, lane)
  })

  it('has every batch that was kept before kill -9, whole, with its mark', async () => {
    for (let round = 1; round <= 3; round++) {
      await using writer = run(process.execPath, ['test/fixtures/keep-state.ts', file, '1'], { cwd: cloneFolder })
      await until(`round ${round} has kept some`, () => writer.output.split('\n').length > 50 * round, 20_000)
      await writer.kill('SIGKILL')
      const said = Number(/kept (\d+)\n(?!.*kept \d+\n)/s.exec(writer.output)?.[1])
      const log = listeningLog()
      const state = folder.opened({ log })
      expect(log.setAside).toEqual([])
      // One more batch may be there: kept, and killed before it could say so.
      expect([said, said + 7]).toContain((await state.mark('lane-1'))?.seq)
      await expectLane(state, 1)
      await state.close()
    }
  })

  it('refuses a batch for which the disk has no room, and keeps what it had', async () => {
    // A limit on the size of files is what we can set without being root: writing fails as on a full disk.
    const command = `ulimit -f 1024; exec "${process.execPath}" test/fixtures/keep-state.ts "${file}" 1`
    await using writer = run('sh', ['-c', command], { cwd: cloneFolder })
    await until('it is full', () => /unavailable.*away|reason: 'away'/s.test(writer.output), 20_000)
    await writer.exited
    const state = folder.opened()
    await expectLane(state, 1)
    await state.keep({ tasks: [taskChange(77)] })
    expect(await state.store.task(keyOf(77))).not.toBeNull()
  })
})

/** Expects of a lane's tasks all that was kept before its mark, and nothing else. */
async function expectLane({ store, mark }: StateFile, lane: number): Promise<void> {
  const kept = (await mark(`lane-${lane}`))?.seq ?? 0
  expect(kept).toBeGreaterThan(0)
  const changes = changesAt(lane, 0, kept)
  const places = changes.flatMap(({ commits }) => commits.map(({ place }) => place))
  const found = (await all(store.history(lane * 1_000_000))).filter(({ place }) => place < (lane + 1) * 1_000_000)
  expect(found.map(({ place }) => place)).toEqual(places)
  const newest = new Map<string, Task>(changes.map(({ task }) => [task.key, task]))
  for (const [key, task] of newest) expect(await store.task(key)).toEqual(task)
}
