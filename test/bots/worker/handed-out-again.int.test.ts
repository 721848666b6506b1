import { afterEach, beforeEach, expect, it } from 'vitest'
import { createActivity } from '../../../bots/activity.ts'
import { createCommandBrain } from '../../../bots/worker/command-brain.ts'
import { createTaskService, type TaskService } from '../../../bots/worker/task-service.ts'
import type { TaskBrain } from '../../../bots/worker/worker.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { type Doorbell, doorbellEnvelope } from '../../../core/task/doorbell.ts'
import type { TaskVerb } from '../../../core/task/request.ts'
import type { ProgramOutcome, ProgramRun } from '../../../ports/program.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'
import { startTestTasks, type TestTasks } from '../../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const finished: ProgramOutcome = { exitCode: 0, ended: null, durationMs: 1, outputTail: 'made', outputSha256: '' }

let tasks: TestTasks
beforeEach(async () => {
  tasks = await startTestTasks()
})
afterEach(() => tasks[Symbol.asyncDispose]())

/**
 * A process of the role whose programs are over at once. One of its questions is answered twice, with something in between, as when
 * the first answer was lost with the connection; `whileRunning` happens while the program runs.
 */
function replica(
  twice: { at: TaskVerb; happens: () => Promise<unknown> } | null,
  whileRunning: () => Promise<unknown> = async () => {},
): TaskBrain & { ran: ProgramRun[] } {
  const { bus } = tasks.nats.as({ kind: 'role', role: 'cto' })
  const real = createTaskService(bus, subjects, 'cto', quietMetrics)
  const service: TaskService = {
    async ask(verb, args, cause, shift) {
      const first = await real.ask(verb, args, cause, shift)
      if (verb !== twice?.at) return first
      await twice.happens()
      return real.ask(verb, args, cause, shift)
    },
  }
  const ran: ProgramRun[] = []
  const brain = createCommandBrain({
    name: 'cto',
    instance: crypto.randomUUID(),
    command: { name: 'work', argv: ['true'], workspace: () => '/', timeLimitMs: 1_000 },
    lookEveryMs: 60_000,
    programs: {
      async run(program) {
        ran.push(program)
        await whileRunning()
        return finished
      },
    },
    journal: { outcome: async () => null, begin: async () => false, end: async () => {}, forget: async () => {} },
    service,
    bus,
    subjects,
    activity: createActivity(),
    clock: tasks.context.clock,
    log: quietLog,
    metrics: quietMetrics,
  })
  return { ...brain, ran }
}

function turn(envelope: Doorbell, delivery: number) {
  return { envelope, delivery, hold: { lapsed: false, end() {} }, shift: new AbortController().signal }
}

it.each<TaskVerb>(['claim', 'start'])(
  'F8: whoever hears the answer to its %s late, when the task was handed out again, runs nothing and leaves the doorbell',
  async (at) => {
    const { label } = await tasks.assign()
    const doorbell = doorbellEnvelope(await tasks.show(label), 'work', new Date().toISOString())
    const claimAgain = () =>
      tasks.askAs(
        'cto',
        'claim',
        { task: null, role: 'cto', doorbell: doorbell.id },
        { id: `claim:${doorbell.id}:2:other` },
      )
    const late = replica({ at, happens: claimAgain })
    expect(await late.work(doorbell, turn(doorbell, 1))).toBe('left')
    expect(late.ran).toEqual([])
    expect(await tasks.show(label)).toMatchObject({ epoch: 2, claim: { epoch: 2 } })
  },
)

it('F7: what is refused because the task was handed out again leaves the doorbell, also while the lease seems to hold', async () => {
  const { label } = await tasks.assign()
  const doorbell = doorbellEnvelope(await tasks.show(label), 'work', new Date().toISOString())
  const claimAgain = () => tasks.askAs('cto', 'claim', { task: null, role: 'cto', doorbell: doorbell.id })
  const late = replica(null, claimAgain)
  expect(await late.work(doorbell, turn(doorbell, 1))).toBe('left')
  expect(late.ran).toHaveLength(1)
  expect((await tasks.show(label)).result).toBeNull()
})
