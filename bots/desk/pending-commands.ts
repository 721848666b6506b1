import { setTimeout as pause } from 'node:timers/promises'
import { sentenceOf } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { sweepAway } from '../../core/sweep/report-words.ts'
import { unreachable } from '../../core/task/sentences.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { answer } from '../answer.ts'
import { isTasksAway } from './ask-tasks.ts'
import { nameInFront } from './task-commands.ts'

/** What commands wait for. */
const waitedFor = { tasks: 'the task service', sweep: 'the sweep' } as const
type WaitedFor = keyof typeof waitedFor

/**
 * A command that waits, for the task service where nothing else is said. The item and not a request made of it: what an answer in a
 * conversation asks for is known only when what stands before it is done.
 */
export interface PendingCommand {
  item: InboxEnvelope
  /** When the desk first had it. */
  at: string
  on?: WaitedFor
}

export interface PendingParts {
  state: KeyedState<PendingCommand>
  /** Does it and answers. Rejects, as `tasksAway` says while the service does not answer; doing it twice shows once. */
  attempt: (command: PendingCommand) => Promise<void>
  /** Whether the service did not answer a moment ago. */
  isAway: () => boolean
  bus: Publisher
  subjects: OrgSubjects
  giveUpAfterMs?: number
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** What waits, of everybody; each one's in the order in which it came, and what waits for different things side by side. */
export interface PendingCommands {
  /** Whether something of who wrote this item waits for the task service. */
  holdUp(item: InboxEnvelope): Promise<boolean>
  /**
   * Keeps the command of an item, and says so to who wrote it when that may take long; it is stored when this resolves. Once for an item,
   * however often.
   */
  keep(item: InboxEnvelope, on: WaitedFor): Promise<void>
  /** How many wait for the task service. */
  readonly count: number
  /** Resolves when nothing is in hand any more; after `signal` aborted nothing new begins. */
  ended(): Promise<void>
}

const tenMinutesMs = 10 * 60_000
const againAfterMs = 500
/** After a start the service may need a while too: what is old by then is not given up at the first failure. */
const leastPatienceMs = 30_000
/** Of one person. It is far more than anybody types while they wait, and no flood. */
const most = 20

/**
 * Keeps commands while what they need is away or takes its time, and does them then: of one person strictly in order, of several side by
 * side. What is kept outlives this process. A command that could not be done for `giveUpAfterMs` is answered truthfully and let go.
 */
export function createPendingCommands(parts: PendingParts): PendingCommands {
  const { state, attempt, isAway, giveUpAfterMs = tenMinutesMs, clock, log, metrics, signal } = parts
  const seat = { name: desk, bus: parts.bus, subjects: parts.subjects, now: clock.now }
  /** By item id; what is stored, and until when it is tried on the monotonic clock. */
  const waiting = new Map<string, PendingCommand & { until: number }>()
  /** Done here, while the news that they were stored may still come. */
  const finished = new Set<string>()
  const told = new Set<string>()
  const served = new Map<string, Promise<void>>()

  // Another desk may be in the middle of its last item when this one starts.
  const loaded = state.watch((id, command) => {
    if (command !== null && !finished.has(id)) add(id, command)
    if (command === null) forget(id)
  }, signal)

  return {
    async holdUp(item) {
      await loaded
      return queued(queueOf({ item })).length > 0
    },
    async keep(item, on) {
      await loaded
      if (waiting.has(item.id)) return
      if (queued(queueOf({ item, on })).length >= most) {
        const full = `${most} commands of yours wait for ${waitedFor[on]} already, so this one is not kept. Say it again later.`
        return answer(seat, item, `${nameInFront(item)}${full}`)
      }
      // Before somebody can answer it, or the lines would stand in the wrong order.
      if (on === 'tasks' && isAway()) await tell(item)
      const command = { item, at: clock.now().toISOString(), on }
      finished.delete(item.id)
      await state.put(item.id, command)
      add(item.id, command)
    },
    get count() {
      return [...waiting.values()].filter(({ on = 'tasks' }) => on === 'tasks').length
    },
    async ended() {
      await Promise.all(served.values())
    },
  }

  function queued(queue: string): InboxEnvelope[] {
    return [...waiting.values()].flatMap((command) => (queueOf(command) === queue ? [command.item] : []))
  }

  function add(id: string, command: PendingCommand): void {
    if (waiting.has(id)) return
    const leftMs = Date.parse(command.at) + giveUpAfterMs - clock.now().getTime()
    const until = clock.monotonic() + Math.max(leftMs, Math.min(giveUpAfterMs, leastPatienceMs))
    waiting.set(id, { ...command, until })
    const queue = queueOf(command)
    if (!served.has(queue)) served.set(queue, serve(queue))
  }

  function forget(id: string): void {
    waiting.delete(id)
    finished.delete(id)
    told.delete(id)
  }

  async function serve(queue: string): Promise<void> {
    for (let [item] = queued(queue); item !== undefined && !signal.aborted; [item] = queued(queue)) {
      await finish(item.id)
    }
    served.delete(queue)
  }

  async function finish(id: string): Promise<void> {
    let warned = false
    for (let command = waiting.get(id); command !== undefined && !signal.aborted; command = waiting.get(id)) {
      try {
        await attemptOrGiveUp(command)
        finished.add(id)
        await state.delete(id)
        waiting.delete(id)
        told.delete(id)
        return
      } catch (error) {
        metrics.count('breakroom_retries_total', { what: 'pending' })
        if (!warned) log.warn({ cause: sentenceOf(error) }, 'a command waits, and is tried again')
        warned = true
      }
      await pause(againAfterMs, undefined, { signal }).catch(() => {})
    }
  }

  async function attemptOrGiveUp({ until, ...command }: PendingCommand & { until: number }): Promise<void> {
    try {
      await attempt(command)
    } catch (error) {
      if (clock.monotonic() < until) {
        if (isTasksAway(error)) await Promise.all(queued(queueOf(command)).map(tell))
        throw error
      }
      const changes = !isTasksAway(error) || error.detail.changes === true
      const sentence = command.on === 'sweep' ? sweepAway : unreachable(changes)
      await answer(seat, command.item, `${nameInFront(command.item)}${sentence}`)
      log.warn({ cause: sentenceOf(error) }, 'a command was given up')
    }
  }

  async function tell(item: InboxEnvelope): Promise<void> {
    if (told.has(item.id)) return
    const name = nameInFront(item)
    const text = `${name}${name === '' ? 'The' : 'the'} task service does not answer; I keep that and do it when it is back.`
    // An id of its own: the answer comes later.
    await answer(seat, { ...item, id: `kept:${item.id}` }, text)
    told.add(item.id)
  }
}

/** Whose it is, and what it waits for. */
function queueOf({ item, on = 'tasks' }: Pick<PendingCommand, 'item' | 'on'>): string {
  return `${on} ${item.authority.requester}`
}
