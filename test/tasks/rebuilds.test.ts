import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMemoryLedger } from '../../adapters/memory/ledger.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createSqliteTaskStorage } from '../../adapters/sqlite/task-store.ts'
import { BreakroomError } from '../../core/errors.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { createRebuilds } from '../../tasks/rebuilds.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { taskAt, taskCommit } from '../support/tasks.ts'

let folder: ReturnType<typeof temporaryFolder>
let ledger: Ledger
beforeEach(async () => {
  folder = temporaryFolder()
  ledger = createMemoryLedger()
  for (const version of [1, 2, 3]) await ledger.append(taskCommit(taskAt(1, version)))
})
afterEach(() => folder[Symbol.dispose]())

/** Rebuilds of a store in the folder, as they are asked for while somebody serves from it. */
function rebuilds(of = ledger) {
  const storage = createSqliteTaskStorage({
    file: join(folder.path, 'tasks.sqlite'),
    clock: systemClock,
    log: quietLog,
  })
  const subjects = orgSubjects('breakroom')
  const all = createRebuilds({
    ledger: of,
    storage,
    subjects,
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
  })
  const ending = new AbortController()
  const made: { adopt(): Promise<void> }[] = []
  const endpoints = all.endpoints({
    mustLead() {
      if (ending.signal.aborted) throw new BreakroomError('unavailable', 'It does not serve any more.')
    },
    onMade(one) {
      made.push(one)
      ending.abort()
    },
    signal: ending.signal,
  })
  const ask = async (name: string) => endpoints[name]?.handler({}, '')
  return { ...all, storage, ending, made, ask }
}

test('one that is asked for when another has just made its store leaves that store alone', async () => {
  const { storage, made, ask } = rebuilds()
  await ask('rebuild')
  await until('it is made', () => made.length === 1)
  await expect(ask('rebuild')).rejects.toMatchObject({ code: 'unavailable' })
  expect(await ask('rebuild_status')).toMatchObject({ running: false, done: 3, error: null })
  await made[0]?.adopt()
  const store = await storage.open()
  expect(await store.lastSeq()).toBe(3)
  await store.close()
})

test('whoever ends serving can wait until one that is under way has left nothing behind', async () => {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()]
  const slow = {
    ...ledger,
    lastSeq() {
      asked.resolve()
      return answer.promise
    },
  }
  const { storage, ending, made, ask, idle } = rebuilds(slow)
  await ask('rebuild')
  await asked.promise
  ending.abort()
  let over = false
  const ended = idle().then(() => {
    over = true
  })
  // Who opens another one in its place meanwhile would lose it.
  expect(over).toBe(false)
  answer.resolve(3)
  await ended
  expect(made).toEqual([])
  expect(await ask('rebuild_status')).toMatchObject({ running: false, error: expect.any(String) })
  const { store, adopt } = await storage.openFresh()
  await store.close()
  await adopt()
})
