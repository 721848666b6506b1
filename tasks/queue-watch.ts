import { sentenceOf } from '../core/errors.ts'
import { listed } from '../core/task/wording.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { QueueCount, WorkCounts } from '../ports/work-counts.ts'

export interface QueueWatchParts {
  counts: WorkCounts
  /** Rings once more for open tasks; it is told how many doorbells are there for a role. Safe to repeat. */
  ring: (doorbells: (role: string) => number) => Promise<void>
  /** Is told what is on the queues at each look. */
  onCounted: (queues: readonly QueueCount[]) => Promise<void>
  /** Says something in the home room. The same id again is the same line. */
  say: (id: string, text: string) => Promise<void>
  metrics: Metrics
  clock: Pick<Clock, 'now'>
  log: Log
  everyMs: number
  signal: AbortSignal
}

/** Watches over the queues of all roles. */
export interface QueueWatch {
  /** Resolves when what is under way is finished; after `signal` aborted nothing more begins. */
  idle(): Promise<void>
}

/** Above it a role is behind. */
const behindAbove = 5
/** At most so many, and it has caught up. */
const caughtUpAt = 2
const hourMs = 3_600_000
/** Nothing ages out of the queues. What has been there so long (80 % of 72 hours) is forgotten by people all the same. */
const oldAfterMs = 0.8 * 72 * hourMs
const mostNamed = 4
/** A burst that is gone at the next look is nobody's business. */
const looksBehind = 2

/** A queue that has not caught up. */
interface Late {
  since: Date
  /** In a row at which it was behind. */
  looks: number
  said: boolean
}

/**
 * Looks at the queues every `everyMs`: how much waits for each role becomes a gauge; who is behind is said once, and again only after they
 * had caught up; what waits for days is said once. Every hour it rings for open tasks, because a doorbell may be lost together with its
 * stream. A look that fails is done again at the next turn.
 */
export function createQueueWatch(parts: QueueWatchParts): QueueWatch {
  const { counts, metrics, clock, log, signal } = parts
  const late = new Map<string, Late>()
  let saidOld = false
  let hour = hourOf(clock.now())
  let looking: Promise<void> = Promise.resolve()
  let busy = false

  const timer = setInterval(() => {
    if (busy || signal.aborted) return
    busy = true
    looking = look()
      .catch((error) => log.warn({ cause: sentenceOf(error) }, 'the queues could not be looked at'))
      .finally(() => {
        busy = false
      })
  }, parts.everyMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  if (signal.aborted) clearInterval(timer)
  return { idle: () => looking }

  async function look(): Promise<void> {
    const { queues, oldest } = await counts.count()
    const now = clock.now()
    for (const { role, queue, items } of queues) metrics.gauge('breakroom_consumer_lag', items, { role, queue })
    await parts.onCounted(queues)
    await sayBehind(queues, now)
    await sayOld(oldest, now)
    if (hourOf(now) === hour) return
    await parts.ring((role) => queues.find((one) => one.role === role && one.queue === 'tasks')?.items ?? 0)
    hour = hourOf(now)
  }

  async function sayBehind(queues: readonly QueueCount[], now: Date): Promise<void> {
    const fresh: (QueueCount & { state: Late })[] = []
    for (const count of queues) {
      const name = `${count.queue}-${count.role}`
      const state = late.get(name) ?? { since: now, looks: 0, said: false }
      if (count.items <= caughtUpAt) late.delete(name)
      else late.set(name, state)
      state.looks = count.items > behindAbove ? state.looks + 1 : 0
      if (state.looks >= looksBehind && !state.said) fresh.push({ ...count, state })
    }
    const [first] = fresh.sort((a, b) => b.items - a.items)
    if (first === undefined) return
    const id = `behind:${first.queue}:${first.role}:${first.state.since.toISOString()}`
    const words = fresh.map(
      ({ role, queue, items, state }) => `${role} (${items} ${itemWords[queue]}, since ${timeOf(state.since)})`,
    )
    await parts.say(id, `Behind with their work: ${named(words, 'and')}. Nothing is lost; it takes longer.`)
    for (const { state } of fresh) state.said = true
  }

  async function sayOld(oldest: { seq: number; since: Date } | null, now: Date): Promise<void> {
    if (oldest === null || now.getTime() - oldest.since.getTime() <= oldAfterMs) {
      saidOld = false
      return
    }
    if (saidOld) return
    const whose = await counts.whose(oldest.seq)
    const roles = named([...new Set(whose.map(({ role }) => role))], 'or') || 'a role'
    const hours = Math.floor((now.getTime() - oldest.since.getTime()) / hourMs)
    await parts.say(`old:${oldest.seq}`, `Something for ${roles} has waited for ${hours} hours, and nobody took it.`)
    saidOld = true
  }
}

const itemWords = { tasks: 'doorbells', inbox: 'messages' } as const

function hourOf(now: Date): number {
  return Math.floor(now.getTime() / hourMs)
}

function timeOf(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`
}

/** `a, b and 3 more`. */
function named(words: readonly string[], last: 'and' | 'or'): string {
  const shown = words.length > mostNamed ? [...words.slice(0, mostNamed), `${words.length - mostNamed} more`] : words
  return listed(shown, last)
}
