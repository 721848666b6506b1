import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { provision } from '../../adapters/nats/provision.ts'
import { startMark } from '../../adapters/servers/process-mark.ts'
import { startBots } from '../../bots/main.ts'
import { BreakroomError } from '../../core/errors.ts'
import { inboxEnvelope } from '../../core/handover.ts'
import type { Heartbeat } from '../../core/heartbeat.ts'
import type { Role } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { TaskEventType } from '../../core/task/commit.ts'
import type { TaskPlace } from '../../core/task/task.ts'
import type { Bus, RecordName } from '../../ports/bus.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { RunningPart } from '../../ports/part.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { personLine } from '../support/lines.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { itemsWaiting, linesBy } from '../support/record.ts'
import { alice, founder, startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const never = new AbortController().signal
const review = { kind: 'review' as const, by: null }

let tasks: TestTasks
let router: Bus
let control: KeyedState<Stop>
let folder: ReturnType<typeof temporaryFolder>
let bots: RunningPart[]

/** A service in whose fleet a program sits at these seats. */
async function open(...seats: string[]): Promise<void> {
  tasks = await startTestTasks({ roles: (role) => (seats.includes(role.name) ? withProgram(role) : role) })
  router = tasks.nats.as({ kind: 'router' }).bus
  control = tasks.nats.as({ kind: 'desk' }).keyed('control')
}
const withProgram = (role: Role): Role => ({ ...role, brain: { kind: 'command', command: 'work', minutes: 1 } })

beforeEach(() => {
  folder = temporaryFolder()
  bots = []
})
afterEach(async () => {
  await Promise.all(bots.map((part) => part.stop()))
  await tasks[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

/** The bot of a role; its program is a shell script, if it has one. */
async function sit(role: string, script = 'true', workspace = () => folder.path): Promise<RunningPart> {
  const { fleet } = tasks.context
  const checks = { ...fleet.checks, work: ['sh', '-c', script] }
  const limits = { ...fleet.limits, task_lease_seconds: 2 }
  const context = { ...tasks.context, fleet: { ...fleet, checks, limits }, workspace }
  await provision(tasks.nats.options({ kind: 'admin' }), { org: 'breakroom', roles: taskRoles, taskLeaseMs: 2_000 })
  const part = await startBots(context, role)
  bots.push(part)
  await part.ready(10_000)
  return part
}

const inFolder = (name: string) => join(folder.path, name)
const lines = (name: string) =>
  existsSync(inFolder(name)) ? readFileSync(inFolder(name), 'utf8').trim().split('\n') : []
const stop = () => control.put('cto', { by: 'alice', at: new Date().toISOString() })

async function events(label: string): Promise<TaskEventType[]> {
  const { key } = await tasks.show(label)
  const commits = (await tasks.commits()).filter((commit) => commit.key === key)
  return commits.flatMap(({ events }) => events.map(({ type }) => type))
}

const saidBy = (role: string, record: RecordName = 'events') => linesBy(router, role, record)
const textsBy = async (role: string) => (await saidBy(role)).map(({ data }) => data.text)
/** Doorbells that nobody has acknowledged. */
const waiting = () => itemsWaiting(tasks.nats)

describe('a seat where a program works', () => {
  beforeEach(() => open('cto'))

  it('hands the task to the program, says that it is here, and submits what the program printed', async () => {
    await sit('cto', 'cat > order; env | grep ^BREAKROOM_ | sort > env; echo "429 after 100"')
    const { key } = await tasks.assign({ description: 'Per address.', context: ['The gateway is in gateway/.'] })
    const done = await tasks.when('t-1', 'done')
    expect(done.result).toMatchObject({ by: 'cto', text: '429 after 100', epoch: 1 })
    expect(JSON.parse(lines('order')[0] ?? '')).toMatchObject({
      task: 't-1',
      title: 'Add rate limiting to the gateway',
      description: 'Per address.',
      acceptance_criteria: ['429 after 100 requests a minute'],
      context: ['The gateway is in gateway/.'],
      verification: [{ kind: 'check', check: 'npm test' }],
      epoch: 1,
      reason: null,
    })
    expect(lines('env').filter((line) => !/^BREAKROOM_(RUN|OWNER)=/.test(line))).toEqual([
      'BREAKROOM_EPOCH=1',
      'BREAKROOM_KIND=work',
      'BREAKROOM_ROLE=cto',
      'BREAKROOM_TASK=t-1',
      `BREAKROOM_TASK_KEY=${key}`,
    ])
    expect(await textsBy('cto')).toEqual(['t-1 is here: "Add rate limiting to the gateway".'])
    expect(await waiting()).toBe(0)
  })

  it('hands the task back with the reason when the program fails, tells the next try of it, and ends when the tries do', async () => {
    await sit('cto', 'cat >> orders; echo "compiling"; echo "1 error" >&2; exit 3')
    await tasks.assign({ budget: { attempts: 2 } })
    const failed = await tasks.when('t-1', 'failed')
    expect(failed.reason).toBe('`work`: ended with exit code 3; its last words: 1 error')
    expect(await events('t-1')).toEqual([
      'created',
      ...['claimed', 'started', 'returned'],
      ...['claimed', 'started', 'failed'],
    ])
    expect(lines('orders').map((line) => JSON.parse(line).reason)).toEqual([null, failed.reason])
    expect(await textsBy('cto')).toHaveLength(1)
  })

  it('says what is wrong when there is nowhere to run the program', async () => {
    await sit('cto', 'true', () => {
      throw new BreakroomError('denied', 'The workspace is a link; remove it.')
    })
    await tasks.assign({ budget: { attempts: 1 } })
    expect((await tasks.when('t-1', 'failed')).reason).toContain('`work`: The workspace is a link; remove it.')
  })

  it('takes the most urgent task, whatever doorbell it heard', async () => {
    await stop()
    await sit('cto', 'echo "$BREAKROOM_TASK" >> order')
    for (const priority of ['low', 'urgent', 'normal'] as const) await tasks.assign({ priority })
    await control.delete('cto')
    await Promise.all(['t-1', 't-2', 't-3'].map((label) => tasks.when(label, 'done')))
    expect(lines('order')).toEqual(['t-2', 't-3', 't-1'])
  })

  it('goes on answering and says what it has in hand, while the program runs', async () => {
    const beats: Heartbeat[] = []
    router.listen(subjects.status('cto'), (data) => void beats.push(data as Heartbeat), never)
    await sit('cto', 'while ! test -e finish; do sleep 0.05; done')
    await tasks.assign()
    await until('it says so', () =>
      beats.some(({ state, task, task_epoch }) => `${state} ${task} ${task_epoch}` === 'working t-1 1'),
    )

    const line = personLine('ping', 'cto: ping', { at: new Date() })
    const authority = { requester: line.actor, chain: [] }
    const handover = {
      to: 'cto',
      kind: 'mention',
      body: 'ping',
      authority,
      tier: 'member',
      trigger: 'ping',
      hops: 0,
    } as const
    await router.publish(subjects.inbox('cto'), inboxEnvelope(line, handover, 'mention', 'test'))
    await until('it answers', async () => (await textsBy('cto')).includes('alice: pong'))
    expect((await tasks.show('t-1')).status).toBe('working')
    writeFileSync(inFolder('finish'), '')
    await until('its hands are free', () => beats.at(-1)?.state === 'ready' && beats.at(-1)?.task === undefined)
  })

  it('keeps its task and its result while no task service is there', async () => {
    await sit('cto', 'echo run >> runs; while ! test -e finish; do sleep 0.05; done; echo finished')
    await tasks.assign()
    await until('it runs', () => lines('runs').length === 1)
    await tasks.stop()
    writeFileSync(inFolder('finish'), '')
    // Longer than the lease: it is kept meanwhile.
    const goneAt = performance.now()
    await until('the lease would be over', () => performance.now() - goneAt > 3_000)
    await tasks.start()
    expect((await tasks.when('t-1', 'done')).result).toMatchObject({ text: 'finished', epoch: 1 })
    expect(lines('runs')).toHaveLength(1)
  })

  it('ends the program of a task that was cancelled, and goes on with the next', async () => {
    await sit('cto', 'test "$BREAKROOM_TASK" = t-2 || { echo $$ > pid; sleep 60; }')
    await tasks.assign()
    await until('it runs', () => lines('pid').length === 1)
    await tasks.assign()
    const cancelledAt = performance.now()
    await tasks.ask('cancel', { task: 't-1', reason: 'not now' })
    await tasks.when('t-2', 'done')
    expect(performance.now() - cancelledAt).toBeLessThan(4_000)
    expect(startMark(Number(lines('pid')[0]))).toBeNull()
    expect(await tasks.show('t-1')).toMatchObject({ status: 'cancelled', reason: 'not now' })
    expect(await waiting()).toBe(0)
  })

  it('F28: goes on when its queue is deleted by hand, with each task done once', async () => {
    await sit('cto', 'echo "$BREAKROOM_TASK" >> runs; while ! test -e finish; do sleep 0.05; done')
    await tasks.assign()
    await until('it runs', () => lines('runs').length === 1)
    const raw = await tasks.nats.raw({ kind: 'admin' })
    await raw.request('$JS.API.CONSUMER.DELETE.WORK.tasks-cto')
    await provision(tasks.nats.options({ kind: 'admin' }), { org: 'breakroom', roles: taskRoles, taskLeaseMs: 2_000 })
    await tasks.assign()
    writeFileSync(inFolder('finish'), '')
    await Promise.all(['t-1', 't-2'].map((label) => tasks.when(label, 'done')))
    await until('nothing is left to do', async () => (await waiting()) === 0, 20_000)
    expect(lines('runs')).toEqual(['t-1', 't-2'])
  })
})

describe('stop', () => {
  beforeEach(() => open('cto'))

  it('S42: ends the program and the children of its children within two seconds, and counts no try', async () => {
    const deaf = `trap "" TERM; echo $$ >> pids`
    await sit(
      'cto',
      `test -e resumed && exit; ${deaf}; sh -c '${deaf}; setsid sh -c "${deaf.replaceAll('"', '\\"')}; sleep 60"'`,
    )
    await tasks.assign({ budget: { attempts: 1 } })
    const pids = () => lines('pids').map(Number)
    await until('they run', () => pids().length === 3)
    const stoppedAt = performance.now()
    await stop()
    await until('all have ended', () => pids().every((pid) => startMark(pid) === null))
    expect(performance.now() - stoppedAt).toBeLessThan(2_000)
    expect(await tasks.when('t-1', 'open')).toMatchObject({ attempts: 0, claim: null })
    await until('the old doorbell is answered, and a new one waits', async () => (await waiting()) === 1)

    writeFileSync(inFolder('resumed'), '')
    await control.delete('cto')
    expect((await tasks.when('t-1', 'done')).result).toMatchObject({ epoch: 2 })
  })

  it('begins nothing while the role is stopped', async () => {
    await stop()
    await sit('cto', 'echo run >> runs')
    await tasks.assign()
    await tasks.assign({ role: 'ceo' })
    await sit('ceo')
    await until('another role has heard its doorbell', async () => (await textsBy('ceo')).length === 1)
    expect(lines('runs')).toEqual([])
    await control.delete('cto')
    await tasks.when('t-1', 'done')
  })
})

describe('a seat whose program reviews', () => {
  beforeEach(() => open('ceo'))

  async function submit(): Promise<void> {
    await tasks.assign({ verification: [review] })
    await tasks.ask('submit', { task: 't-1', result: 'It answers 429.' })
  }

  it('approves with what it printed when it exits with 0', async () => {
    await sit('ceo', 'cat > order; test "$BREAKROOM_KIND" = review; echo "reads well"')
    await submit()
    const { evidence } = await tasks.when('t-1', 'done')
    expect(evidence).toMatchObject([{ by: 'ceo', passed: true, comment: 'reads well' }])
    expect(JSON.parse(lines('order')[0] ?? '')).toMatchObject({ task: 't-1', result: 'It answers 429.' })
  })

  it('rejects with what it printed when it exits otherwise', async () => {
    await sit('ceo', 'echo "no test for the 101st"; exit 1')
    await submit()
    const open = await tasks.when('t-1', 'open')
    expect(open).toMatchObject({ reason: 'no test for the 101st', attempts: 1 })
  })

  it('keeps its verdict on what was submitted before from what was submitted since', async () => {
    await sit('ceo', 'echo "$BREAKROOM_EPOCH" >> runs; while ! test -e "finish-$BREAKROOM_EPOCH"; do sleep 0.05; done')
    await submit()
    await until('it looks', () => lines('runs').length === 1)
    await tasks.ask('reject', { task: 't-1', reason: 'no' }, { by: founder })
    await tasks.ask('submit', { task: 't-1', result: 'Now it does.' })
    writeFileSync(inFolder('finish-1'), '')
    await until('it looks at the other', () => lines('runs').length === 2)
    expect((await tasks.show('t-1')).status).toBe('verifying')
    writeFileSync(inFolder('finish-2'), '')
    await tasks.when('t-1', 'done')
  })

  it('decides nothing when it is killed, and looks again', async () => {
    await sit('ceo', 'test -e killed || { touch killed; kill -9 $$; }')
    await submit()
    expect((await tasks.when('t-1', 'done')).evidence).toHaveLength(1)
  })
})

describe('a seat without a brain', () => {
  beforeEach(() => open())

  it('acknowledges a task once and says how it is claimed', async () => {
    await sit('cto')
    await tasks.assign()
    await until('it says so', async () => (await textsBy('cto')).length > 0)
    expect(await tasks.show('t-1')).toMatchObject({ status: 'open', acknowledged: { by: 'cto' } })
    expect(await saidBy('cto')).toMatchObject([
      {
        room: { name: 'breakroom' },
        data: {
          text: 't-1 is here: "Add rate limiting to the gateway". Nobody works at this seat by itself: !claim t-1',
          notice: true,
        },
      },
    ])
    await until('the doorbell is acknowledged', async () => (await waiting()) === 0)
  })

  it('does not keep its people’s time to acknowledge: one step up is told when nobody has seen it', async () => {
    await sit('cto')
    const { label } = await tasks.assign({ sla: { ack_within_seconds: 1 } })
    await until('it says that it is there', async () => (await textsBy('cto')).length > 0)
    const escalation = await until('one step up is told', async () => (await tasks.show(label)).escalation)
    expect(escalation).toMatchObject({ to: 'ceo', reason: 'cto did not acknowledge it within 1 s' })
    const { task } = await tasks.ask('acknowledge', { task: label })
    expect(task).toMatchObject({ acknowledged: { by: alice.actor }, escalation: null })
  })

  it('speaks of a private task in private alone', async () => {
    await sit('cto')
    const to = { network: 'local', nick: 'alice', account: 'alice' }
    const place: TaskPlace = { room: { name: 'dm-human-alice-cto', visibility: 'private' }, voice: 'cto', to }
    await tasks.assign({}, { place })
    await until('it says so', async () => (await saidBy('cto', 'private')).length > 0)
    expect(await saidBy('cto', 'private')).toMatchObject([{ room: place.room, data: { voice: 'cto', to } }])
    expect(await textsBy('cto')).toEqual([])
  })

  it('says nothing of a task that was cancelled or claimed before it heard of it', async () => {
    await tasks.assign()
    await tasks.ask('cancel', { task: 't-1', reason: 'not now' }, { by: founder })
    await tasks.assign()
    await tasks.ask('claim', { task: 't-2', role: null, doorbell: null }, { by: alice })
    await sit('cto')
    await until('both doorbells are acknowledged', async () => (await waiting()) === 0)
    expect(await textsBy('cto')).toEqual([])
  })
})
