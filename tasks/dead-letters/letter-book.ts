import { letterClasses } from '../../core/dead-letter/class.ts'
import { letterNumber } from '../../core/dead-letter/label.ts'
import { isWaiting, type LetterRecord, letterRecordSchema } from '../../core/dead-letter/record.ts'
import { refusal } from '../../core/task/world.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { createTurns } from '../turns.ts'

/** What the house remembers of every dead letter: in memory, and in a bucket where it outlives us. */
export interface LetterBook {
  byLabel(label: string): LetterRecord | null
  /** By the id of the letter itself. */
  byId(id: string): LetterRecord | null
  all(): Iterable<LetterRecord>
  /** The highest number that was given. */
  readonly highest: number
  /** Stored when it resolves. Rejects with `unavailable` when it may or may not be; then it counts as not stored. */
  add(record: LetterRecord): Promise<void>
  /** The record with these changes of the record as it stands, stored as with `add`; changes of one record go one after another. */
  change(label: string, change: Partial<LetterRecord>): Promise<LetterRecord>
}

/** Beside the letters the bucket has what is about to be said. */
const labelKey = /^d-\d+$/

/** The book as the bucket has it. Records that cannot be read are left alone. */
export async function openLetterBook(
  states: KeyedState<unknown>,
  { log, metrics }: { log: Log; metrics: Metrics },
): Promise<LetterBook> {
  const labels = new Map<string, LetterRecord>()
  const ids = new Map<string, string>()
  const waiting = new Map(letterClasses.map((name) => [name, 0]))
  const turns = createTurns()
  let highest = 0

  for (const [key, value] of await states.entries()) {
    if (!labelKey.test(key)) continue
    highest = Math.max(highest, letterNumber(key))
    const record = letterRecordSchema.safeParse(value)
    if (record.success) keep(record.data)
    else log.error({ letter: key }, 'what was remembered of a dead letter cannot be read')
  }
  gauge()

  return {
    byLabel: (label) => labels.get(label) ?? null,
    byId: (id) => labels.get(ids.get(id) ?? '') ?? null,
    all: () => labels.values(),
    get highest() {
      return highest
    },
    add: store,
    change: (label, changes) =>
      turns.of(label, async () => {
        const before = labels.get(label)
        if (before === undefined) throw refusal('unknown-letter', `There is no letter ${label}.`)
        const record = { ...before, ...changes }
        await store(record)
        return record
      }),
  }

  async function store(record: LetterRecord): Promise<void> {
    await states.put(record.label, record)
    keep(record)
    gauge()
  }

  function keep(record: LetterRecord): void {
    const before = labels.get(record.label)
    if (before !== undefined) count(before, -1)
    count(record, 1)
    labels.set(record.label, record)
    ids.set(record.id, record.label)
    highest = Math.max(highest, letterNumber(record.label))
  }

  function count(record: LetterRecord, by: number): void {
    if (isWaiting(record)) waiting.set(record.class, (waiting.get(record.class) ?? 0) + by)
  }

  function gauge(): void {
    for (const [name, many] of waiting) metrics.gauge('breakroom_deadletters_waiting', many, { what: name })
  }
}
