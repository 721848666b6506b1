import { systemClock } from '../../adapters/process/system-clock.ts'
import { look } from '../../bots/sweep/look.ts'
import { createSay } from '../../bots/sweep/say.ts'
import { createSteadyPast } from '../../bots/sweep/steady-past.ts'
import type { SweepOnceParts } from '../../bots/sweep/sweep-once.ts'
import { treat } from '../../bots/sweep/treat.ts'
import { watchedTasks } from '../../bots/sweep/watched-tasks.ts'
import type { Role } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import { type Thresholds, thresholdsOf, thresholdsSchema } from '../../core/sweep/settings.ts'
import { taskWorld } from '../../core/task/world.ts'
import type { Bus } from '../../ports/bus.ts'
import { quietLog, quietMetrics } from './quiet.ts'
import { startTestTasks, type TestTasks, type TestTasksOptions } from './task-service.ts'

/** Who sweeps in these tests. */
export const sweeperRole = 'devops'
/** Long enough for every wait of a test, and short enough that a share of it passes in one. */
export const everyMs = 3_000

/** A task service whose devops sweeps, and calls stuck at once what it calls stuck after minutes elsewhere. */
export async function startSweptTasks(
  options: Omit<TestTasksOptions, 'roles'> & { thresholds?: Partial<Thresholds> } = {},
): Promise<TestTasks> {
  const { thresholds = {}, ...others } = options
  const tasks = await startTestTasks({
    ...others,
    roles: (role) => (role.name === sweeperRole ? asSweeper(role) : role),
  })
  const soon = { waiting_for_answer: 1e-6, waiting_for_human: 1e-6, human_patience: 60 }
  Object.assign(tasks.house.fleet.sweep, {
    every_minutes: everyMs / 60_000,
    thresholds: thresholdsSchema.parse({ ...soon, ...thresholds }),
  })
  return tasks
}

function asSweeper(role: Role): Role {
  return {
    ...role,
    brain: { kind: 'sweep' },
    tools: {
      tasks: [
        'list_tasks',
        'watch_tasks',
        'answer_question',
        'ping_worker',
        'hand_back_task',
        'reassign_task',
        'escalate_task',
      ],
      knowledge: ['ask'],
    },
  }
}

export type Sweeper = SweepOnceParts & { own: Bus }

/** What one sweep needs, on the real bus, with anything else as it is given. Two of them are two sweepers who know nothing of each other. */
export function sweeperOn(tasks: TestTasks, changes: Partial<SweepOnceParts> = {}): Sweeper {
  const { fleet, roles } = tasks.house
  const subjects = orgSubjects(fleet.org)
  const { bus, revised, queueStates } = tasks.nats.as({ kind: 'sweep' })
  const own = tasks.nats.as({ kind: 'role', role: sweeperRole }).bus
  const clock = systemClock
  const past = createSteadyPast(clock)
  const say = createSay({ own, role: { name: sweeperRole, nick: sweeperRole }, room: 'breakroom', clock })
  const treating = { role: sweeperRole, own, bus, subjects, say, mayTell: true, mayAct: () => true }
  const seen = async () =>
    look({
      roles,
      world: taskWorld(roles, fleet),
      stops: { stopOf: () => null },
      heartbeats: { capture: () => ({ listeningSince: clock.now().getTime(), processes: new Map() }) },
      queueStates: queueStates(
        fleet.org,
        roles.map(({ name }) => name),
      ),
      watched: () => watchedTasks({ bus: own, subjects, role: sweeperRole }, 'test'),
      past,
      clock,
    })
  return {
    own,
    look: async () => (await seen()).fleet,
    organs: async () => [],
    memory: revised('sweeps'),
    treat: (stall, move) => treat(treating, stall, move),
    thresholds: (role) => thresholdsOf(role, fleet.sweep),
    everyMs,
    clock,
    current: () => true,
    log: quietLog,
    metrics: quietMetrics,
    ...changes,
  }
}

/** A task of the cto that stands still on this question. */
export async function stuckTask(tasks: TestTasks, question: string): Promise<string> {
  const { label } = await tasks.assign()
  await tasks.askAs('cto', 'claim', { task: label, role: null })
  await tasks.askAs('cto', 'block', { task: label, reason: question, epoch: 1 })
  return label
}

/** How often each thing was done about a task. */
export async function doneAbout(tasks: TestTasks, label: string): Promise<Record<string, number>> {
  const { key } = await tasks.show(label)
  const watched = ['pinged', 'answered', 'asked', 'taken_back', 'reassigned', 'escalated', 'step_passed', 'completed']
  const counts: Record<string, number> = {}
  for (const commit of await tasks.commits()) {
    if (commit.key !== key) continue
    for (const { type } of commit.events) if (watched.includes(type)) counts[type] = (counts[type] ?? 0) + 1
  }
  return counts
}
