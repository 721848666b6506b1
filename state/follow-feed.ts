import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { FeedMark, StateFile } from '../ports/state-file.ts'

/** A stream that is read into the file. */
export interface Feed<E extends { seq: number; caughtUp: boolean }> {
  /** Of its mark. */
  name: string
  /** In a sentence: `what happens to tasks`. */
  what: string
  read(options: { after: number; signal: AbortSignal }): AsyncIterable<E>
  /** As `read`, but nothing is left out. */
  readAll(options: { after: number; signal: AbortSignal }): AsyncIterable<E>
  lastSeq(): Promise<number>
  idOf(entry: E): string
  /** Keeps entries and marks, all or none. What is refused comes again alone, and is passed over when it is refused alone. */
  keep(entries: readonly E[], marks: Readonly<Record<string, FeedMark>>): Promise<void>
  /** Called before it is read from its beginning, for the first time or because it is another one. */
  onBegin?(): void | Promise<void>
  /**
   * Called when all of it was read from the beginning. Until it has resolved, reading begins there again after a restart; `signal` aborts
   * when that is to be done at once.
   */
  onReadAll?(signal: AbortSignal): Promise<void>
  /** Called now and then with how many entries are not kept yet; of what is left out it knows nothing. */
  onLag?(entries: number): void
}

export interface FollowingParts {
  file: Pick<StateFile, 'mark' | 'note' | 'setNote'>
  clock: Clock
  sleep: Sleep
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** A feed while it is followed. */
export interface Following {
  /** Resolves after `signal` aborted and what was under way has ended; rejects when the file cannot be used any more. */
  ended: Promise<void>
  /** Entries that are not kept yet; null while nobody knows. */
  lag(): number | null
  troubles(): string[]
}

/** Entries that are kept together at most. */
const batchSize = 256
/** How often it is looked whether the feed is still the one that was read. */
const lookEveryMs = 3_000
const lookWithinMs = 5_000
const restMs = 500
const longestRestMs = 15_000

/**
 * Reads a feed into the file, from where its mark says, each entry once: the mark is kept together with what was read. One that is not the
 * one that was read (shorter, or another entry at that place) is read again from its beginning. While the file takes nothing, the same is
 * tried again and again, and said.
 */
export function followFeed<E extends { seq: number; caughtUp: boolean }>(
  feed: Feed<E>,
  parts: FollowingParts,
): Following {
  const { file, sleep, log, metrics, signal } = parts
  const anewNote = `${feed.name} anew`
  let trouble: string | null = null
  let kept: number | null = null
  let last: number | null = null
  /** What was kept when it was looked at last: the mark may be one of another feed already. */
  let anchor: FeedMark | null = null
  let newest: FeedMark | null = null
  const ended = work()
  return {
    ended,
    lag: () => (kept === null || last === null ? null : Math.max(0, last - kept)),
    troubles: () => (trouble === null ? [] : [trouble]),
  }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      const session = new AbortController()
      const until = AbortSignal.any([signal, session.signal])
      const beside: Promise<void>[] = []
      try {
        const { after, end, anew } = await begin(until)
        beside.push(watch(until, () => session.abort()))
        let owesAll = anew
        await read(after, until, (seq) => {
          if (!owesAll || seq < (feed.onReadAll === undefined ? Math.min(end, 1) : end)) return
          owesAll = false
          beside.push(readAll(until))
        })
      } catch (error) {
        if (signal.aborted) break
        if (isLost(error)) throw error
        log.info({ feed: feed.name, cause: sentenceOf(error) }, 'state: a feed cannot be read yet')
      } finally {
        session.abort()
        await Promise.all(beside)
      }
      await sleep(restMs, signal)
    }
  }

  /** Where to read from, and up to where it is "all". */
  async function begin(until: AbortSignal): Promise<{ after: number; end: number; anew: boolean }> {
    const mark = await file.mark(feed.name)
    const owed = (await file.note(anewNote)) !== null
    const anew = mark === null || owed || !(await isSame(mark, until))
    if (anew && mark !== null) log.warn({ feed: feed.name, ...mark }, 'state: a feed is read from its beginning again')
    if (anew) {
      // Where nothing is to follow, reading goes on from the mark: what is measured must not be so twice.
      await noting(async () => {
        if (feed.onReadAll !== undefined) await file.setNote(anewNote, 'begun')
        await feed.onBegin?.()
      })
    }
    const end = await feed.lastSeq()
    anchor = anew ? null : mark
    newest = anchor
    kept = anew ? 0 : (mark?.seq ?? 0)
    last = end
    return { after: kept, end, anew }
  }

  /** Nothing is read from its beginning while that cannot be noted. */
  async function noting(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      trouble = null
    } catch (error) {
      if (!isLost(error)) trouble = cannotBeKept(error)
      throw error
    }
  }

  function cannotBeKept(error: unknown): string {
    return `${feed.what} cannot be kept: ${sentenceOf(error)}`
  }

  async function read(after: number, until: AbortSignal, onKept: (seq: number) => void): Promise<void> {
    let batch: E[] = []
    onKept(after)
    for await (const entry of feed.read({ after, signal: until })) {
      batch.push(entry)
      last = Math.max(last ?? 0, entry.seq)
      if (entry.caughtUp || batch.length >= batchSize) {
        await insist(batch, until)
        if (until.aborted) return
        batch = []
        onKept(entry.seq)
      }
      if (until.aborted) return
    }
  }

  /** Keeps entries, however long it takes; what is refused alone is passed over. */
  async function insist(entries: readonly E[], until: AbortSignal): Promise<void> {
    const end = entries.at(-1)
    if (end === undefined) return
    const mark = { seq: end.seq, id: feed.idOf(end) }
    let keeping = entries
    for (let rest = restMs; !until.aborted; rest = Math.min(2 * rest, longestRestMs)) {
      try {
        await feed.keep(keeping, { [feed.name]: mark })
        trouble = null
        kept = mark.seq
        newest = mark
        return
      } catch (error) {
        if (isLost(error)) throw error
        if (isBreakroomError(error, 'refused') && keeping.length > 1) {
          for (const entry of entries) await insist([entry], until)
          return
        }
        if (isBreakroomError(error, 'refused') && keeping.length === 1) {
          metrics.count('breakroom_parked_total', { reader: 'state' })
          log.error({ feed: feed.name, seq: mark.seq, cause: sentenceOf(error) }, 'state: an entry is passed over')
          keeping = []
          continue
        }
        trouble = cannotBeKept(error)
        log.error({ feed: feed.name, cause: sentenceOf(error) }, 'state: a feed cannot be kept')
        await sleep(rest, until)
      }
    }
  }

  async function readAll(until: AbortSignal): Promise<void> {
    try {
      await feed.onReadAll?.(until)
      if (!until.aborted) await file.setNote(anewNote, null)
    } catch (error) {
      // It is read from the beginning again after a restart.
      log.warn({ feed: feed.name, cause: sentenceOf(error) }, 'state: what is to follow a feed could not be done')
    }
  }

  async function watch(until: AbortSignal, onLost: () => void): Promise<void> {
    while (!until.aborted) {
      await sleep(lookEveryMs, until)
      if (until.aborted) return
      try {
        const before = newest
        // Whoever else uses the file may have found it damaged.
        await file.mark(feed.name)
        last = Math.max(await feed.lastSeq(), kept ?? 0)
        feed.onLag?.(Math.max(0, last - (kept ?? 0)))
        if (anchor !== null && !(await isSame(anchor, until))) {
          // Even when what it says now is kept under the mark already.
          await noting(() => file.setNote(anewNote, 'lost'))
          return onLost()
        }
        anchor = before
      } catch (error) {
        if (isLost(error)) return onLost()
        if (!until.aborted)
          log.info({ feed: feed.name, cause: sentenceOf(error) }, 'state: a feed could not be looked at')
      }
    }
  }

  /** Whether the feed has at this place what was read there. Rejects with `unavailable` when nobody can say. */
  async function isSame({ seq, id }: FeedMark, until: AbortSignal): Promise<boolean> {
    if ((await feed.lastSeq()) < seq) return false
    const enough = new AbortController()
    const stop = AbortSignal.any([until, enough.signal, AbortSignal.timeout(lookWithinMs)])
    try {
      for await (const entry of feed.readAll({ after: seq - 1, signal: stop })) {
        // Half of a character, which anybody may put into an id, is not in the file as it came.
        return entry.seq === seq && feed.idOf(entry).toWellFormed() === id.toWellFormed()
      }
    } finally {
      enough.abort()
    }
    throw new BreakroomError('unavailable', 'What was read last could not be looked up.')
  }
}

/** The file was closed, or is damaged: it has to be opened again. */
function isLost(error: unknown): boolean {
  return isBreakroomError(error, 'closed') || isBreakroomError(error, 'unreadable')
}
