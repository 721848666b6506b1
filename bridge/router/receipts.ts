import { setTimeout as pause } from 'node:timers/promises'
import { asChatLine, type ChatEnvelope, traceCode } from '../../core/envelope.ts'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { backTo, houseLine, subjectOfLine } from '../../core/house-line.ts'
import type { DirectoryEntry } from '../../core/mention.ts'
import { isPerson } from '../../core/person.ts'
import {
  dueLines,
  receiptText,
  resumeAfter,
  type SeatState,
  settle,
  type Waiting,
  type WaitingLines,
} from '../../core/receipt.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Publisher, RecordName, RecordReader } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { createCursor } from '../cursor.ts'
import { patiently } from '../patiently.ts'
import { readLine } from './reading.ts'

export interface ReceiptParts {
  bus: RecordReader & Publisher
  cursors: KeyedState<number>
  subjects: OrgSubjects
  directory: DirectoryEntry[]
  /** What can be said of a seat now, about this line; null while that is not known yet. */
  seatState: (seat: string, lineId: string) => SeatState | null
  /** How long an answer may take before a receipt is owed. */
  afterMs: number
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/**
 * Nobody who speaks to a seat is left without a word: when no answer is in the record after `afterMs`, the speaker is told what
 * became of the line. Derived from the record alone, so a restart forgets nobody, and a receipt's id is made from the line's, so
 * nobody is told twice.
 */
export async function giveReceipts(parts: ReceiptParts, record: RecordName, filter: string): Promise<void> {
  const { bus, clock, log, metrics, signal } = parts
  const firstAfter = new Date(clock.now().getTime() - 10 * 60_000)
  const cursor = await createCursor({ ...parts, name: `receipts ${record}`, record, firstAfter })
  const waiting: WaitingLines = new Map()
  let lastRead = cursor.start
  let caughtUp = (await patiently(signal, () => bus.lastSeq(record))) <= cursor.start
  const ticking = tick()

  for await (const entry of bus.read({ record, filters: [filter], after: cursor.start, signal })) {
    const line = entry.envelope instanceof BreakroomError ? null : asChatLine(entry.envelope)
    if (line !== null) note(line, entry.seq)
    lastRead = entry.seq
    caughtUp = entry.caughtUp
    cursor.passed(resumeAfter(waiting, lastRead))
  }
  await ticking
  await cursor.close()

  function note(line: ChatEnvelope, seq: number): void {
    if (!isPerson(line.actor)) {
      settle(waiting, line, desk)
      return
    }
    if (line.data.tier === 'none') return
    const seats = new Set(readLine(line, parts.directory).expects)
    if (seats.size > 0) waiting.set(line.id, { line, seq, seats, dueAt: clock.monotonic() + parts.afterMs })
  }

  /** Receipts wait until the record is read to its end: the answer may be there already. */
  async function tick(): Promise<void> {
    while (!signal.aborted) {
      await pause(50, undefined, { signal }).catch(() => {})
      if (!caughtUp || signal.aborted) continue
      for (const entry of dueLines(waiting, clock.monotonic()))
        if (waiting.get(entry.line.id) === entry) await give(entry)
      if (lastRead > 0) cursor.passed(resumeAfter(waiting, lastRead))
    }
  }

  async function give(entry: Waiting): Promise<void> {
    const { line } = entry
    const seats = [...entry.seats].map((seat) => [seat, parts.seatState(seat, line.id)] as const)
    if (!allKnown(seats)) {
      // Late is better than untrue: after a start nobody was heard yet.
      entry.dueAt = clock.monotonic() + 250
      return
    }
    const isAlone = line.data.voice !== undefined
    const text = receiptText(isAlone ? null : line.data.speaker, seats, traceCode(line.trace))
    try {
      const notice = receipt(line, text)
      await bus.publish(subjectOfLine(parts.subjects, notice), notice)
      waiting.delete(line.id)
      metrics.count('breakroom_receipts_total')
    } catch (error) {
      log.warn({ id: line.id, cause: sentenceOf(error) }, 'a receipt is tried again')
      entry.dueAt = clock.monotonic() + 500
    }
  }

  function receipt(line: ChatEnvelope, text: string): ChatEnvelope {
    const more = { in_reply_to: line.id, ...backTo(line) }
    const id = `receipt:${line.id}`
    return houseLine({ id, source: 'bridge/receipts', at: clock.now(), room: line.room, text, about: line, more })
  }
}

function allKnown(seats: (readonly [string, SeatState | null])[]): seats is [string, SeatState][] {
  return seats.every(([, state]) => state !== null)
}
