import { expect, it } from 'vitest'
import { type LookParts, look } from '../../../bots/sweep/look.ts'
import { createSteadyPast } from '../../../bots/sweep/steady-past.ts'
import { BreakroomError } from '../../../core/errors.ts'
import type { Role } from '../../../core/role.ts'
import type { WatchedTask } from '../../../core/task/watched-task.ts'
import { processAt } from '../../support/sweep-captures.ts'
import { taskRole } from '../../support/tasks.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

const clock = createVirtualClock()
const at = clock.now().toISOString()

function watched(label: string, turn: string, more: Partial<WatchedTask> = {}): WatchedTask {
  return {
    label,
    epoch: 1,
    status: 'open',
    turn,
    judging: false,
    held: null,
    opened_at: at,
    alive_at: at,
    question: null,
    watched: null,
    escalated: false,
    ...more,
  }
}

const roles = (
  [
    ['cto', 'none'],
    ['backend', 'command'],
    ['librarian', 'knowledge'],
    ['sweep', 'sweep'],
  ] as const
).map(([name, kind]) => ({ name, brain: { kind } }) as Role)

function parts(changes: Partial<LookParts> = {}): LookParts {
  const world = {
    roles: new Map([
      ['cto', taskRole({ people: true })],
      ['backend', taskRole({ wip: 2 })],
      ['librarian', taskRole()],
      ['sweep', taskRole({ takesTasks: false })],
    ]),
  }
  return {
    roles,
    world,
    stops: { stopOf: (role) => (role === 'cto' ? { by: 'alice', at } : null) },
    heartbeats: {
      capture: () => ({ listeningSince: 7, processes: new Map([['backend', [processAt({ epoch: 3 })]]]) }),
    },
    queueStates: {
      look: async () =>
        ['breakroom', 'cto', 'backend', 'librarian', 'sweep'].flatMap((role) =>
          (role === 'breakroom' ? (['inbox'] as const) : (['inbox', 'tasks'] as const)).map((queue) => ({
            role,
            queue,
            waiting: 1,
            inHand: 0,
            pulled: true,
          })),
        ),
    },
    watched: async () => [watched('t-1', 'backend'), watched('t-2', 'founder', { judging: true, status: 'verifying' })],
    past: createSteadyPast(clock),
    clock,
    ...changes,
  }
}

it('sees every role and the founder, with whoever sits there, what waits and whose turn it is', async () => {
  const { fleet, unknown, missing } = await look(parts())
  expect({ unknown, missing }).toEqual({ unknown: { queues: null, tasks: null }, missing: [] })
  expect(fleet.agents.map(({ role, seat, stopped, wip }) => [role, seat, stopped, wip])).toEqual([
    ['cto', 'people', true, 3],
    ['backend', 'program', false, 2],
    ['librarian', 'house', false, 3],
    ['sweep', 'house', false, 3],
    ['founder', 'person', false, Number.POSITIVE_INFINITY],
  ])
  const backend = fleet.agents.find(({ role }) => role === 'backend')
  expect(backend).toMatchObject({
    processes: [{ epoch: 3 }],
    tasks: { waiting: 1, inHand: 0, pulled: true },
    work: [{ label: 't-1', openedAt: clock.now().getTime(), held: null }],
  })
  expect(fleet.agents.at(-1)?.work).toMatchObject([{ label: 't-2', judging: true }])
  expect(fleet).toMatchObject({
    at: clock.now().getTime(),
    listeningSince: 7,
    epochs: new Map([
      ['t-1', 1],
      ['t-2', 1],
    ]),
  })
})

it('leaves unknown what does not answer, and says why', async () => {
  const queueStates = { look: () => Promise.reject(new BreakroomError('unavailable', 'The bus is away.')) }
  const denied = () => Promise.reject(new BreakroomError('denied', 'sweep may not see what stands still.'))
  const { fleet, unknown, missing } = await look(parts({ queueStates, watched: denied }))
  expect(unknown).toMatchObject({ queues: { message: 'The bus is away.' }, tasks: { code: 'denied' } })
  expect({ epochs: fleet.epochs, missing }).toEqual({ epochs: null, missing: [] })
  expect(fleet.agents.map(({ inbox, tasks, work }) => ({ inbox, tasks, work }))).toEqual(
    Array.from({ length: 5 }, () => ({ inbox: null, tasks: null, work: [] })),
  )
})

it('misses queues that ought to be there', async () => {
  const states = await parts().queueStates.look()
  const fewer = states.filter(({ role, queue }) => role !== 'cto' || queue !== 'tasks')
  const { missing, fleet } = await look(parts({ queueStates: { look: async () => fewer } }))
  expect(missing).toEqual(['tasks of cto'])
  expect(fleet.agents[0]?.tasks).toBeNull()
})
