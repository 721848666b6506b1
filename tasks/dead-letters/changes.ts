import { classOf } from '../../core/dead-letter/class.ts'
import { type Letter, readLetter } from '../../core/dead-letter/letter.ts'
import { isWaiting, type LetterEdit, type LetterRecord, type LetterStanding } from '../../core/dead-letter/record.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { refusal } from '../../core/task/world.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Asker } from '../asker.ts'
import { createTurns } from '../turns.ts'
import type { LetterBook } from './letter-book.ts'
import { type RetryParts, retryOf } from './retry.ts'

export interface ChangeParts extends RetryParts {
  records: LetterBook
  /** Throws while another may be the active service. */
  mustLead: () => void
  clock: Clock
  log: Log
  metrics: Metrics
}

/** What became of a letter, and whether it became that now. */
export interface Changed {
  record: LetterRecord
  did: boolean
}

/** Everything that can be done with a letter. One at a time for each letter. */
export interface LetterChanges {
  /**
   * Tries it again, once whatever is killed when: what is to be done is written down first, and what is done has ids made from the letter.
   * Rejects with `refused` when it cannot be, and then it waits as before; with `unavailable` when that is not known, and then it is
   * finished as soon as it can be.
   */
  retry(label: string, asker: Asker, edit: LetterEdit | null): Promise<Changed>
  drop(label: string, asker: Asker, reason: string): Promise<Changed>
  /** Notes of letters that wait whether what they are about came by itself. */
  settle(label: string): Promise<LetterRecord>
  /** Finishes what was begun and cut off. */
  finish(): Promise<void>
  /** What is in it, or null when that is not kept any more. */
  read(record: LetterRecord): Promise<Letter | null>
}

/** The bus knows for 26 hours what it was given; after that nobody can say whether it was put back. */
const knownForMs = 25 * 3_600_000

export function createLetterChanges(parts: ChangeParts): LetterChanges {
  const { records, letters, mustLead, clock, log, metrics } = parts
  const turns = createTurns()

  return {
    retry: (label, asker, edit) =>
      turns.of(label, async () => {
        const before = found(label)
        const { standing } = before
        if (!isWaiting(before)) return { record: before, did: false }
        // It is finished as it was begun.
        if (standing.state === 'retrying') return carryOut(before)
        const { actor: by, tier, name } = asker
        const wanted = {
          ...before,
          edit: edit ?? before.edit,
          standing: { state: 'retrying', by, tier, name, at: now() } as const,
        }
        const retry = await retryOf(parts, await contentOf(before), wanted.edit, asker)
        if ('done' in retry)
          return { record: await end(before, { state: 'done', at: now(), ...retry.done }), did: true }
        mustLead()
        await note(label, wanted)
        return carryOut(wanted)
      }),
    drop: (label, asker, reason) =>
      turns.of(label, async () => {
        const record = found(label)
        if (record.standing.state === 'retrying') throw refusal('retrying', `${label} is being tried again right now.`)
        if (!isWaiting(record)) return { record, did: false }
        const { actor: by, name } = asker
        return { record: await end(record, { state: 'dropped', by, name, at: now(), reason }), did: true }
      }),
    settle: (label) => turns.of(label, () => settled(found(label))),
    async finish() {
      for (const { label, standing } of [...records.all()]) {
        if (standing.state !== 'retrying') continue
        try {
          await turns.of(label, async () => {
            const record = found(label)
            if (record.standing.state === 'retrying') await carryOut(record)
          })
        } catch (error) {
          log.warn({ letter: label, cause: sentenceOf(error) }, 'a dead letter could not be tried again')
        }
      }
    },
    read,
  }

  /** Does what is written down, and writes down that it was done. */
  async function carryOut(record: LetterRecord): Promise<Changed> {
    const { label, standing, edit } = record
    if (standing.state !== 'retrying') return { record, did: false }
    const { by, name, tier, at } = standing
    try {
      if (record.kind === 'item' && clock.now().getTime() - Date.parse(at) > knownForMs) {
        throw refusal('unknown', `Whether ${label} was put back on ${at} is not known any more.`)
      }
      const retry = await retryOf(parts, await contentOf(record), edit, { actor: by, tier })
      const task = 'do' in retry ? await retry.do() : retry.done.task
      metrics.count('breakroom_letter_changes_total', { what: 'put_back' })
      return { record: await end(record, { state: 'retried', by, name, at: now(), task }), did: true }
    } catch (error) {
      if (isBreakroomError(error, 'unavailable') || isBreakroomError(error, 'conflict')) throw error
      // An edit that only found no room is still wanted.
      await note(label, { standing: { state: 'waiting' }, edit: classOf(error) === 'transient' ? edit : null })
      throw error
    }
  }

  async function settled(record: LetterRecord): Promise<LetterRecord> {
    if (record.standing.state !== 'waiting' || record.kind !== 'follow-up' || record.task === null) return record
    const letter = await read(record)
    const task = await parts.book.byLabel(record.task)
    if (letter?.kind !== 'follow-up' || task === null) return record
    const became = task.followed.find(({ index, failed = false }) => index === letter.index && failed === letter.failed)
    return became?.label ? end(record, { state: 'done', at: now(), task: became.label }) : record
  }

  async function end({ label }: LetterRecord, standing: LetterStanding): Promise<LetterRecord> {
    mustLead()
    return note(label, { standing })
  }

  async function note(
    label: string,
    changes: Pick<LetterRecord, 'standing'> & Partial<LetterRecord>,
  ): Promise<LetterRecord> {
    const { standing, edit } = changes
    const record = await records.change(label, edit === undefined ? { standing } : { standing, edit })
    metrics.count('breakroom_letter_changes_total', { what: standing.state })
    return record
  }

  function found(label: string): LetterRecord {
    const record = records.byLabel(label)
    if (record === null) throw refusal('unknown-letter', `There is no letter ${label}.`, { path: 'letter' })
    return record
  }

  async function contentOf(record: LetterRecord): Promise<Letter> {
    const letter = await read(record)
    if (letter !== null) return letter
    throw refusal('gone', `What was in ${record.label} is not kept any more; !dlq drop ${record.label} <why> ends it.`)
  }

  async function read({ seq, id }: LetterRecord): Promise<Letter | null> {
    const entry = await letters.at(seq)
    const letter = entry === null ? null : readLetter(entry)
    return letter?.id === id ? letter : null
  }

  function now(): string {
    return clock.now().toISOString()
  }
}
