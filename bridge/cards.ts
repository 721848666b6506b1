import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import { desk } from '../core/route.ts'
import type { OrgSubjects } from '../core/subject.ts'
import { taskCard } from '../core/task/card.ts'
import { asLabel } from '../core/task/label.ts'
import { taskReplySchema } from '../core/task/request.ts'
import type { Task } from '../core/task/task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import type { Recorded, RecordReader, Services } from '../ports/bus.ts'
import type { ChatNetwork } from '../ports/chat.ts'
import type { Clock } from '../ports/clock.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import { createCursor } from './cursor.ts'
import type { Shown } from './id-notes.ts'
import type { Threads } from './threads.ts'

export interface CardParts {
  bus: RecordReader & Services
  subjects: OrgSubjects
  cursors: KeyedState<number>
  /** Where each card was shown. */
  ids: KeyedState<Shown>
  threads: Pick<Threads, 'spoke'>
  network: ChatNetwork & Required<Pick<ChatNetwork, 'showCard'>>
  /** Rooms that the network shows. */
  rooms: ReadonlySet<string>
  world: TaskWorld
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

const askWithinMs = 2_000
const againAfterMs = 1_000

/** A card that is being brought up to date, and what waits for it. */
interface Update {
  done: (() => void)[]
  again: boolean
}

/**
 * Keeps one card for each task of a public room: whenever something happened to a task, the card shows how it stands now. Follows the
 * record from a stored cursor, so a card that could not be shown is shown later; several changes in a row are one change of the card.
 */
export async function keepCards(parts: CardParts): Promise<void> {
  const { bus, network, metrics, log, signal } = parts
  const cursor = await createCursor({ ...parts, name: `cards ${network.name}`, record: 'events' })
  const updates = new Map<string, Update>()
  const running = new Set<Promise<void>>()
  const filters = ['events.*.task.*']
  for await (const entry of bus.read({ record: 'events', filters, after: cursor.start, signal })) {
    const label = labelOf(entry, parts.rooms)
    if (label === null) {
      cursor.passed(entry.seq)
      continue
    }
    const done = cursor.begin(entry.seq)
    const update = updates.get(label)
    if (update !== undefined) {
      update.done.push(done)
      update.again = true
      continue
    }
    const run = bringUpToDate(label, done).finally(() => running.delete(run))
    running.add(run)
  }
  await Promise.all(running)
  await cursor.close()

  async function bringUpToDate(label: string, done: () => void): Promise<void> {
    const update: Update = { done: [done], again: true }
    updates.set(label, update)
    while (update.again && !signal.aborted) {
      update.again = false
      try {
        await show(parts, label)
      } catch (error) {
        // The network is stopped before we are: what it did not show is begun again by the next start.
        if (isBreakroomError(error, 'closed')) return
        if (isBreakroomError(error, 'undeliverable') || isBreakroomError(error, 'denied')) {
          metrics.count('breakroom_undeliverable_total', { network: network.name })
          log.warn({ task: label, cause: error.message }, 'a card was refused for good')
          continue
        }
        metrics.count('breakroom_retries_total', { what: 'card' })
        log.warn({ task: label, cause: sentenceOf(error) }, 'a card is shown again')
        update.again = true
        await pause(againAfterMs, undefined, { signal }).catch(() => {})
      }
    }
    updates.delete(label)
    if (!signal.aborted) for (const finish of update.done) finish()
  }
}

async function show(parts: CardParts, label: string): Promise<void> {
  const { network, ids, threads } = parts
  const task = await currentTask(parts, label)
  // What became private, or is gone, has no card.
  if (task === null || task.place.room.visibility !== 'public') return
  const room = task.place.room.name
  const key = `${network.name} card ${task.key}`
  const shown = (await ids.get(key))?.ids[0] ?? null
  const now = parts.clock.now()
  const id = await network.showCard({ id: `card:${task.key}`, room, card: taskCard(task, now, parts.world), shown })
  if (id !== shown) await ids.put(key, { ids: [id] })
  // What is said of the task from now on hangs on its card.
  threads.spoke({ network: network.name, id, room, trace: task.trace, at: now.toISOString(), task: task.label })
}

async function currentTask({ bus, subjects }: CardParts, label: string): Promise<Task | null> {
  const request = {
    id: `card:${label}`,
    trace: '',
    by: { actor: desk, tier: 'none', name: desk },
    place: null,
    args: { task: label },
  }
  try {
    return taskReplySchema.parse(await bus.request(subjects.taskService('show', 'bridge'), request, askWithinMs)).task
  } catch (error) {
    // There is no such task for us.
    if (isBreakroomError(error, 'refused') || isBreakroomError(error, 'usage')) return null
    throw error
  }
}

/** The task that an entry tells of, when its room is shown. */
function labelOf({ envelope }: Recorded, rooms: ReadonlySet<string>): string | null {
  if (envelope instanceof BreakroomError || envelope.room === undefined || !rooms.has(envelope.room.name)) return null
  const { task } = envelope.data
  return typeof task === 'string' ? asLabel(task) : null
}
