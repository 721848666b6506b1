import { BreakroomError } from '../../../core/errors.ts'
import type { OutgoingLine, Posted } from '../../../ports/chat.ts'
import { placeOf } from '../message-ids.ts'
import type { Part } from './draft.ts'
import { pieceBudget } from './pieces.ts'
import type { Place } from './places.ts'

/** A line on its way. */
export interface Entry {
  readonly line: OutgoingLine
  parts: Part[]
  /** What one message of it may hold, in UTF-16 units; less than others when Slack found it too long. */
  budget: number
  /** The time stamp of its thread's first message. */
  thread: string | null
  /** Without its buttons, because Slack would not draw them. */
  plain: boolean
  /** Platform ids of the parts that are shown, from the first on; null for a file. */
  readonly shown: (string | null)[]
  /** One of its parts went out and nobody told what became of it: where that was, and the newest message that was there before. */
  suspect: { place: Place; since: string } | null
  /** It was posted, or may have been, by this process. */
  tried: boolean
  /** An earlier copy may exist. */
  ambiguous: boolean
  settled: boolean
}

export interface Outbox {
  /**
   * Takes the line into its lane; lines of one lane keep their order. Resolves or rejects as `post` of the port. A line whose id is on
   * its way in the lane joins that one.
   */
  post(lane: string, line: OutgoingLine, parts: Part[]): Promise<Posted>
  /** Lines not settled yet. */
  readonly size: number
  /** Resolves when nothing is under way, whatever waits. Nothing begins any more. */
  rest(): Promise<void>
  /** Rejects what waits with `closed`. */
  end(): void
}

/**
 * `round` does what can be done next for a lane, given what waits in it, and settles what it has brought to an end with `settle` or
 * `refuse`; it is called again as long as something waits. When it throws, the first line is refused with that error.
 */
export function createOutbox(round: (waiting: readonly Entry[]) => Promise<void>): Outbox {
  const lanes = new Map<string, Waiting[]>()
  const running = new Set<Promise<void>>()
  let resting = false

  async function work(lane: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0 && !resting) {
      try {
        await round(waiting)
      } catch (error) {
        if (resting) break
        if (waiting[0] !== undefined) refuse(waiting[0], error)
      }
      for (const entry of waiting.splice(0)) if (!entry.settled) waiting.push(entry)
    }
    if (waiting.length === 0) lanes.delete(lane)
  }

  return {
    post(lane, line, parts) {
      if (resting) return Promise.reject(stopped())
      const waiting = lanes.get(lane) ?? []
      const same = waiting.find((entry) => entry.line.id === line.id && !entry.settled)
      if (same !== undefined) return same.posted.then((posted) => ({ ...posted, how: 'seen' }))
      const entry = createEntry(line, parts)
      waiting.push(entry)
      if (!lanes.has(lane)) {
        lanes.set(lane, waiting)
        const working = work(lane, waiting)
        running.add(working)
        void working.finally(() => running.delete(working))
      }
      return entry.posted
    },
    get size() {
      return [...lanes.values()].flat().filter(({ settled }) => !settled).length
    },
    async rest() {
      resting = true
      await Promise.all(running)
    },
    end() {
      resting = true
      for (const waiting of lanes.values()) for (const entry of waiting) refuse(entry, stopped())
      lanes.clear()
    },
  }
}

/** It is shown, in whole. */
export function settle(entry: Entry): void {
  end(entry, ({ resolve }) => {
    const how = entry.ambiguous ? 'ambiguous' : entry.tried ? 'confirmed' : 'seen'
    resolve({ ids: entry.shown.filter((id) => id !== null), how })
  })
}

export function refuse(entry: Entry, error: unknown): void {
  end(entry, ({ reject }) => reject(error))
}

interface Waiting extends Entry {
  posted: Promise<Posted>
  resolve(posted: Posted): void
  reject(error: unknown): void
}

function end(entry: Entry, tell: (waiting: Waiting) => void): void {
  if (entry.settled) return
  entry.settled = true
  tell(entry as Waiting)
}

function createEntry(line: OutgoingLine, parts: Part[]): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>()
  return {
    line,
    parts,
    budget: pieceBudget,
    // What a line answers may be one of several in a message, or an edit of it.
    thread: line.thread === undefined ? null : placeOf(line.thread).ts,
    plain: false,
    shown: [],
    suspect: null,
    tried: false,
    ambiguous: false,
    settled: false,
    posted: promise,
    resolve,
    reject,
  }
}

function stopped(): BreakroomError {
  return new BreakroomError('closed', 'The network was stopped before the line was posted.')
}
