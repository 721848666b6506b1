import { setTimeout as pause } from 'node:timers/promises'
import type { AnnouncingPace } from '../../core/dead-letter/announcing.ts'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Counter } from '../../ports/counter.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import { storeBehind } from '../../ports/stored-behind.ts'
import { createAnnouncer } from './announcer.ts'
import { type ChangeParts, createLetterChanges } from './changes.ts'
import { openLetterBook } from './letter-book.ts'
import { createLetterHandlers, type LetterHandlers, type OpenLetters } from './letter-handlers.ts'
import { takeIn } from './take-in.ts'

export interface LetterDeskParts extends Omit<ChangeParts, 'records'> {
  /** The bucket `letters`. */
  states: KeyedState<unknown>
  cursors: KeyedState<number>
  /** Gives letters their numbers. */
  numbers: Counter
  bus: Publisher
  /** The public rooms that there are, and the one where things are said that belong nowhere. */
  rooms: ReadonlySet<string>
  homeRoom: string
  pace?: AnnouncingPace
}

/** Where dead letters are read, said, tried again, edited and dropped. */
export interface LetterDesk {
  /** Begins to read, and goes on until `signal` aborts. Called once. */
  begin(signal: AbortSignal): void
  /** Resolves when nothing is under way any more, after the signal aborted. */
  idle(): Promise<void>
  handlers: LetterHandlers
}

const cursorName = 'tasks letters'
/** How often it is looked for what was begun and cut off. */
const finishEveryMs = 5_000
const againAfterMs = 1_000
const patienceMs = 2_000

/** The desk for dead letters, in the process of the task service that leads. */
export function createLetterDesk(parts: LetterDeskParts): LetterDesk {
  const { letters, cursors, numbers, book, world, log, metrics } = parts
  let open: OpenLetters | null = null
  let working: Promise<void> = Promise.resolve()

  return {
    begin(signal) {
      working = work(signal)
    },
    idle: () => working,
    handlers: createLetterHandlers({ opened, book, world }),
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await follow(signal)
      } catch (error) {
        metrics.count('breakroom_retries_total', { what: 'letters' })
        log.warn({ cause: sentenceOf(error) }, 'the dead letters are read anew')
        await rest(againAfterMs, signal)
      }
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    open ??= await openLetters()
    const { records } = open
    // Ends with this reading, so that there are never two who say the same.
    const reading = new AbortController()
    const until = AbortSignal.any([signal, reading.signal])
    const announcer = await createAnnouncer({ ...parts, records, signal: until })
    const finishing = finishAgainAndAgain(open, until)
    const after = await startAfter()
    const progress = storeBehind({ name: cursorName, start: after, cursors, log })
    try {
      for await (const entry of letters.read({ after, signal: until })) {
        const record = await takeIn({ ...parts, records }, entry)
        if (record !== null) announcer.add(record)
        progress.passed(entry.seq)
      }
    } finally {
      reading.abort()
      await Promise.all([announcer.idle(), finishing])
      await progress.close()
    }
  }

  async function openLetters(): Promise<OpenLetters> {
    const records = await openLetterBook(parts.states, parts)
    await numbers.atLeast(records.highest)
    return { records, changes: createLetterChanges({ ...parts, records }) }
  }

  /** From the beginning when nothing is known, or when the stream is another one: what was numbered keeps its number. */
  async function startAfter(): Promise<number> {
    const known = (await cursors.get(cursorName)) ?? 0
    return known <= (await letters.lastSeq()) ? known : 0
  }

  async function finishAgainAndAgain({ changes }: OpenLetters, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await changes.finish()
      await rest(finishEveryMs, until)
    }
  }

  async function opened(): Promise<OpenLetters> {
    for (const end = performance.now() + patienceMs; open === null && performance.now() < end; ) await pause(20)
    if (open !== null) return open
    throw new BreakroomError('unavailable', 'The dead letters are not read yet.')
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal }).catch(() => {})
}
