import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createActivity } from '../../bots/activity.ts'
import { startBots } from '../../bots/main.ts'
import { takeSeat } from '../../bots/seat.ts'
import { type Heartbeat, heartbeatSchema } from '../../core/heartbeat.ts'
import type { Role } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { RunningPart } from '../../ports/part.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const scripts: Record<string, string> = {
  // Says something else each time, and is suspended.
  cto: 'echo $$ > pid; n=0; while :; do n=$((n + 1)); echo "step $n"; sleep 0.1; done',
  // Computes, and says nothing.
  ceo: `exec "${process.execPath}" -e 'setInterval(() => { const end = Date.now() + 15; while (Date.now() < end); }, 150)'`,
  // Writes files.
  cso: 'while :; do date > notes; sleep 0.3; done',
  // Says the same two lines again and again.
  devops: 'echo starting; while :; do echo "no connection"; echo "trying again"; sleep 0.2; done',
}

let tasks: TestTasks
let folder: ReturnType<typeof temporaryFolder>
let bots: RunningPart | null
let beats: Heartbeat[]
const ending = new AbortController()

beforeEach(async () => {
  const brain = { kind: 'command', command: 'work', minutes: 5 } as const
  tasks = await startTestTasks({ roles: (role): Role => ({ ...role, brain }) })
  folder = temporaryFolder()
  bots = null
  beats = []
  const { bus } = tasks.nats.as({ kind: 'sweep' })
  bus.listen(subjects.anyStatus, (data) => void beats.push(heartbeatSchema.parse(data)), ending.signal)
})
afterEach(async () => {
  await bots?.stop()
  await tasks[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const of = (name: string) => beats.filter(({ role }) => role === name)
/** When the last heartbeat came, and what it tells of the brain. */
function last(name: string) {
  const { at, session } = of(name).at(-1) ?? {}
  const ms = (moment: string | null | undefined) => (moment ? Date.parse(moment) : null)
  const { started_at, output_at, files_at, cpu_at, repeats, repeats_since } = session ?? {}
  return {
    at: ms(at) ?? 0,
    started: ms(started_at) ?? Number.POSITIVE_INFINITY,
    output: ms(output_at),
    files: ms(files_at) ?? 0,
    cpu: ms(cpu_at) ?? 0,
    repeats: repeats ?? 0,
    since: ms(repeats_since),
  }
}

it('heartbeats tell programs apart that compute, write, repeat themselves, and are suspended', async () => {
  const workspace = (role: string) => join(folder.path, role)
  await Promise.all(taskRoles.map((role) => mkdir(workspace(role))))
  const { fleet } = tasks.context
  const work = [
    'sh',
    '-c',
    Object.entries(scripts)
      .map(([role, script]) => `${role}() { ${script}; }`)
      .join('\n'),
  ]
  work[2] += '\n"$BREAKROOM_ROLE"'
  bots = await startBots({ ...tasks.context, fleet: { ...fleet, checks: { ...fleet.checks, work } }, workspace })
  await bots.ready(10_000)
  for (const role of taskRoles) await tasks.assign({ role })

  const pidFile = join(workspace('cto'), 'pid')
  await until('cto runs', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim() !== '')
  await until('cto is seen to go on', () => Number(last('cto').output) > last('cto').started + 1_000, 20_000)
  process.kill(-Number(readFileSync(pidFile, 'utf8')), 'SIGSTOP')
  const stoppedAt = Date.now()

  await until('a brain is looked at twice', () => last('cto').at > stoppedAt + 11_000, 30_000)
  const cto = last('cto')
  expect(cto.output).toBeLessThan(stoppedAt + 500)
  // What it used just before is seen with the next look.
  expect(cto.cpu).toBeLessThan(stoppedAt + 8_000)
  expect(of('cto').at(-1)).toMatchObject({ state: 'working', task_epoch: 1 })
  const beaten = of('cto').filter(({ at }) => Date.parse(at) > stoppedAt).length
  expect(beaten).toBeGreaterThanOrEqual(8)

  await until('the other has computed for some time', () => last('ceo').cpu > last('ceo').started + 6_000)
  expect(last('ceo')).toMatchObject({ output: null, repeats: 1, since: null })
  await until('the third has written for some time', () => last('cso').files > last('cso').started + 6_000)
  expect(last('cso').output).toBeNull()
  await until('the fourth has repeated itself', () => last('devops').repeats >= 3)
  expect(Number(last('devops').since)).toBeLessThan(last('devops').started + 2_000)
  expect(cto.repeats).toBe(1)

  const largest = Math.max(...beats.map((beat) => Buffer.byteLength(JSON.stringify(beat))))
  expect(largest).toBeLessThan(1_000)
}, 90_000)

it('heartbeats go on at their pace while a look at the brain hangs', async () => {
  const activity = createActivity()
  const leaving = new AbortController()
  const sitting = takeSeat({
    name: 'ceo',
    bus: tasks.nats.as({ kind: 'role', role: 'ceo' }).bus,
    subjects,
    stops: { stopOf: () => null, onChange: () => {} },
    handle: async () => {},
    epoch: 1,
    activity,
    brain: { capture: () => new Promise(() => {}) },
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
    signal: leaving.signal,
  })
  await until('it is heard', () => of('ceo').length > 0)
  activity.task({ label: 't-1', epoch: 1 })
  const working = () => of('ceo').filter(({ task, state }) => task === 't-1' && state === 'working')
  await until('four more came', () => working().length >= 4)
  expect(working().every(({ session }) => session === undefined)).toBe(true)
  leaving.abort()
  await sitting
})
