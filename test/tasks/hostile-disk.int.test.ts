import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { startTasks } from '../../tasks/main.ts'
import { until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { storeFile } from '../support/task-house.ts'
import { startTestTasks } from '../support/task-service.ts'

it('F28: a store that cannot be written is said to be so, is tried again at leisure, and loses nothing', async () => {
  await using tasks = await startTestTasks({ serving: false })
  let failures = 0
  const service = await startTasks({ ...tasks.context, log: { ...quietLog, error: () => void failures++ } })
  await using _ = { [Symbol.asyncDispose]: () => service.stop() }
  await tasks.assign()
  const other = new DatabaseSync(storeFile(tasks.house))
  // To the service this is what a full disk is: every change is refused at once.
  other.exec("CREATE TRIGGER full BEFORE INSERT ON commits BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
  await expect(tasks.assign({ title: 'kept in the ledger' })).resolves.toMatchObject({ label: 't-2' })

  const said = await until('it is said', () => service.troubles().length > 0 && service.troubles(), 15_000)
  expect(said.join()).toContain('the task service does not answer yet')
  expect(failures).toBeLessThan(20)
  other.exec('DROP TRIGGER full')
  other.close()
  expect((await tasks.show('t-2')).title).toBe('kept in the ledger')
  expect(service.troubles()).toEqual([])
}, 30_000)
