import { describe, expect, it } from 'vitest'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import type { Applied } from '../../ports/task-store.ts'
import type { Book } from '../../tasks/book.ts'
import { createReminder } from '../../tasks/effects/remind.ts'
import { taskAt } from '../support/tasks.ts'

/** So many tasks that are parked in #breakroom, in a fleet of this time zone. */
function parkedTasks(count: number, timeZone = 'UTC') {
  const escalation = {
    by: 'breakroom',
    at: '2026-11-20T12:00:00.000Z',
    rung: 3,
    to: 'founder',
    reason: 'x',
    parked: true,
  }
  const tasks = Array.from({ length: count }, (_, index) =>
    taskAt(index + 1, 3, { status: 'open', escalation: { ...escalation, reminded_at: null } }),
  )
  const lines: ChatEnvelope[] = []
  let looks = 0
  const remind = createReminder({
    bus: { publish: async (_, line) => ({ seq: lines.push(line as ChatEnvelope), duplicate: false }) },
    subjects: orgSubjects('breakroom'),
    world: { roles: new Map(), checks: new Set(), timeZone } satisfies TaskWorld,
    book: {
      live() {
        looks++
        return tasks
      },
    } as unknown as Book,
  })
  const at = (task: Task | undefined, time: string) => {
    if (task?.escalation == null) throw new Error('it is not parked')
    const reminded = { ...task, escalation: { ...task.escalation, reminded_at: time } }
    return remind({ seq: 1, task: reminded, commit: { at: time } } as Applied)
  }
  return { tasks, lines, at, looks: () => looks }
}

describe('the reminder of the day', () => {
  it('is one line for thousands of tasks that are parked in one place, and looks through them once', async () => {
    const { tasks, lines, at, looks } = parkedTasks(2_000)
    for (const task of tasks) await at(task, '2026-11-21T09:00:00.000Z')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.data.text).toContain('and 1990 more are parked and wait for you.')
    expect(looks()).toBe(1)
    await at(tasks[0], '2026-11-22T09:00:00.000Z')
    expect(new Set(lines.map(({ id }) => id)).size).toBe(2)
  })

  it('that comes late is not that of the next morning, where midnight is another than in London', async () => {
    const { tasks, lines, at } = parkedTasks(1, 'America/Los_Angeles')
    // Six in the evening of the 21st, and nine in the morning of the 22nd.
    await at(tasks[0], '2026-11-22T02:00:00.000Z')
    await at(tasks[0], '2026-11-22T17:00:00.000Z')
    expect(new Set(lines.map(({ id }) => id)).size).toBe(2)
  })

  it('that comes after midnight is that of the morning', async () => {
    const { tasks, lines, at } = parkedTasks(1, 'Europe/Berlin')
    await at(tasks[0], '2026-11-21T23:30:00.000Z')
    await at(tasks[0], '2026-11-22T08:00:00.000Z')
    expect(new Set(lines.map(({ id }) => id)).size).toBe(1)
  })
})
