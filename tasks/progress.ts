import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import { type StoredBehind, storeBehind } from '../ports/stored-behind.ts'

/** How far the effects of the ledger are carried out: everything up to `start` is done, and what was written back is. */
export interface Progress extends Pick<StoredBehind, 'start' | 'begin' | 'passed' | 'close'> {
  /** Whether this entry was written back: what it asks for was done before the ledger was lost. */
  isWrittenBack(seq: number): boolean
}

/** Where entries were written back into the ledger; of this ledger only. */
export interface WrittenBack {
  /** Sequence behind which it is being done; null when it is not. One that was killed leaves it here. */
  begun: number | null
  /** Whether more is to be written back: it could not be read. */
  more: boolean
  spans: Span[]
}

/** Sequences above `after`, up to `to`. */
interface Span {
  after: number
  to: number
}

const key = 'tasks effects'
const writtenBackKey = 'tasks written back'

interface Kept {
  cursors: KeyedState<number>
  writtenBack: KeyedState<WrittenBack>
}

/**
 * `end` is that of the ledger, and where it begins when nothing is known or what is known is of another ledger: a beginning is
 * stored before anything is carried out.
 */
export async function loadProgress({ cursors, writtenBack }: Kept, end: number, log: Log): Promise<Progress> {
  const known = await progressOf(cursors)
  const start = Math.min(known ?? end, end)
  if (known !== start) await cursors.put(key, start)
  const { spans, ...rest } = await writtenBackIn(writtenBack)
  const still = spans.filter(({ to }) => to > start && to <= end)
  // Of another ledger they would keep what comes there from being carried out.
  if (still.length < spans.length) await writtenBack.put(writtenBackKey, { ...rest, spans: still })
  return {
    ...storeBehind({ name: key, start, cursors, log }),
    isWrittenBack: (seq) => still.some(({ after, to }) => seq > after && seq <= to),
  }
}

/** How far it is, or null. */
export function progressOf(cursors: KeyedState<number>): Promise<number | null> {
  return cursors.get(key)
}

/** Begins from here, as after the ledger was written anew. */
export async function setProgress({ cursors, writtenBack }: Kept, seq: number): Promise<void> {
  await writtenBack.delete(writtenBackKey)
  await cursors.put(key, seq)
}

/** What was written back and is not behind everything that is carried out yet. */
export async function writtenBackIn(writtenBack: KeyedState<WrittenBack>): Promise<WrittenBack> {
  return (await writtenBack.get(writtenBackKey)) ?? { begun: null, more: false, spans: [] }
}

/** Notes that from behind `seq` on entries are being written back, before the first one is. */
export async function beginWritingBack(writtenBack: KeyedState<WrittenBack>, seq: number): Promise<void> {
  await writtenBack.put(writtenBackKey, { ...(await writtenBackIn(writtenBack)), begun: seq })
}

/**
 * Notes that these were written back, in any order: nothing of them is carried out, and what came before them and is still owed is. With
 * nothing before them that is owed, everything up to them is done. `more` says that some could not be.
 */
export async function endWritingBack(
  { cursors, writtenBack }: Kept,
  seqs: Iterable<number>,
  more: boolean,
): Promise<void> {
  const { spans } = await writtenBackIn(writtenBack)
  const all = [...spans, ...spansOf(seqs)].sort((a, b) => a.after - b.after)
  await writtenBack.put(writtenBackKey, { begun: null, more, spans: all })
  const known = (await progressOf(cursors)) ?? 0
  const start = all.reduce((done, { after, to }) => (after <= done ? Math.max(done, to) : done), known)
  if (start > known) await cursors.put(key, start)
}

/** Neighbours together. */
function spansOf(seqs: Iterable<number>): Span[] {
  const spans: Span[] = []
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = spans.at(-1)
    if (last !== undefined && last.to >= seq - 1) last.to = seq
    else spans.push({ after: seq - 1, to: seq })
  }
  return spans
}
