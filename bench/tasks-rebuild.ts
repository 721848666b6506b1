import { setTimeout as pause } from 'node:timers/promises'
import { jetstream } from '@nats-io/jetstream'
import type { TaskEvent } from '../core/task/commit.ts'
import { type NatsServer, startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder } from '../test/support/process.ts'
import { atMost, type Figure, type Size } from './figure.ts'
import { stopProgram } from './program.ts'
import { openDoors, startTaskService, subjects, taskRoles } from './tasks-doors.ts'
import { created, fillLedger } from './tasks-fill.ts'

/**
 * `breakroom state rebuild` of a running service: from the question until the new store is in the old one's place and questions are
 * answered from it. The floor reads the same ledger and does nothing with it.
 */
export async function taskRebuild(size: Size): Promise<Figure[]> {
  const entries = size === 'short' ? 20_000 : 100_000
  await using nats = await startProvisionedNats({ roles: [...taskRoles] })
  using folder = temporaryFolder()
  await fillLedger(nats, { tasks: entries / way(1).length, way })
  await using service = await startTaskService(nats, folder.path)
  const doors = openDoors(nats)
  await doors.desk('next', { role: 'cto' })
  const floor = await readAll(nats, entries)
  const cli = nats.as({ kind: 'cli' }).bus
  const asked = async (verb: string) =>
    (await cli.request(subjects.taskService(verb, 'cli'), { id: verb, args: {} }, 5_000)) as {
      running: boolean
      took_ms: number | null
      error: string | null
    }
  const begun = performance.now()
  await asked('rebuild')
  let status = await asked('rebuild_status')
  while (status.running) {
    await pause(20)
    status = await asked('rebuild_status').catch(() => status)
  }
  if (status.took_ms === null) throw new Error(`the rebuild failed: ${status.error}`)
  await doors.desk('next', { role: 'cto' })
  const all = (performance.now() - begun) / 1_000
  await stopProgram(service)
  return [
    {
      name: `a store made from ${entries.toLocaleString('en')} entries of the ledger`,
      value: all,
      floor,
      unit: 's',
      target: atMost(10),
    },
    { name: '  of it the service stood aside', value: all - status.took_ms / 1_000, unit: 's' },
  ]
}

/** From its creation to its end. */
function way(number: number): TaskEvent[][] {
  const evidence = { step: 0, epoch: 1, passed: true, by: 'cso', comment: 'seen' }
  return [
    created(number),
    [{ type: 'claimed', epoch: 1, doorbell: `bell-${number}` }],
    [{ type: 'started' }],
    [{ type: 'submitted', epoch: 1, result: 'limited, with a test that fails without it' }],
    [{ type: 'step_passed', evidence }, { type: 'completed' }],
  ]
}

/** Seconds. */
async function readAll(nats: NatsServer, count: number): Promise<number> {
  const nc = await nats.raw({ kind: 'admin' })
  const begun = performance.now()
  const consumer = await jetstream(nc).consumers.get('LEDGER', { deliver_policy: 'all' })
  const messages = await consumer.consume()
  let read = 0
  for await (const message of messages) {
    message.json()
    if (++read === count) break
  }
  await messages.close()
  return (performance.now() - begun) / 1_000
}
