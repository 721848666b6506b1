import { setTimeout as pause } from 'node:timers/promises'
import type { Limit } from '../core/authority.ts'
import { isBreakroomError } from '../core/errors.ts'
import type { Fleet } from '../core/fleet.ts'
import { checkRole } from '../core/task/create.ts'
import type { TaskCommand } from '../core/task/decide.ts'
import { labelNumber, nextTask } from '../core/task/next.ts'
import { roleCommandId, type TaskReply } from '../core/task/request.ts'
import type { Task } from '../core/task/task.ts'
import { isVisible, unknownTask } from '../core/task/visible.ts'
import { refusal, type TaskWorld } from '../core/task/world.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TaskStore } from '../ports/task-store.ts'
import { type Asker, doerOf, mayForOrThrow } from './asker.ts'
import type { Beside } from './beside.ts'
import type { Book } from './book.ts'
import type { Handlers } from './door.ts'
import { firstThatFit } from './fitting.ts'
import { createQueueHints } from './queue-hints.ts'
import type { Outcome, TaskService } from './service.ts'
import { createTurns } from './turns.ts'
import { createWatching } from './watching.ts'

export interface HandlerParts {
  service: TaskService
  book: Book
  store: TaskStore
  world: TaskWorld
  limits: ReadonlyMap<string, Limit>
  /** Says how many tasks may wait for one role. */
  fleet: { limits: Pick<Fleet['limits'], 'tasks_waiting'> }
  metrics: Metrics
  /** Where tasks are spoken of that nobody asked for in a room. */
  homeRoom: string
}

type Asked = { id: string; trace: string }

const mostListed = 200
const storedWithinMs = 2_000

/** What every verb of the task service does. */
export function createHandlers(parts: HandlerParts): Omit<Handlers, keyof Beside['handlers']> {
  const { service, book, store, world, limits, metrics } = parts
  const queueHint = createQueueHints({ book, store, world })
  const atDoorbells = createTurns()

  const simple =
    <A>(toCommand: (args: A) => TaskCommand) =>
    async (args: A & { task: string | null; epoch?: number | null }, asker: Asker, asked: Asked) =>
      run(await which(args.task, asker), toCommand(args), asker, asked, args.epoch ?? null)

  return {
    async assign({ draft, on_behalf_of }, asker, asked) {
      const origin = originOf(asker, asked)
      const behalf = asker.role === null ? null : await onBehalfOf(asker, on_behalf_of)
      const dependencies = await Promise.all(draft.after.map((label) => seen(label, asker)))
      const { actor, tier, name } = asker
      const authority =
        behalf === null
          ? { requester: actor, tier, name, chain: [] }
          : { ...behalf.authority, chain: [...behalf.authority.chain, actor] }
      const place = behalf?.place ?? asker.place ?? { room: { name: parts.homeRoom, visibility: 'public' } }
      const made = await service.create({ draft, place, authority, dependencies, parent: behalf }, origin, actor)
      return { ...replied(made), hint: await queueHint(made.task) }
    },
    async list({ role, all }, asker) {
      if (role !== null) checkRole(role, world, 'role')
      const live = role === null ? book.live() : book.of(role).live
      const over = all
        ? await store.list({
            ...(role === null ? {} : { role }),
            statuses: ['done', 'failed', 'cancelled'],
            limit: mostListed,
          })
        : []
      const visible = [...live, ...over].filter((task) => isVisible(task, asker.onlooker, world))
      const tasks = visible.sort((a, b) => labelNumber(b.label) - labelNumber(a.label))
      const shown = firstThatFit(tasks.slice(0, mostListed))
      return { tasks: shown, more: tasks.length - shown.length }
    },
    show: async ({ task }, asker) => ({ task: await mustSee(task, asker), hint: null, events: [] }),
    async why({ task: label }, asker) {
      const task = await mustSee(label, asker)
      const all = await commitsOf(task)
      const commits = firstThatFit(all.toReversed()).reverse()
      return { task, commits, earlier: all.length - commits.length }
    },
    async next({ role }, asker) {
      return offered(asker.role ?? role, asker)
    },
    async claim({ task, role, doorbell }, asker, asked) {
      if (asker.role !== null) return claimAtDoorbell(asker.role, doorbell, asker, asked)
      if (task !== null) return run(await mustSee(task, asker), { type: 'claim', doorbell: null }, asker, asked, null)
      if (role === null) throw refusal('which', 'Say which task, or whose next one: !claim t-13, !claim cto.')
      const offer = offered(role, asker)
      return offer.task === null ? offer : run(offer.task, { type: 'claim', doorbell: null }, asker, asked, null)
    },
    acknowledge: simple(({ arrived }) => ({ type: 'acknowledge', arrived })),
    start: simple(() => ({ type: 'start' })),
    note: simple(({ text }) => ({ type: 'note', text })),
    block: simple(({ reason }) => ({ type: 'block', reason })),
    submit: simple(({ result }) => ({ type: 'submit', result })),
    approve: simple(({ comment, about }) => ({ type: 'approve', comment, about })),
    reject: simple(({ reason, about, category }) => ({
      type: 'reject',
      reason,
      about,
      ...(category === undefined ? {} : { category }),
    })),
    reassign: simple(({ role }) => ({ type: 'reassign', role })),
    cancel: simple(({ reason }) => ({ type: 'cancel', reason: reason || 'no reason was given' })),
    hand_back: simple(({ reason, counted }) => ({ type: 'hand_back', reason, counted })),
    async give_up({ doorbell, task: label, reason }, asker, asked) {
      const task = book.atDoorbell(doorbell) ?? (await mustSee(label, asker))
      return run(task, { type: 'give_up', doorbell, reason }, asker, asked, null)
    },
    ...createWatching({ ...parts, run: (task, command, asker, asked) => run(task, command, asker, asked, null) }),
  }

  async function run(
    task: Task,
    command: TaskCommand,
    asker: Asker,
    asked: Asked,
    epoch: number | null,
  ): Promise<TaskReply> {
    return replied(await service.command(task.key, command, doerOf(asker, epoch), originOf(asker, asked)))
  }

  /**
   * A seat's next task: the one it was given at this doorbell, if it has not ended, else the most urgent one. A seat that asks again before
   * it was answered is answered as the first time: one doorbell is the lease of one task.
   */
  function claimAtDoorbell(role: string, doorbell: string | null, asker: Asker, asked: Asked): Promise<TaskReply> {
    const claim = () => claimFor(role, doorbell, asker, asked)
    return doorbell === null ? claim() : atDoorbells.of(doorbell, claim)
  }

  async function claimFor(role: string, doorbell: string | null, asker: Asker, asked: Asked): Promise<TaskReply> {
    // What was given to somebody faster is not offered here again.
    using out = new DisposableStack()
    for (;;) {
      const held = doorbell === null ? null : book.atDoorbell(doorbell)
      const mine = held !== null && held.role === role ? held : null
      const offer = mine === null ? offered(role, asker) : replied({ task: mine, events: [] })
      // Asked again it could be a task, and nobody would have claimed it.
      if (offer.task === null) return offer
      if (mine === null) out.use(book.giveOut(offer.task))
      try {
        return await run(offer.task, { type: 'claim', doorbell }, asker, asked, null)
      } catch (error) {
        if (!isBreakroomError(error, 'refused') || mine !== null) throw error
        // The doorbell rings again when a place is free.
        if (error.detail.rule === 'wip') return { task: null, hint: error.message, events: [] }
        // Somebody was faster; there may be another.
      }
    }
  }

  function offered(role: string, asker: Asker): TaskReply {
    checkRole(role, world, 'role')
    const { open, live } = book.of(role)
    const mayKnow = (task: Task) => isVisible(task, asker.onlooker, world)
    if (open.first !== undefined && mayKnow(open.first)) return { task: open.first, hint: null, events: [] }
    // As if there were no others: neither the task nor the hint tells of them.
    const next = nextTask(open.among(mayKnow), [...live].filter(mayKnow))
    return { task: next.task, hint: next.task === null ? next.hint : null, events: [] }
  }

  /** The task that is named, or the one that the asker holds. */
  async function which(label: string | null, asker: Asker): Promise<Task> {
    if (label !== null) return mustSee(label, asker)
    // What waits for a verdict is out of their hands.
    const held = book
      .heldBy(asker.actor)
      .filter((task) => task.status !== 'verifying' && isVisible(task, asker.onlooker, world))
    if (held.length === 1 && held[0] !== undefined) return held[0]
    if (held.length === 0) throw refusal('which', 'You hold no task; say which one, such as t-13.')
    throw refusal('which', `You hold ${held.map(({ label }) => label).join(', ')}; say which one.`)
  }

  async function mustSee(label: string, asker: Asker): Promise<Task> {
    const task = await seen(label, asker)
    if (task !== null) return task
    throw unknownTask(label)
  }

  /** Of several with this label it is the one that they hold. */
  async function seen(label: string, { actor, onlooker }: Asker): Promise<Task | null> {
    const held = book.heldBy(actor).find((task) => task.label === label)
    const task = held ?? (await book.byLabel(label))
    return task !== null && isVisible(task, onlooker, world) ? task : null
  }

  /** The task that gives an agent the right to ask for another: one that it holds now. */
  async function onBehalfOf(asker: Asker, named: { task: string; epoch: number } | undefined): Promise<Task> {
    const task = named === undefined ? null : await seen(named.task, asker)
    if (task === null || named === undefined || asker.role === null) {
      throw refusal(
        'agent-alone',
        'No agent may assign a task unless a person asked for it: say on behalf of which task.',
      )
    }
    if (task.claim?.by !== asker.role || task.claim.epoch !== named.epoch || task.status === 'verifying') {
      throw refusal('stale-epoch', `${task.label} is not yours under epoch ${named.epoch}.`, {
        epoch: task.claim?.epoch ?? null,
      })
    }
    mayForOrThrow('task.assign', asker.role, task, limits, metrics)
    return task
  }

  /** The store is a moment behind the book. */
  async function commitsOf({ key, version }: Task) {
    const until = performance.now() + storedWithinMs
    for (;;) {
      const commits = await store.commits(key)
      if (commits.length >= version || performance.now() > until) return commits
      await pause(5)
    }
  }
}

/** One agent's id must not be another's. */
function originOf({ role }: Asker, { id, trace }: Asked) {
  return { id: role === null ? id : roleCommandId(role, id), trace, cause: null }
}

function replied({ task, events }: Outcome): TaskReply {
  return { task, hint: null, events }
}
