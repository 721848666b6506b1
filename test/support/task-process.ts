import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsServer } from './nats.ts'
import { type Running, run, until } from './process.ts'
import type { TaskHouse } from './task-house.ts'

const fixture = resolve(import.meta.dirname, '../fixtures/run-tasks.ts')

/** A process that runs the task service of a house, or stands by for it. */
export interface TaskProcess extends Running {
  /** Whether it is the one that serves. */
  readonly leads: boolean
  /** Sends it a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

/** `failpoint` is as in the fixture: `SIGKILL:decided`. Resolves when the process is at work, or stands by. */
export async function runTaskProcess(house: TaskHouse, failpoint = ''): Promise<TaskProcess> {
  const file = join(house.folder, `house-${randomUUID()}.json`)
  writeFileSync(file, JSON.stringify(house))
  const started = run(process.execPath, [fixture, file], { env: { ...process.env, FAILPOINT: failpoint } })
  await until('the process is on the bus', () => started.output.includes('nats: connected'), 30_000)
  return {
    pid: started.pid,
    exited: started.exited,
    get output() {
      return started.output
    },
    get leads() {
      return started.output.lastIndexOf('nats: leading {') > started.output.lastIndexOf('nats: leading no more')
    },
    kill: (signal) => started.kill(signal),
    signal: (signal) => void process.kill(started.pid, signal),
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]()
    },
  }
}

/** As after four seconds: what a process that was killed led is free. */
export async function expireLead(nats: NatsServer): Promise<void> {
  await (await jetstreamManager(await nats.raw({ kind: 'admin' }))).streams.purge('KV_leaders')
}
