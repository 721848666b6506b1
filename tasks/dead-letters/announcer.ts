import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type AnnouncingPace, howToAnnounce, usualPace } from '../../core/dead-letter/announcing.ts'
import type { LetterRecord } from '../../core/dead-letter/record.ts'
import { burstLine, letterLine } from '../../core/dead-letter/sentences.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { houseLine, subjectOfLine } from '../../core/house-line.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { LetterBook } from './letter-book.ts'

export interface AnnouncerParts {
  records: LetterBook
  states: KeyedState<unknown>
  bus: Publisher
  subjects: OrgSubjects
  homeRoom: string
  pace?: AnnouncingPace
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Says in the rooms what was given up, each letter once. */
export interface Announcer {
  /** It will be said, at the latest after `longestMs`, or when the bus is there. */
  add(record: LetterRecord): void
  /** Resolves when nothing is being said. */
  idle(): Promise<void>
}

/** One line that tells of many: which, written down before it is said, so that after a crash it is the same line again. */
const bundleSchema = z.strictObject({ id: z.string(), labels: z.array(z.string()).min(1) })
type Bundle = z.infer<typeof bundleSchema>

interface Room {
  waiting: { label: string; since: number }[]
  saidAt: number[]
  working: Promise<void> | null
}

const againAfterMs = 500
/** Entries of a bucket that are written side by side. */
const window = 100

/**
 * Goes on with what was begun before a crash, and with what nobody was told of. Lines have ids made from their letters: said again, they show
 * once.
 */
export async function createAnnouncer(parts: AnnouncerParts): Promise<Announcer> {
  const { records, states, bus, subjects, homeRoom, pace = usualPace, clock, log, metrics, signal } = parts
  const rooms = new Map<string, Room>()

  for (const [key, value] of await states.entries()) {
    const bundle = key.startsWith(bundleFront) ? bundleSchema.safeParse(value) : null
    if (bundle?.success === true) await sayBundle(key.slice(bundleFront.length), bundle.data)
  }
  for (const record of records.all()) if (record.announced === null) add(record)

  return {
    add,
    async idle() {
      await Promise.all([...rooms.values()].map(({ working }) => working))
    },
  }

  function add(record: LetterRecord): void {
    const name = roomOf(record)
    const room = rooms.get(name) ?? { waiting: [], saidAt: [], working: null }
    rooms.set(name, room)
    room.waiting.push({ label: record.label, since: clock.monotonic() })
    room.working ??= work(room, name)
  }

  async function work(room: Room, name: string): Promise<void> {
    while (room.waiting.length > 0 && !signal.aborted) {
      const now = clock.monotonic()
      room.saidAt = room.saidAt.filter((at) => at > now - pace.windowMs)
      const how = howToAnnounce(
        room.waiting.map(({ since }) => since),
        room.saidAt,
        now,
        pace,
      )
      if (typeof how === 'object') {
        await rest(how.inMs)
        continue
      }
      const waiting = room.waiting.splice(0)
      const labels = waiting.map(({ label }) => label)
      try {
        if (how === 'each') for (const label of labels) await sayOne(label)
        else await sayTogether(name, labels)
        room.saidAt.push(...(how === 'each' ? labels.map(() => now) : [now]))
      } catch (error) {
        room.waiting.unshift(...waiting)
        metrics.count('breakroom_retries_total', { what: 'letters' })
        log.warn({ cause: sentenceOf(error) }, 'dead letters could not be said yet')
        await rest(againAfterMs)
      }
    }
    // At once, so that whoever comes next begins anew.
    room.working = null
  }

  async function sayOne(label: string): Promise<void> {
    const record = records.byLabel(label)
    if (record === null || record.announced !== null) return
    const open = record.room?.visibility === 'public'
    const task = open && record.task !== null ? { task: record.task } : {}
    await say(roomOf(record), `letter:${digest(record.id)}`, letterLine(record, open), {
      more: task,
      // Found under the code of what it came from, where that is no secret.
      trace: open ? record.trace : null,
      action: record.kind === 'other' ? null : `dlq retry ${label}`,
    })
    metrics.count('breakroom_letter_changes_total', { what: 'said' })
    await announced([label])
  }

  /** Written down first: killed in between, the next one says the same line of the same letters. */
  async function sayTogether(room: string, labels: string[]): Promise<void> {
    const untold = labels.filter((label) => records.byLabel(label)?.announced === null)
    const [first] = untold
    if (first === undefined) return
    if (untold.length === 1) return sayOne(first)
    const bundle = { id: `letters:${digest(untold.join(' '))}`, labels: untold }
    await states.put(bundleFront + room, bundle)
    await sayBundle(room, bundle)
  }

  async function sayBundle(room: string, { id, labels }: Bundle): Promise<void> {
    const told = labels.flatMap((label) => records.byLabel(label) ?? [])
    await say(room, id, burstLine(told), { more: {}, trace: null, action: 'dlq' })
    metrics.count('breakroom_letter_changes_total', { what: 'said' })
    await announced(labels)
    await states.delete(bundleFront + room)
  }

  async function announced(labels: readonly string[]): Promise<void> {
    const at = clock.now().toISOString()
    for (let from = 0; from < labels.length; from += window) {
      const known = labels.slice(from, from + window).filter((label) => records.byLabel(label) !== null)
      await Promise.all(known.map((label) => records.change(label, { announced: at })))
    }
    metrics.count('breakroom_letter_changes_total', { what: 'announced' }, labels.length)
  }

  async function say(
    room: string,
    id: string,
    text: string,
    { more, trace, action }: { more: { task?: string }; trace: string | null; action: string | null },
  ): Promise<void> {
    // Without a public room there is nobody to tell.
    if (room === '') return
    const place = { name: room, visibility: 'public' } as const
    const line = houseLine({ id, source: 'tasks', at: clock.now(), room: place, text, more })
    const label = action === 'dlq' ? 'List' : 'Retry'
    const data = action === null ? line.data : { ...line.data, actions: [{ label, command: action }] }
    try {
      await bus.publish(subjectOfLine(subjects, line), { ...line, ...(trace === null ? {} : { trace }), data })
    } catch (error) {
      if (isBreakroomError(error, 'unavailable')) throw error
      metrics.count('breakroom_undeliverable_total', {})
      log.error({ cause: sentenceOf(error) }, 'a line about dead letters cannot be said')
    }
  }

  function roomOf({ room }: LetterRecord): string {
    return room?.visibility === 'public' ? room.name : homeRoom
  }

  function rest(ms: number): Promise<void> {
    return pause(ms, undefined, { signal }).catch(() => {})
  }
}

const bundleFront = 'announcing '

function digest(what: string): string {
  return createHash('sha256').update(what).digest('hex').slice(0, 32)
}
