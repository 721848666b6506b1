import { expect, it } from 'vitest'
import { createActivity } from '../../../bots/activity.ts'
import type { Turn } from '../../../bots/take-items.ts'
import { createCommandBrain } from '../../../bots/worker/command-brain.ts'
import type { TaskService } from '../../../bots/worker/task-service.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { doorbellEnvelope } from '../../../core/task/doorbell.ts'
import { roleCommandId, type TaskReply } from '../../../core/task/request.ts'
import type { Task } from '../../../core/task/task.ts'
import { refusal } from '../../../core/task/world.ts'
import type { ProgramOutcome } from '../../../ports/program.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'
import { taskAt } from '../../support/tasks.ts'

const doorbell = doorbellEnvelope(taskAt(1, 1), 'work', '2026-11-21T12:00:00.000Z')
const never = new AbortController().signal

/** A seat whose claims are answered with these tasks, one after another, and what it hands in with this. */
function seat(claims: Partial<Task>[], onSubmit: (result: string, cutOff: AbortController) => void) {
  const outcomes = new Map<string, ProgramOutcome | null>()
  const shift = new AbortController()
  const logged: string[] = []
  let runs = 0
  const service: TaskService = {
    async ask(verb, args, { id }): Promise<TaskReply> {
      if (verb === 'submit' && 'result' in args) onSubmit(args.result, shift)
      const epoch = runs + 1
      const claim = { by: 'cto', at: '2026-11-21T12:00:01.000Z', epoch, doorbell: doorbell.id }
      const standing = verb === 'claim' ? { ...claims.shift(), applied: [roleCommandId('cto', id)] } : {}
      const task = taskAt(1, 2, { status: 'claimed', epoch, claim, ...standing })
      return { task, hint: null, events: [] }
    },
  }
  const brain = createCommandBrain({
    name: 'cto',
    instance: 'one',
    command: { name: 'work', argv: ['work'], workspace: () => '/', timeLimitMs: 1_000 },
    lookEveryMs: 60_000,
    programs: {
      async run() {
        runs++
        return { exitCode: 0, ended: null, durationMs: 1, outputTail: `run ${runs}`, outputSha256: '' }
      },
    },
    journal: {
      outcome: async (key) => outcomes.get(key) ?? null,
      async begin(key) {
        const again = outcomes.has(key)
        outcomes.set(key, outcomes.get(key) ?? null)
        return again
      },
      end: async (key, outcome) => void outcomes.set(key, outcome),
      forget: async (key) => void outcomes.delete(key),
    },
    service,
    bus: { publish: async () => ({ seq: 1, duplicate: false }) },
    subjects: orgSubjects('breakroom'),
    activity: createActivity(),
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    log: { ...quietLog, warn: (fields, message) => void logged.push(`${message} ${JSON.stringify(fields)}`) },
    metrics: quietMetrics,
  })
  const turn = (signal: AbortSignal): Turn => ({
    envelope: doorbell,
    delivery: 1,
    hold: { lapsed: false, end() {} },
    shift: signal,
  })
  return { hear: (signal = never) => brain.work(doorbell, turn(signal)), shift, logged }
}

it('F6: a result that was handed in is not looked up again for the next try at the same doorbell', async () => {
  const handedIn: string[] = []
  const cto = seat([{ attempts: 0 }, { attempts: 1 }], (result, cutOff) => {
    handedIn.push(result)
    if (handedIn.length > 1) return
    // It counted, and a stop came before the answer; the check said no since.
    cutOff.abort()
    throw new BreakroomError('unavailable', 'no answer came')
  })
  await expect(cto.hear(cto.shift.signal)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await cto.hear()).toBe('done')
  expect(handedIn).toEqual(['run 1', 'run 2'])
})

it('S48: what was refused is logged by its rule, not with the results that the refusal shows', async () => {
  const cto = seat([{}], () => {
    throw refusal('result-exists', 'It is "a private result"; yours is "run 1".')
  })
  await cto.hear()
  expect(cto.logged.join()).toContain('result-exists')
  expect(cto.logged.join()).not.toContain('a private result')
})
