import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keepCards } from '../../bridge/cards.ts'
import { homeOf } from '../../bridge/home.ts'
import type { Shown } from '../../bridge/id-notes.ts'
import type { Thread } from '../../bridge/threads.ts'
import { BreakroomError } from '../../core/errors.ts'
import { orgSubjects } from '../../core/subject.ts'
import { taskWorld } from '../../core/task/world.ts'
import type { ChatNetwork, OutgoingCard } from '../../ports/chat.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { alice, bob, founder, startTestTasks, type TestTasks } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const clock = { now: () => new Date(), monotonic: () => performance.now() }

/** A platform that shows cards, as far as these tests look; `failing` calls fail first. */
function wall() {
  const cards: OutgoingCard[] = []
  const board = {
    cards,
    failing: 0,
    /** It is stopped, as at the end of the bridge, before whoever keeps cards is. */
    closed: false,
    refused: 0,
    /** Resolves what waits to be shown. */
    hold: Promise.resolve(),
    async showCard(card: OutgoingCard) {
      if (board.closed) {
        board.refused++
        throw new BreakroomError('closed', 'The network was stopped.')
      }
      if (board.failing-- > 0) throw new Error('the platform is away')
      await board.hold
      cards.push(card)
      return card.shown ?? `T1:C1:${cards.length}`
    },
  }
  return board
}

describe('the cards of tasks', () => {
  let tasks: TestTasks
  let board: ReturnType<typeof wall>
  let spoken: Thread[]

  beforeAll(async () => {
    tasks = await startTestTasks({ rooms: { board: { visibility: 'private' } } })
  }, 30_000)
  afterAll(() => tasks?.[Symbol.asyncDispose]())
  beforeEach(() => {
    board = wall()
    spoken = []
  })

  async function keeping(): Promise<AsyncDisposable> {
    const ending = new AbortController()
    const { bus, keyed } = tasks.nats.as({ kind: 'bridge' })
    const kept = keepCards({
      bus,
      subjects,
      cursors: keyed<number>('cursors'),
      ids: keyed<Shown>('ids'),
      threads: { spoke: (thread) => void spoken.push(thread) },
      network: { name: 'acme', showCard: board.showCard } as ChatNetwork & Required<Pick<ChatNetwork, 'showCard'>>,
      rooms: new Set(['breakroom']),
      world: taskWorld(tasks.context.roles, tasks.context.fleet),
      clock,
      log: quietLog,
      metrics: quietMetrics,
      signal: ending.signal,
    })
    await until('they are kept from now on', async () => (await keyed('cursors').get('cards acme')) !== null)
    return {
      async [Symbol.asyncDispose]() {
        ending.abort()
        await kept
      },
    }
  }
  const states = (label: string) => board.cards.filter(({ card }) => card.label === label).map(({ card }) => card.state)

  it('are shown once and then changed in place, and what is said of a task hangs on its card', async () => {
    await using _ = await keeping()
    const task = await tasks.assign({ title: 'Show me' })
    await until('it is shown', () => states(task.label).length > 0)
    await tasks.ask('claim', { task: task.label, role: null, doorbell: null })
    await until('it shows the claim', () => board.cards.length > 1)
    const [first, second] = board.cards.filter(({ card }) => card.label === task.label)
    expect(first).toMatchObject({ id: `card:${task.key}`, room: 'breakroom', shown: null })
    expect(second?.shown).toBe('T1:C1:1')
    expect(spoken).toContainEqual(expect.objectContaining({ id: 'T1:C1:1', trace: task.trace, task: task.label }))
  })

  it('are tried again while the platform is away, and shown as the task stands by then', async () => {
    await using _ = await keeping()
    board.failing = 1
    const task = await tasks.assign({ title: 'Be patient' })
    await tasks.ask('cancel', { task: task.label, reason: 'never mind' })
    await until('it is shown', () => states(task.label).length > 0)
    expect(states(task.label).at(-1)).toMatch(/cancelled/)
  })

  it('show what happened while nobody kept them', async () => {
    {
      await using _ = await keeping()
    }
    const task = await tasks.assign({ title: 'Meanwhile' })
    await using _ = await keeping()
    await until('it is shown', () => states(task.label).length > 0)
  })

  it('F13: show after a restart what was to be shown when the platform was stopped', async () => {
    let label = ''
    {
      await using _ = await keeping()
      board.closed = true
      label = (await tasks.assign({ title: 'In the last moment' })).label
      await until('it is refused', () => board.refused > 0)
      const later = await tasks.assign({ title: 'And one more' })
      await until('that too', () => board.refused > 1)
      expect(states(later.label)).toEqual([])
    }
    board.closed = false
    await using _ = await keeping()
    await until('it is shown', () => states(label).length > 0)
  })

  it('S22: are never made for what was asked for in private', async () => {
    await using _ = await keeping()
    const place = { room: { name: 'board', visibility: 'private' as const } }
    const hidden = await tasks.assign({ title: 'Buy the rival' }, { place })
    const open = await tasks.assign({ title: 'Say hello' })
    await until('the public one is shown', () => states(open.label).length > 0)
    expect(JSON.stringify(board.cards)).not.toContain('rival')
    expect(states(hidden.label)).toEqual([])
  })

  it('are put together for the page of one person, with that person’s rights', async () => {
    const { bus } = tasks.nats.as({ kind: 'bridge' })
    const desk = tasks.nats.as({ kind: 'desk' }).bus
    const ending = new AbortController()
    await desk.serve(
      'desk',
      {
        status: {
          subject: subjects.service('desk', 'status'),
          handler: async () => ({ org: 'breakroom', roles: [{ role: 'cto', state: 'here' }], troubles: [] }),
        },
      },
      ending.signal,
    )
    const asked = await tasks.assign({ title: 'Judge me', verification: [{ kind: 'approval' }] })
    await tasks.ask('claim', { task: asked.label, role: null, doorbell: null }, { by: bob })
    await tasks.ask('submit', { task: asked.label, result: 'here it is' }, { by: bob })
    const parts = {
      bus,
      subjects,
      world: taskWorld(tasks.context.roles, tasks.context.fleet),
      clock,
      newId: () => crypto.randomUUID(),
    }
    const page = (who: typeof alice | typeof bob | typeof founder) =>
      homeOf(parts, { actor: who.actor, personId: who.actor.slice(6), name: who.name, tier: who.tier })

    const [hers, his, theirs] = await Promise.all([page(alice), page(bob), page(founder)])
    expect(hers.waiting.map(({ label }) => label)).toContain(asked.label)
    expect(his.waiting).toEqual([])
    expect(his.mine.map(({ label }) => label)).toContain(asked.label)
    expect(hers).toMatchObject({
      roles: [{ role: 'cto', state: 'here' }],
      troubles: [],
      may: { stop: true, resume: false },
    })
    expect(theirs.may).toEqual({ stop: true, resume: true })
    ending.abort()
  })
})
